#!/usr/bin/env bash
# Run a job on Glue, follow it, and show its report and its cost.
set -euo pipefail

if [[ "${1:-}" == --help || $# -lt 3 ]]; then
  echo "usage: scripts/run_job.sh BIN ENV JOB [ARGUMENT …]    (BIN: bin folder of a virtual environment; ENV: such as dev; ARGUMENT: of the job)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
bin=$1 environment=$2 job=$3
exec "$bin/salesetl" run-job "$job" --env "$environment" "${@:4}"
