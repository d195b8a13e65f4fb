"""A Trino on this machine, which reads Hive tables of local files."""

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

_SECONDS_TO_START = 180
_OPTIONS = (
    *("-Xmx2G", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
    *("-XX:+ExitOnOutOfMemoryError", "-Duser.timezone=UTC"),
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    *("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"),
)
_CONFIG = """\
coordinator=true
node-scheduler.include-coordinator=true
node.environment=check
node.id=check
node.bind-ip=127.0.0.1
node.internal-address=127.0.0.1
http-server.http.port={port}
discovery.uri=http://127.0.0.1:{port}
query.max-memory=512MB
query.max-memory-per-node=512MB
memory.heap-headroom-per-node=256MB
plugin.dir={home}/plugin
catalog.config-dir={folder}/catalog
"""
# As on Athena: partitions may be projected, and one of these that is not there has no rows. Small
# files are not read whole, so that the bytes read are those of columns.
_CATALOG = """\
connector.name=hive
hive.metastore=file
hive.metastore.catalog.dir=local://{folder}/metastore
fs.native-local.enabled=true
local.location=/
hive.partition-projection-enabled=true
hive.ignore-absent-partitions=true
parquet.small-file-threshold=0B
"""


class TrinoError(Exception):
    """What Trino says of a statement that it does not run, or of not starting."""


@dataclass(frozen=True)
class Answer:
    """Columns with their types, rows, and the bytes of files that were read for them."""

    columns: list[tuple[str, str]]
    rows: list[tuple[Any, ...]]
    bytes_read: int


@dataclass(frozen=True)
class Trino:
    """A server that is up."""

    address: str

    def run(self, sql: str, schema: str = "default") -> Answer:
        """Run a statement; TrinoError if it fails."""
        page = self._page(f"{self.address}/v1/statement", schema, sql.encode())
        columns: list[tuple[str, str]] = []
        rows: list[list[Any]] = []
        while True:
            if "error" in page:
                found = page["error"]
                raise TrinoError(f"{found['errorName']}: {found['message']}")
            for each in page.get("columns") or []:
                if len(columns) < len(page["columns"]):
                    columns.append((each["name"], each["type"]))
            rows += page.get("data") or []
            if "nextUri" not in page:
                break
            page = self._page(page["nextUri"], schema)
        return Answer(
            columns,
            [
                tuple(_value(raw, kind) for raw, (_, kind) in zip(row, columns))
                for row in rows
            ],
            page["stats"]["physicalInputBytes"],
        )

    def is_up(self) -> bool:
        """Tell whether it takes statements."""
        try:
            # A server that answers may not have seen yet that it is a worker, too.
            return bool(
                self.run("select count(*) from information_schema.schemata").rows
            )
        except (OSError, TrinoError):
            return False

    def _page(
        self, address: str, schema: str, content: bytes | None = None
    ) -> dict[str, Any]:
        headers = {
            "X-Trino-User": "check",
            "X-Trino-Catalog": "hive",
            "X-Trino-Schema": schema,
            "X-Trino-Time-Zone": "UTC",
        }
        request = urllib.request.Request(address, data=content, headers=headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            page: dict[str, Any] = json.load(answer)
            return page


@contextmanager
def started(home: Path, java: Path, folder: Path) -> Iterator[Trino]:
    """Start the server of a folder with what it writes in another; it ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "catalog").mkdir()
    (folder / "metastore").mkdir()
    config = folder / "config.properties"
    config.write_text(_CONFIG.format(port=port, home=home, folder=folder))
    catalog = folder / "catalog" / "hive.properties"
    catalog.write_text(_CATALOG.format(folder=folder))
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(str(java / "bin" / "java"), *_OPTIONS),
                *(f"-Dnode.data-dir={folder}/data", f"-Dconfig={config}"),
                *("-cp", f"{home}/lib/*", "io.trino.server.TrinoServer"),
            ],
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _wait(process, Trino(f"http://127.0.0.1:{port}"), folder / "server.log")
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], trino: Trino, log: Path) -> Trino:
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        if trino.is_up():
            return trino
        time.sleep(0.5)
    last = log.read_text().strip().rpartition("\n")[2]
    raise TrinoError(f"it did not start: {last}")


def _value(raw: Any, kind: str) -> Any:
    if raw is None:
        return None
    if kind.startswith("decimal"):
        return Decimal(raw)
    if kind == "date":
        return date.fromisoformat(raw)
    if kind.startswith("timestamp"):
        return datetime.fromisoformat(raw)
    return tuple(raw) if isinstance(raw, list) else raw
