#!/usr/bin/env bash
# Fetch the jars that Spark needs for S3 from Maven Central, check them, and print their paths.
set -euo pipefail

if [[ "${1:-}" == --help || $# -ne 1 ]]; then
  echo "usage: scripts/fetch_s3a.sh BIN    (BIN: the bin folder of an environment)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
bin=$(realpath "$1")
cd "$(dirname "$0")/.."
# hadoop-aws must have the version of Spark's Hadoop. It depends on the right AWS SDK.
hadoop=$("$bin/python" -c '
import pathlib, pyspark, re
jars = pathlib.Path(pyspark.__file__).parent / "jars"
[jar] = jars.glob("hadoop-client-api-*.jar")
print(re.search(r"api-(.+)[.]jar", jar.name)[1])')
sums=$PWD/scripts/s3a/hadoop-$hadoop.sha256
folder=$PWD/.cache/s3a/$hadoop
mkdir -p "$folder/jars"

is_whole() { (cd "$folder/jars" && sha256sum --quiet --check "$sums") >/dev/null 2>&1; }

if ! is_whole; then
  echo 'pass' >"$folder/nothing.py"
  java=$("$bin/python" -c 'from salesetl.java import find_java_home; print(find_java_home())')
  env -u SPARK_HOME JAVA_HOME="$java" PYSPARK_PYTHON="$bin/python" "$bin/spark-submit" --conf spark.ui.enabled=false \
    --conf "spark.jars.ivy=$folder" --packages "org.apache.hadoop:hadoop-aws:$hadoop" \
    "$folder/nothing.py" >"$folder/log" 2>&1 || true
fi
if ! is_whole; then
  {
    echo "fetch_s3a: cannot fetch these jars; put them into $folder/jars:"
    sed 's/^/  /' "$sums"
    echo "(GROUP_ARTIFACT-VERSION.jar, from Maven Central; the log is $folder/log)"
  } >&2
  exit 1
fi
awk -v folder="$folder/jars/" '{ print folder $2 }' "$sums"
