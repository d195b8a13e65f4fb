#!/usr/bin/env bash
# Test the whole path on an emulated AWS: stacks, data, deploy, run, catalog, query, delete.
set -euo pipefail

if [[ "${1:-}" == --help || $# -ne 1 ]]; then
  echo "usage: scripts/e2e.sh BIN    (BIN: bin folder of a virtual environment with Spark)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
bin=$1
SALESETL_S3A_JARS=$(scripts/fetch_s3a.sh "$bin" | paste -sd,) ||
  echo "e2e: without these jars, the job runs on DuckDB instead of Spark; the rest is the same" >&2
export SALESETL_S3A_JARS
"$bin/python" -m pytest -m e2e --capture=no tests/e2e
