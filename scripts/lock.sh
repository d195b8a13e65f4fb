#!/usr/bin/env bash
# Pin the packages of the development environments and of Glue, with hashes, in requirements/.
set -euo pipefail

if [[ "${1:-}" == --help || $# -lt 1 ]]; then
  echo "usage: scripts/lock.sh BIN [OPTION …]    (BIN: bin folder of a virtual environment; OPTION: of uv pip compile, such as --upgrade)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
bin=$(realpath "$1")
cd "$(dirname "$0")/.."

lock() {
  local name=$1 extras=()
  for extra in ${2//,/ }; do extras+=(--extra "$extra"); done
  "$bin/uv" pip compile setup.cfg "${extras[@]}" --universal --python-version 3.11 --generate-hashes \
    --no-strip-extras --no-emit-index-url --custom-compile-command "make lock" --quiet \
    --output-file "requirements/$name.txt" "${@:3}"
  echo "requirements/$name.txt"
}

# Each file has the name of its environment.
lock venv local,aws,report,test,lint "${@:2}"
lock venv-spark4 local-spark4,report,test "${@:2}"
# pip wants a package pinned without its extras where another asks for it alone.
lock venv-airflow airflow --strip-extras "${@:2}"
lock venv-dbt dbt-warehouses "${@:2}"
lock venv-ministack emulator "${@:2}"
lock glue glue "${@:2}"
