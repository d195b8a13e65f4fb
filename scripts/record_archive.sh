#!/usr/bin/env bash
# Record a class-data-sharing archive, with which Java starts Spark faster.
set -euo pipefail

if [[ "${1:-}" == --help || $# -ne 1 ]]; then
  echo "usage: scripts/record_archive.sh BIN    (BIN: bin folder of a virtual environment)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
bin=$1
archive=$("$bin/python" -c 'from salesetl.session import archive_path; print(archive_path())')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The archive has the classes that this small load with some faulty rows uses.
mkdir -p "$(dirname "$archive")"
"$bin/python" -m generators sales --rows 2000 --dirt 0.01 --output_path "$work/raw" >"$work/log"
if SALESETL_RECORD_ARCHIVE="$work/archive.jsa" "$bin/python" jobs/enrich_sales.py --engine spark \
    --sales_path "$work/raw/sales" --customers_path "$work/raw/customers" \
    --output_path "$work/lake" >>"$work/log" 2>&1 && [[ -s "$work/archive.jsa" ]]; then
  mv -f "$work/archive.jsa" "$archive"
else
  echo "setup: cannot record the class-data-sharing archive; Spark will start more slowly" >&2
  tail -n 3 "$work/log" >&2
fi
