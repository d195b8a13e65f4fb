#!/usr/bin/env bash
# Deploy one job or all jobs to Glue, with the code that `make package` has put into dist/.
set -euo pipefail

if [[ "${1:-}" == --help || $# -lt 3 || $# -gt 4 || ! "${4:---dry-run}" == --dry-run ]]; then
  echo "usage: scripts/deploy_job.sh BIN ENV JOB [--dry-run]    (BIN: bin folder of a virtual environment; ENV: such as dev; JOB: '' for all jobs)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
bin=$1 environment=$2 job=$3
"$bin/salesetl" deploy ${job:+"$job"} --env "$environment" ${4:+"$4"}
