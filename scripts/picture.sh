#!/usr/bin/env bash
# Make the picture of the README: the top of a report on generated sales.
set -euo pipefail

if [[ "${1:-}" == --help || $# -lt 1 || $# -gt 2 ]]; then
  echo "usage: scripts/picture.sh BIN [PNG]    (BIN: bin folder of a virtual environment; PNG: default docs/report.png; needs Chromium)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
bin=$1 png=${2:-docs/report.png}
command -v chromium >/dev/null || { echo "picture: Chromium is not installed; on Debian: apt-get install chromium" >&2; exit 1; }
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT

"$bin/python" -m generators sales --rows 100000 --customers 3000 --days 351 --dirt 0.01 --output_path "$home/raw" >/dev/null
"$bin/python" jobs/enrich_sales.py --as_of 2025-12-18 --run_id picture --sales_path "$home/raw/sales" \
  --customers_path "$home/raw/customers" --output_path "$home/lake" >/dev/null
"$bin/salesetl" report "$home/report.html" --output_path "$home/lake" >/dev/null
# The height ends below the first row of charts. JavaScript needs a moment to draw them.
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1400,1293 --virtual-time-budget=20000 \
  --screenshot="$home/report.png" "file://$home/report.html" >/dev/null 2>&1
mkdir -p "$(dirname "$png")"
mv "$home/report.png" "$png"
echo "picture: $png"
