#!/usr/bin/env bash
# Build what runs on Glue and by spark-submit into dist/: one pure-Python wheel and the job scripts.
# The same content gives the same bytes.
set -euo pipefail

usage() {
  cat <<'END'
usage: scripts/package.sh BIN [--zip | --venv]    (BIN: the bin folder of an environment)

  --zip   also a zip for --extra-py-files
  --venv  also an archive of a virtual environment for --python-virtual-env; it runs where Python and
          operating system are as here, so make it on the Amazon Linux 2023 of Glue
END
}
[[ "${1:-}" == --help ]] && usage && exit 0
case "${2:-}" in "" | --zip | --venv) ;; *) usage >&2 && exit 2 ;; esac
[[ $# -ge 1 && $# -le 2 ]] || { usage >&2 && exit 2; }
bin=$(realpath "$1")
way=${2:-}
cd "$(dirname "$0")/.."

# A copy with fixed modes and times, which go into the wheel, and without what lies about.
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
echo "or, installed by pip before the job starts,"
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
