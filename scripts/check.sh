#!/usr/bin/env bash
# Lint the code and the scripts, and check types.
set -euo pipefail

if [[ "${1:-}" == --help || $# -ne 1 ]]; then
  echo "usage: scripts/check.sh BIN    (BIN: bin folder of a virtual environment)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
bin=$1
"$bin/black" --check --quiet . || { echo "check: some files are not formatted; run make format" >&2; exit 1; }
"$bin/isort" --check-only --quiet .
"$bin/flake8" src jobs generators benchmarks dags tests
"$bin/mypy"
# B608: SQL has only names from contracts and escaped literals; tests/jobs/test_hostile.py tests that.
"$bin/bandit" --quiet --recursive --skip B608 src jobs
# Models of stars have macros: tests parse what dbt compiles of them for each warehouse.
"$bin/sqlfluff" lint --processes 1 dbt/models/{staging,intermediate,marts} dbt/tests/*.sql \
  sql/athena/queries sql/athena/charts sql/athena/views >&2
"$bin/cfn-lint" infra/*.yaml
"$bin/check-jsonschema" --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
"$bin/shellcheck" scripts/*.sh .ci/run
echo "check: no problems found"
