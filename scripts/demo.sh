#!/usr/bin/env bash
# Generate sales, orders and deliveries with some faulty rows, load them, build a star, and show all.
set -euo pipefail

if [[ "${1:-}" == --help || $# -ne 2 ]]; then
  echo "usage: scripts/demo.sh BIN DBT    (BIN: bin folder of a virtual environment; DBT: folder of the one of dbt, which is made if it is not there)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
bin=$1 dbt=$2

# The models need dbt, which has an environment of its own; it comes while the rest is loaded.
[[ -x "$dbt/bin/dbt" ]] || scripts/setup.sh "$dbt" dbt >/dev/null &
dbt_is_made=$!

"$bin/python" -m generators sales --rows 10000 --customers 500 --dirt 0.01 --output_path data/raw
"$bin/python" jobs/enrich_sales.py --engine "${ENGINE:-auto}" --as_of 2025-12-18 \
  --sales_path data/raw/sales --customers_path data/raw/customers --output_path data/lake
"$bin/python" -m generators orders --orders_per_day 40 --start_date 2025-06-01 \
  --end_date 2025-12-17 --dirt 0.01 --output_path data/raw
"$bin/python" jobs/flatten_orders.py --engine "${ENGINE:-auto}" --as_of 2025-12-18 \
  --orders_path data/raw/orders --output_path data/lake
"$bin/python" -m generators retail --customers 300 --products 60 --orders 1500 --days 14 \
  --start_date 2025-12-01 --dirt 0.005 --output_path data/raw
"$bin/python" jobs/stage_retail.py --engine "${ENGINE:-auto}" --as_of 2025-12-18 \
  --retail_path data/raw/retail --output_path data/lake
wait "$dbt_is_made"
export SALESETL_DBT=$PWD/$dbt/bin/dbt
star=(retail --warehouse duckdb://data/warehouse.duckdb)
"$bin/salesetl" warehouse load "${star[@]}" --output_path data/lake
"$bin/salesetl" warehouse build "${star[@]}" --output_path data/lake --as_of 2025-12-18
"$bin/salesetl" warehouse unload "${star[@]}" --output_path data/lake >/dev/null
report=$("$bin/salesetl" report data/report.html --output_path data/lake)
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
