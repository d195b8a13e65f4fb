#!/usr/bin/env bash
# Create a virtual environment with the project and some of its extras.
set -euo pipefail

if [[ "${1:-}" == --help || $# -lt 2 || $# -gt 3 ]]; then
  echo "usage: scripts/setup.sh VENV EXTRAS [LOCK]    (EXTRAS: of setup.cfg, separated by commas; LOCK: file with pinned packages)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
venv=$1 extras=$2 lock=${3:-} python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "setup: $("$python" --version 2>&1) is too old: salesetl needs Python 3.11 or newer (make setup PYTHON=python3.11)" >&2
  exit 1
}
if [[ ",$extras," == *,local,* ]] && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 13))'; then
  echo "setup: $("$python" --version 2>&1) is too new for Spark 3.5: use Python 3.11 or 3.12 (make setup PYTHON=python3.11)" >&2
  exit 1
fi
echo "setup: making $venv with $extras"
"$python" -m venv "$venv" || {
  echo "setup: $python cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2
  exit 1
}
pip=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check)
if [[ -n "$lock" ]]; then
  "${pip[@]}" --require-hashes --requirement "$lock"
  "${pip[@]}" --no-deps --editable .
else
  "${pip[@]}" --editable ".[$extras]"
fi
if [[ "$extras" == *local* ]]; then
  scripts/record_archive.sh "$venv/bin"
fi
