#!/usr/bin/env bash
# Generate data of all five pipelines with some faulty rows, load it, build stars, and show all.
set -euo pipefail

if [[ "${1:-}" == --help || $# -ne 2 ]]; then
  echo "usage: scripts/demo.sh BIN DBT    (BIN: bin folder of a virtual environment; DBT: folder of the one of dbt, which is made if it is not there)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
bin=$1 dbt=$2
raw=data/raw lake=data/lake as_of=2025-12-18
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

generate() { "$bin/python" -m generators "$@" --output_path $raw; }
job() { "$bin/python" "jobs/$1.py" --engine "${ENGINE:-auto}" --as_of $as_of --output_path $lake "${@:2}"; }
star() {
  export SALESETL_DBT=$PWD/$dbt/bin/dbt
  local words=("$1" --warehouse duckdb://data/warehouse.duckdb --output_path $lake)
  "$bin/salesetl" warehouse load "${words[@]}"
  "$bin/salesetl" warehouse build "${words[@]}" --as_of $as_of
  "$bin/salesetl" warehouse unload "${words[@]}" >/dev/null
}
# Two things at once; what they print is shown when they are done, one after the other.
aside() { "$1" >"$logs/$1" 2>&1 || { cat "$logs/$1" >&2; exit 1; }; }

sales() {
  generate sales --rows 10000 --customers 500 --dirt 0.01
  job enrich_sales --sales_path $raw/sales --customers_path $raw/customers
}
orders() {
  generate orders --orders_per_day 40 --start_date 2025-06-01 --end_date 2025-12-17 --dirt 0.01
  job flatten_orders --orders_path $raw/orders
}
retail() {
  generate retail --customers 300 --products 60 --orders 1500 --days 14 --start_date 2025-12-01 \
    --dirt 0.005
  job stage_retail --retail_path $raw/retail
}
shop() {
  # A producer that sells on would sell more each time.
  [[ -e $raw/shop/sales ]] ||
    generate shop --records 2000 --rate 0.01 --start_time 2025-11-24T00:00:00Z --dirt 0.005 | tail -n 1
  job curate_shop_sales --sales_path $raw/shop/sales --users_path $raw/shop/users \
    --products_path $raw/shop/products
}
events() {
  generate events --days 14 --start_at 2025-12-04T00:00:00Z --late 0.02 --duplicates 0.02 --dirt 0.005
  job stage_events --events_path $raw/events
}
lake() { aside retail && aside shop && aside events; }
# The models need dbt, which has an environment of its own.
with_dbt() { [[ -x "$dbt/bin/dbt" ]] || scripts/setup.sh "$dbt" dbt; }
stars() { star retail && star shop && star events; }

echo "demo: loading sales, orders, retail, shop and events"
aside with_dbt &
dbt_is_made=$!
aside lake &
lake_is_loaded=$!
aside sales
aside orders
wait "$dbt_is_made"
wait "$lake_is_loaded"
cat "$logs"/{sales,orders,retail,shop,events}
echo "demo: building the stars of retail, shop and events"
aside stars
cat "$logs/stars"
report=$("$bin/salesetl" report data/report.html --output_path $lake)
cat <<END

The best-selling lines of sales_summary:

$("$bin/salesetl" table sales_summary --output_path data/lake --order_by total_revenue --rows 8)

Files
  data/lake/sales/enriched_sales/  one row per sale, Parquet by year and month
  data/lake/sales/sales_summary/   revenue by region, product and month
  data/lake/orders/fact_orders/    one row per order; fact_order_items/ has one per order line
  data/lake/retail/                deliveries of customers, products and order lines
  data/warehouse.duckdb            their star: retail.fact_order_lines with its dimensions
  data/lake/sales/quarantine/      rejected rows, each with all its reasons
  data/lake/sales/_runs/           a JSON report of every run

Try next
  make setup && make demo ENGINE=spark           the same on Spark
  make demo                                      again: nothing changes, nothing is counted twice
  $bin/salesetl runs list                   the runs
  $bin/salesetl quarantine list             the rejected rows; then: quarantine show RUN_ID
  $bin/salesetl query monthly_revenue       a metric; leave out the name to list all
  $bin/python jobs/enrich_sales.py --help   the arguments, to load your own files

The report, to open in a browser: $report
END
