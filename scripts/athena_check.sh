#!/usr/bin/env bash
# Run every statement of sql/athena on a real Trino, and compare the rows with those of DuckDB.
set -euo pipefail

if [[ "${1:-}" == --help || $# -ne 1 ]]; then
  echo "usage: scripts/athena_check.sh BIN    (BIN: bin folder of a virtual environment with the test tools; needs mvn and Java 24 or newer)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
bin=$1
oldest=24

version_of() { "$1/bin/java" -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p' | head -1; }

on_path=$(readlink -f "$(command -v java || true)" || true)
newest=0
for home in "${JAVA_HOME:-}" "${on_path%/bin/java}" /usr/lib/jvm/*; do
  if [[ -n "$home" && -x "$home/bin/java" ]]; then
    found=$(version_of "$home")
    if ((${found:-0} > newest)); then
      newest=$found java=$home
    fi
  fi
done
if ((newest < oldest)); then
  echo "athena_check: Trino needs Java $oldest or newer; the newest here is ${newest/#0/none}; install one, or set JAVA_HOME" >&2
  exit 1
fi
server=$(scripts/fetch_trino.sh)
"$bin/python" -m tests.trino "$server" "$java"
