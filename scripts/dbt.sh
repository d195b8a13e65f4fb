#!/usr/bin/env bash
# Build and test the dbt models on a local lake, and write the marts to data/marts.duckdb.
set -euo pipefail

if [[ "${1:-}" == --help || $# -ne 2 ]]; then
  echo "usage: scripts/dbt.sh BIN LAKE    (BIN: bin folder of a virtual environment; LAKE: folder of the lake; SALESETL_MARTS: database to write)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
lake=$(realpath "$2")
cd "$(dirname "$0")/.."
bin=$1

for table in fact_orders fact_order_items; do
  [[ -d "$lake/orders/$table" ]] || {
    echo "dbt: $lake/orders/$table: there is no table; run jobs/flatten_orders.py, or use another lake: make dbt LAKE=…" >&2
    exit 1
  }
done
mkdir -p data
export SALESETL_LAKE=$lake SALESETL_MARTS=${SALESETL_MARTS:-$PWD/data/marts.duckdb}
export DBT_TARGET_PATH=$PWD/build/dbt DBT_LOG_PATH=$PWD/build/dbt DBT_SEND_ANONYMOUS_USAGE_STATS=false
"$bin/dbt" --log-level warn build --project-dir dbt --profiles-dir dbt \
  --select path:models/staging path:models/intermediate path:models/marts
echo "dbt: the marts are in $SALESETL_MARTS"
