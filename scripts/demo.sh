#!/usr/bin/env bash
# Generate sales and orders with some faulty rows, load them, and show the results.
set -euo pipefail

if [[ "${1:-}" == --help || $# -ne 1 ]]; then
  echo "usage: scripts/demo.sh BIN    (BIN: bin folder of a virtual environment)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
bin=$1

"$bin/python" -m generators sales --rows 10000 --customers 500 --dirt 0.01 --output_path data/raw
"$bin/python" jobs/enrich_sales.py --engine "${ENGINE:-auto}" --as_of 2025-12-18 \
  --sales_path data/raw/sales --customers_path data/raw/customers --output_path data/lake
"$bin/python" -m generators orders --orders_per_day 40 --start_date 2025-06-01 \
  --end_date 2025-12-17 --dirt 0.01 --output_path data/raw
"$bin/python" jobs/flatten_orders.py --engine "${ENGINE:-auto}" --as_of 2025-12-18 \
  --orders_path data/raw/orders --output_path data/lake
report=$("$bin/salesetl" report data/report.html --output_path data/lake)
cat <<END

The best-selling lines of sales_summary:

$("$bin/salesetl" table sales_summary --output_path data/lake --order_by total_revenue --rows 8)

Files
  data/lake/sales/enriched_sales/  one row per sale, Parquet by year and month
  data/lake/sales/sales_summary/   revenue by region, product and month
  data/lake/orders/fact_orders/    one row per order; fact_order_items/ has one per order line
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
