"""Measure how long a publish of many small files to S3 takes, and which requests it makes.

python -m benchmarks.publish [FILES]; S3 is moto, in a process of its own.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3

from salesetl.destinations.journal import Journal, commit, staging_path
from salesetl.runs import report_path
from salesetl.storage import join, storage_of

_NAMESPACE = "sales"
_MONTHS = 24


def main() -> None:
    """Replace as many files as are asked for, spread over 24 months, and print what it took."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    requests: Counter[str] = Counter()

    def note(model: Any, **_: Any) -> None:
        requests[model.name] += 1

    with s3_server() as root:
        journal = _filled(root, count)
        boto3.setup_default_session()
        boto3.DEFAULT_SESSION.events.register("before-call.s3", note)
        started = time.monotonic()
        commit(storage_of(root), root, _NAMESPACE, journal)
        seconds = time.monotonic() - started
    told = ", ".join(f"{number} {name}" for name, number in requests.most_common())
    sys.stdout.write(f"{count} files replaced in {seconds:.1f} s: {told}\n")


def _filled(root: str, count: int) -> Journal:
    """Put old files into a table and new ones aside; return what is to be done."""
    client, bucket = boto3.client("s3"), root.removeprefix("s3://")
    client.create_bucket(Bucket=bucket)
    staged = join(staging_path(root, _NAMESPACE, "run"), "sales")
    journal = Journal(
        "run",
        report_path=report_path(root, _NAMESPACE, "run"),
        report={"run_id": "run"},
    )
    for number in range(count):
        place = f"month={number % _MONTHS}/{number:06}.parquet"
        old = join(root, "sales", place.replace(".", "-old."))
        journal.moves.append((join(staged, place), join(root, "sales", place)))
        journal.deletes.append(old)
        for path in (join(staged, place), old):
            client.put_object(
                Bucket=bucket, Key=path.removeprefix(f"{root}/"), Body=b"x" * 1000
            )
    return journal


@contextmanager
def s3_server() -> Iterator[str]:
    """Start a server of S3 and point the environment at it; the path of a bucket."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.environ |= {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
    }
    try:
        while process.poll() is None:
            try:
                urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"], timeout=5)
                break
            except OSError:
                time.sleep(0.1)
        yield "s3://lake"
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
