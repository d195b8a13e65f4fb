#!/usr/bin/env bash
# Write the documentation of all dbt models as one page: lineage, columns, tests.
set -euo pipefail

if [[ "${1:-}" == --help || $# -ne 3 ]]; then
  echo "usage: scripts/dbt_docs.sh BIN WAREHOUSE FILE    (BIN: bin folder of the environment with dbt; WAREHOUSE: file of DuckDB; FILE: page to write)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
bin=$(realpath "$1") warehouse=$(realpath -m "$2") page=$(realpath -m "$3")
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Without a warehouse nothing is known of tables but what is declared.
words=(--empty-catalog)
[[ -e "$warehouse" ]] && words=()
SALESETL_LAKE='' SALESETL_WAREHOUSE_PATH=$([[ -e "$warehouse" ]] && echo "$warehouse" || echo :memory:) \
  DBT_SEND_ANONYMOUS_USAGE_STATS=false DBT_TARGET_PATH=$folder DBT_LOG_PATH=$folder \
  "$bin/dbt" --log-level warn docs generate --static "${words[@]}" --project-dir dbt --profiles-dir dbt \
  --target duckdb_warehouse
mkdir -p "$(dirname "$page")"
cp "$folder/static_index.html" "$page"
echo "$page"
