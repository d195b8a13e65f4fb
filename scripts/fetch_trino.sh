#!/usr/bin/env bash
# Fetch the Trino server from Maven Central, check it, unpack the needed parts, and print its folder.
set -euo pipefail

if [[ "${1:-}" == --help || $# -ne 0 ]]; then
  echo "usage: scripts/fetch_trino.sh    (needs mvn; keeps the server in .cache/trino)"
  [[ "${1:-}" == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "$0")/.."
version=476
archive=trino-server-$version.tar.gz
sums=$PWD/scripts/trino/trino-server-$version.sha256
folder=$PWD/.cache/trino
server=$folder/trino-server-$version

if [[ ! -d "$server" ]]; then
  command -v mvn >/dev/null || {
    echo "fetch_trino: Maven is not installed; on Debian: apt-get install maven" >&2
    exit 1
  }
  mkdir -p "$folder/log"
  copy=org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy
  mvn --batch-mode --quiet "$copy" "-Dartifact=io.trino:trino-server:$version:tar.gz" \
    "-DoutputDirectory=$folder" >"$folder/log/mvn" 2>&1 || {
    echo "fetch_trino: Maven could not fetch io.trino:trino-server:$version:tar.gz; read $folder/log/mvn" >&2
    exit 1
  }
  (cd "$folder" && sha256sum --quiet --check "$sums" >"$folder/log/sum" 2>&1) || {
    echo "fetch_trino: $folder/$archive has another checksum than in $sums; remove the file and try again" >&2
    exit 1
  }
  # Unpack elsewhere and move at the end, so that an interrupted run leaves nothing. Only the hive plugin
  # is needed.
  unpacked=$(mktemp -d "$folder/unpacked.XXXXXX")
  trap 'rm -rf "$unpacked"' EXIT
  tar -xzf "$folder/$archive" -C "$unpacked"
  find "$unpacked/trino-server-$version/plugin" -mindepth 1 -maxdepth 1 ! -name hive -exec rm -rf {} +
  mv "$unpacked/trino-server-$version" "$server"
  rm "$folder/$archive"
fi
echo "$server"
