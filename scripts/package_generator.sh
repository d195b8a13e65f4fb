#!/usr/bin/env bash
# Build the package of the Lambda function that makes events: the wheel, Faker, boto3 and the generators.
set -euo pipefail

if [[ "${1:-}" == --help || $# -ne 1 ]]; then
  echo "usage: scripts/package_generator.sh BIN    (BIN: bin folder of a virtual environment)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
python=3.11
bin=$(realpath "$1")
cd "$(dirname "$0")/.."
rm -rf build/generator
scripts/package.sh "$bin" > /dev/null
"$bin/python" -m pip install --quiet --disable-pip-version-check --target build/generator \
  --python-version "$python" --only-binary :all: "$(ls dist/*.whl)[generator]"
mkdir build/generator/generators
cp generators/*.py build/generator/generators/
find build/generator -name __pycache__ -prune -exec rm -r {} +
# A name is made from the content when it is deployed, so the same content must give the same bytes.
find build/generator -exec touch -d @315532800 {} +
package="$PWD/dist/salesetl-generator-python$python.zip"
(cd build/generator && "$bin/python" -m zipfile -c "$package" ./*)
mebibytes=$(du -sm build/generator | cut -f1)
echo "$package: $mebibytes MiB unpacked, handler generators.events_lambda.handler"
