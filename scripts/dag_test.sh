#!/usr/bin/env bash
# Run the DAGs of retail for some days, one after the other, without AWS: from sample files to the star.
set -euo pipefail

if [[ "${1:-}" == --help || $# -lt 2 ]]; then
  echo "usage: scripts/dag_test.sh BIN DBT DAY…    (BIN: bin folder of the environment with Airflow; DBT: the program; DAY: such as 2025-01-01)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
bin=$(realpath "$1") SALESETL_DBT=$(realpath "$2")
shift 2
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export PATH="$bin:$PATH" SALESETL_DBT AIRFLOW_HOME=$home/airflow
export AIRFLOW__CORE__DAGS_FOLDER=$PWD/dags AIRFLOW__CORE__LOAD_EXAMPLES=False
export SALESETL_RAW=${SALESETL_RAW:-$home/raw} SALESETL_LAKE=${SALESETL_LAKE:-$home/lake}
export SALESETL_WAREHOUSE=${SALESETL_WAREHOUSE:-duckdb://$home/warehouse.duckdb} SALESETL_RETRIES=0

[[ -n "$(ls -A "$SALESETL_RAW" 2>/dev/null)" ]] ||
  "$bin/python" -m generators retail --customers 100 --products 30 --orders 300 --days 7 --output_path "$SALESETL_RAW"
airflow db migrate >"$home/migrate.log" 2>&1
airflow pools set salesetl_warehouse 1 "one writer" >/dev/null
for day in "$@"; do
  # A run by hand is of the interval that has ended before its date.
  airflow dags test retail_etl "$(date -u -d "$day + 1 day" +%F)T05:00:00+00:00" >"$home/$day.log" 2>&1 || {
    cat "$home/$day.log" >&2
    echo "dag_test: the run of $day has failed" >&2
    exit 1
  }
  echo "retail_etl $day: succeeded"
done
"$bin/salesetl" warehouse counts retail --warehouse "$SALESETL_WAREHOUSE" --output_path "$SALESETL_LAKE"
