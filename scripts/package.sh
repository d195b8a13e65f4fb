#!/usr/bin/env bash
# Build the wheel that runs on Glue and by spark-submit --py-files.
set -euo pipefail

if [[ "${1:-}" == --help || $# -ne 1 ]]; then
  echo "usage: scripts/package.sh BIN    (BIN: the bin folder of an environment)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
rm -rf build dist
"$1/python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
ls dist/*.whl
