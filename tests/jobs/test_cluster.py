"""A cluster of two workers runs the job, and outlives one of them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pyspark
import pytest
from duckdb import connect

from generators.__main__ import main as generate
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.java import find_java_home
from tests.jobs.shop import Shop

ROOT = Path(__file__).parents[2]
SPARK_HOME = Path(pyspark.__file__).parent
SECONDS = 180.0

Process = subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generate sales of which one in a hundred has a fault, enough to keep a cluster busy."""
    home = tmp_path_factory.mktemp("delivery")
    words = ["sales", "--rows", "60000", "--dirt", "0.01", "--output_path", str(home)]
    generate(words)
    return home


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, dict[Path, Process]]]:
    """Start a master and two workers of a core each; its address, the workers by temporary folder."""
    with contextlib.ExitStack() as stack, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        address = f"spark://127.0.0.1:{port}"
        words = ["Master", "--host", "127.0.0.1", "--port", str(port)]
        stack.enter_context(daemon(tmp_path / "master.log", *words))
        wait_until(lambda: "New state: ALIVE" in (tmp_path / "master.log").read_text())
        workers = {}
        for name in ("worker-1", "worker-2"):
            words = ["Worker", "--host", "127.0.0.1", "-c", "1", "-m", "1g"]
            words += ["-d", str(tmp_path / name), address]
            log = tmp_path / f"{name}.log"
            temporary = tmp_path / f"{name}-tmp"
            temporary.mkdir()
            workers[temporary] = stack.enter_context(
                daemon(log, *words, temporary=temporary)
            )
        logs = [tmp_path / f"{name}.log" for name in ("worker-1", "worker-2")]
        wait_until(
            lambda: all("Successfully registered" in log.read_text() for log in logs)
        )
        yield address, workers


@contextlib.contextmanager
def daemon(
    log: Path, name: str, *words: str, temporary: Path | None = None
) -> Iterator[Process]:
    """Run a daemon of Spark's own cluster with what it starts, and kill them all in the end."""
    command = [str(SPARK_HOME / "bin" / "spark-class")]
    command += [f"org.apache.spark.deploy.{name.lower()}.{name}", "--webui-port", "0"]
    home = {"JAVA_HOME": find_java_home(), "SPARK_HOME": str(SPARK_HOME)}
    home |= {"TMPDIR": str(temporary)} if temporary else {}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *words],
            env={**os.environ, **home, "SPARK_LOCAL_IP": "127.0.0.1"},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: Process) -> None:
    """Kill a daemon and what it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for something that is to happen."""
    ending = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < ending
        time.sleep(0.05)


# Runs a job of which the input is too large for the driver.
LARGE = """
import runpy
from salesetl.engines import spark_driver
spark_driver.EMBEDDED_INPUT_BYTES = -1
runpy.run_path("jobs/enrich_sales.py", run_name="__main__")
"""


def job(delivery: Path, lake: Path) -> list[str]:
    """Spell out the arguments of the job."""
    return [
        f"--sales_path={delivery / 'sales'}",
        f"--customers_path={delivery / 'customers'}",
        f"--output_path={lake}",
        "--as_of=2025-12-18",
        "--verbose",
    ]


def submit(address: str, words: list[str]) -> list[str]:
    """Spell out how a job is sent to a cluster."""
    return [
        str(SPARK_HOME / "bin" / "spark-submit"),
        f"--master={address}",
        "--conf=spark.driver.host=127.0.0.1",
        "--conf=spark.executor.memory=1g",
        "--conf=spark.sql.shuffle.partitions=8",
        *words,
    ]


def content(lake: Path) -> dict[str, tuple[int, int]]:
    """Return the number of rows of each table, and what they are as one number."""
    tables = {}
    for name in (
        "sales/enriched_sales",
        "sales/sales_summary",
        "sales/quarantine/sales",
    ):
        files = (
            f"read_parquet('{lake}/{name}/*/**/*.parquet', hive_partitioning = false)"
        )
        rows = f"select columns(c -> c not in ('run_id', 'rejected_at')) from {files}"
        [told] = (
            connect()
            .execute(f"select count(*), sum(hash(r)) from ({rows}) r")
            .fetchall()
        )
        tables[name] = told
    return tables


@pytest.mark.slow
@pytest.mark.parametrize("is_large", [False, True])
def test_a_run_outlives_the_loss_of_a_worker(
    cluster: tuple[str, dict[Path, Process]],
    duckdb: DuckDbEngine,
    delivery: Path,
    tmp_path: Path,
    is_large: bool,
) -> None:
    address, workers = cluster
    script = ROOT / "jobs/enrich_sales.py"
    if is_large:
        script = tmp_path / "large.py"
        script.write_text(LARGE)
    lake = tmp_path / "lake"
    undisturbed = Shop(duckdb, tmp_path)
    undisturbed.load(
        delivery / "sales",
        delivery / "customers",
        lake="undisturbed",
        as_of=date(2025, 12, 18),
    )
    log = tmp_path / "job.log"

    with log.open("wb") as output:
        running = subprocess.Popen(
            submit(address, [str(script), *job(delivery, lake)]),
            cwd=ROOT,
            env={**os.environ, "PYSPARK_PYTHON": sys.executable},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        writing: list[Process] = []

        def is_under_way() -> bool:
            """Find the workers of which a task writes judged rows."""
            for temporary, worker in workers.items():
                if any(temporary.glob("*/written.parquet")):
                    writing.append(worker)
            return bool(writing) or running.poll() is not None

        wait_until(is_under_way)
        assert running.poll() is None, log.read_text()
        kill(writing[0])
        running.wait(SECONDS)

    assert running.returncode == 0, log.read_text()
    assert "Lost executor" in log.read_text()
    assert content(lake) == content(tmp_path / "undisturbed")
