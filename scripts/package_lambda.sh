#!/usr/bin/env bash
# Build the package of the Lambda functions: the wheel, its dependencies, and the handlers.
set -euo pipefail

if [[ "${1:-}" == --help || $# -ne 1 ]]; then
  echo "usage: scripts/package_lambda.sh BIN    (BIN: bin folder of a virtual environment)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
limit_mebibytes=250
python=3.11
bin=$(realpath "$1")
cd "$(dirname "$0")/.."
rm -rf build/lambda
scripts/package.sh "$bin" > /dev/null
"$bin/python" -m pip install --quiet --disable-pip-version-check --target build/lambda \
  --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 --python-version "$python" \
  --only-binary :all: "$(ls dist/*.whl)[lambda]"
cp jobs/*_lambda.py build/lambda/
find build/lambda -name __pycache__ -prune -exec rm -r {} +
mebibytes=$(du -sm build/lambda | cut -f1)
if (( mebibytes > limit_mebibytes )); then
  echo "package_lambda: build/lambda has $mebibytes MiB, but Lambda allows $limit_mebibytes; remove packages from the extra lambda in setup.cfg" >&2
  exit 1
fi
package="$PWD/dist/salesetl-lambda-python$python-x86_64.zip"
(cd build/lambda && "$bin/python" -m zipfile -c "$package" ./*)
echo "$package: $mebibytes MiB unpacked, handler flatten_orders_lambda.handler"
