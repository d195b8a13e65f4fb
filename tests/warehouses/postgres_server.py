"""A real server of PostgreSQL, with a folder and a port of its own."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

_DEBIAN = Path("/usr/lib/postgresql")
# It has nothing to keep.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "40",
    "shared_buffers": "32MB",
    "timezone": "Asia/Tokyo",
}


@contextmanager
def started() -> Iterator[str]:
    """Start a server; its URL without a database."""
    programs = _programs()
    if programs is None:
        pytest.skip("there is no PostgreSQL: apt-get install postgresql")
    # Outside of pytest's folder, which only this user can look into.
    folder = Path(tempfile.mkdtemp(prefix="salesetl-postgres-"))
    user = _other_user(folder)
    try:
        data = folder / "data"
        subprocess.run(
            [
                str(programs / "initdb"),
                f"--pgdata={data}",
                "--username=salesetl",
                "--no-sync",
            ]
            + ["--auth=trust", "--no-locale", "--encoding=UTF8"],
            check=True,
            capture_output=True,
            cwd=folder,
            **user,
        )
        with _running(programs, data, user) as url:
            yield url
    finally:
        shutil.rmtree(folder)


@contextmanager
def _running(programs: Path, data: Path, user: dict[str, Any]) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = _SETTINGS | {"port": str(port), "unix_socket_directories": str(data)}
    words = [f"--{name}={value}" for name, value in settings.items()]
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, *words],
            cwd=data,
            stdout=log,
            stderr=subprocess.STDOUT,
            **user,
        )
    url = f"postgresql://salesetl@127.0.0.1:{port}"
    try:
        _wait(process, url, data / "log")
        yield url
    finally:
        # It ends at once, also connections that tests have left.
        process.send_signal(signal.SIGINT)
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    while process.poll() is None:
        try:
            psycopg.connect(f"{url}/postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    pytest.fail(f"PostgreSQL ended at once: {log.read_text()}")


def _programs() -> Path | None:
    """Return the folder of the newest version, in the place of Debian or on the path."""
    found = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    beside = shutil.which("initdb")
    return found[-1].parent if found else beside and Path(beside).parent or None


def _other_user(folder: Path) -> dict[str, Any]:
    """Give a folder to somebody else if this is root, whom PostgreSQL refuses to serve."""
    if os.geteuid():
        return {}
    user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
