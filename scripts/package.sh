#!/usr/bin/env bash
# Build the files for Glue and spark-submit in dist/: one pure-Python wheel and the job scripts.
# The same content always gives the same bytes.
set -euo pipefail

usage() {
  cat <<'END'
usage: scripts/package.sh BIN [--zip | --venv]    (BIN: bin folder of a virtual environment)

  --zip   also build a zip for --extra-py-files
  --venv  also build an archive of a virtual environment for --python-virtual-env; build it on Amazon
          Linux 2023, because it needs the same Python and operating system as Glue
END
}
[[ "${1:-}" == --help ]] && usage && exit 0
case "${2:-}" in "" | --zip | --venv) ;; *) usage >&2 && exit 2 ;; esac
[[ $# -ge 1 && $# -le 2 ]] || { usage >&2 && exit 2; }
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
prefix='s3://BUCKET/PREFIX'
echo "dist/$wheel"
echo "  --extra-py-files $prefix/$wheel"
echo "or, to install it with pip before the job starts,"
echo "  --additional-python-modules $prefix/$wheel --python-modules-installer-option '--no-index --no-deps'"

if [[ "$way" == --zip ]]; then
  cp "dist/$wheel" "dist/${wheel%%-py3*}.zip"
  echo "dist/${wheel%%-py3*}.zip"
  echo "  --extra-py-files $prefix/${wheel%%-py3*}.zip"
elif [[ "$way" == --venv ]]; then
  "$bin/python" -m venv "$work/venv"
  "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    "dist/${wheel}[glue-venv]" venv-pack2==0.9.2
  version=$("$bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  archive="dist/${wheel%%-py3*}-python$version-$(uname -m).tar.gz"
  "$work/venv/bin/venv-pack" --quiet --prefix "$work/venv" --output "$archive"
  echo "$archive"
  echo "  --python-virtual-env $prefix/$(basename "$archive")"
fi
