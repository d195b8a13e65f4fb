#!/usr/bin/env bash
# Build the files for Glue and spark-submit in dist/: the code as a zip and as a wheel, the job scripts, and what
# the code needs on each Python of Glue.
# The same content always gives the same bytes.
set -euo pipefail

usage() {
  cat <<'END'
usage: scripts/package.sh BIN [--venv]    (BIN: bin folder of a virtual environment)

  --venv  also build an archive of a virtual environment for --python-virtual-env; build it on Amazon
          Linux 2023, because it needs the same Python and operating system as Glue
END
}
[[ "${1:-}" == --help ]] && usage && exit 0
[[ $# -ge 1 && $# -le 2 && "${2:---venv}" == --venv ]] || { usage >&2 && exit 2; }
bin=$(realpath "$1")
way=${2:-}
cd "$(dirname "$0")/.."

# Build from a copy with fixed modes and times, because they go into the wheel, and without caches.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
mkdir "$work/src"
cp -RL src/salesetl "$work/src/salesetl"
cp setup.cfg pyproject.toml README.md LICENSE "$work"
find "$work" -name __pycache__ -prune -exec rm -r {} +
find "$work" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-315532800}

rm -rf dist
mkdir dist
"$bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist "$work"
mkdir dist/jobs
cp jobs/*.py dist/jobs
wheel=$(basename dist/*.whl)
# Workers of Spark import from a zip, but not from a wheel.
archive="${wheel%%-py3*}.zip"
cp "dist/$wheel" "dist/$archive"

# The packages of requirements/glue.txt, whose hashes pip checks, as Glue wants them.
# https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python-libraries.html
modules() {
  local python=$1 wheels="$work/$1/wheels"
  "$bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
    --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 --python-version "$python" \
    --requirement requirements/glue.txt --dest "$wheels"
  grep -oE '^[a-z0-9._-]+==[^ ;]+' requirements/glue.txt > "$wheels/requirements.txt"
  find "$work/$python" -exec touch --date "@$SOURCE_DATE_EPOCH" {} +
  (cd "$work/$python" && TZ=UTC "$bin/python" -m zipfile -c modules.zip wheels)
  mv "$work/$python/modules.zip" "dist/salesetl-modules-python$python.gluewheels.zip"
}

prefix='s3://BUCKET/PREFIX'
echo "dist/$archive"
echo "  --extra-py-files $prefix/$archive"
for python in 3.11 3.13; do
  modules "$python"
  echo "dist/salesetl-modules-python$python.gluewheels.zip"
  echo "  --additional-python-modules $prefix/salesetl-modules-python$python.gluewheels.zip --python-modules-installer-option --no-index"
done
echo "dist/$wheel"
echo "  to install the code with pip, on Glue as one of --additional-python-modules"

if [[ "$way" == --venv ]]; then
  "$bin/python" -m venv "$work/venv"
  "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    "dist/${wheel}[glue-venv]" venv-pack2==0.9.2
  version=$("$bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  archive="dist/${wheel%%-py3*}-python$version-$(uname -m).tar.gz"
  "$work/venv/bin/venv-pack" --quiet --prefix "$work/venv" --output "$archive"
  echo "$archive"
  echo "  --python-virtual-env $prefix/$(basename "$archive")"
fi

# Last, and at once: who finds it can rely on all that is beside it.
"$bin/salesetl" release > "$work/RELEASE"
mv "$work/RELEASE" dist/RELEASE
