#!/usr/bin/env bash
# Package what is here, and deploy a job to the Glue of an environment, or all jobs.
set -euo pipefail

if [[ "${1:-}" == --help || $# -lt 3 || $# -gt 4 || ! "${4:---dry-run}" == --dry-run ]]; then
  echo "usage: scripts/deploy_job.sh BIN ENV JOB [--dry-run]    (BIN: the bin folder of an environment; no JOB, '': all)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
bin=$1 environment=$2 job=$3
scripts/package.sh "$bin" >/dev/null
"$bin/salesetl" deploy ${job:+"$job"} --env "$environment" ${4:+"$4"}
