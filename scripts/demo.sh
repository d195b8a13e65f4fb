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
  local words=("$1" --warehouse duckdb://data/warehouse.duckdb --output_path "$lake")
  "$bin/salesetl" warehouse load "${words[@]}"
  "$bin/salesetl" warehouse build "${words[@]}" --as_of $as_of
  "$bin/salesetl" warehouse unload "${words[@]}" >/dev/null
}

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
  # A producer would sell more each time.
  [[ -e $raw/shop/sales ]] ||
    generate shop --records 2000 --rate 0.01 --start_time 2025-11-24T00:00:00Z --dirt 0.005 | tail -n 1
  job curate_shop_sales --sales_path $raw/shop/sales --users_path $raw/shop/users \
    --products_path $raw/shop/products
}
events() {
  generate events --days 14 --start_at 2025-12-04T00:00:00Z --late 0.02 --duplicates 0.02 --dirt 0.005
  job stage_events --events_path $raw/events
}
# The models need dbt, which has an environment of its own.
with_dbt() { [[ -x "$dbt/bin/dbt" ]] || scripts/setup.sh "$dbt" dbt; }
star_of_retail() { star retail; }
star_of_shop() { star shop; }
star_of_events() { star events; }

# Two lanes run at the same time; what each step prints is kept, and shown in the order of steps.
run() {
  if "$1" >"$logs/$1" 2>&1; then touch "$logs/$1.done"; else touch "$logs/failed-$1" && exit 1; fi
}
await() {
  until [[ -e $logs/$1.done ]]; do
    if compgen -G "$logs/failed-*" >/dev/null; then exit 1; fi
    sleep 0.1
  done
}
lane_of_models() {
  run retail && run shop && await with_dbt && run star_of_retail && run star_of_shop
  await events && run star_of_events
}
run with_dbt &
lane_of_models &
(run sales && run events && run orders) &
for step in sales orders retail shop events star_of_retail star_of_shop star_of_events; do
  (await "$step") || { cat "$logs"/"$(cd "$logs" && echo failed-* | cut -d' ' -f1 | cut -d- -f2)" >&2; exit 1; }
  echo "== ${step//_/ }"
  cat "$logs/$step"
done
figures=$("$bin/salesetl" report data/report.html --output_path $lake)
cat <<END

Files
  data/lake/sales/enriched_sales/  one row per sale, Parquet by year and month
  data/lake/sales/sales_summary/   revenue by region, product and month
  data/lake/orders/fact_orders/    one row per order; fact_order_items/ has one per order line
  data/lake/retail/, shop/         deliveries, and sales of a web shop with its users and products
  data/lake/events/                what visitors of a shop do, one row an event
  data/warehouse.duckdb            stars of these three, such as retail.fact_order_lines
  data/lake/sales/quarantine/      rejected rows, each with all its reasons
  data/lake/sales/_runs/           a JSON report of every run

Try next
  make setup && make demo ENGINE=spark           the same on Spark
  make demo                                      again: nothing changes, nothing is counted twice
  $bin/salesetl runs list                   the runs
  $bin/salesetl quarantine list             the rejected rows; then: quarantine show RUN_ID
  $bin/salesetl query monthly_revenue       a metric; leave out the name to list all
  $bin/python jobs/enrich_sales.py --help   the arguments, to load your own files

Figures, and the report to open in a browser
$figures
END
