"""A cluster of two workers runs the job, and outlives one of them; so it does tasks that fail."""

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

ENVIRONMENT = {**os.environ, "PYSPARK_PYTHON": sys.executable}

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


# Runs the job; where words say so, as if its input were too large for the driver, and so that the first
# attempt of each task fails once it has written.
SCRIPT = """
import runpy
from salesetl.engines import sliced, spark_driver
words = {words}
def write_and_fail_once(plan, part, folder):
    from pyspark import TaskContext
    from salesetl.engines.slices import write_slice
    path = write_slice(plan, part, folder)
    if TaskContext.get().attemptNumber() == 0:
        raise RuntimeError("failed on purpose")
    return path
if "large" in words:
    spark_driver.EMBEDDED_INPUT_BYTES = -1
if "failing" in words:
    sliced.write_slice = write_and_fail_once
runpy.run_path("jobs/enrich_sales.py", run_name="__main__")
"""


def script(folder: Path, *words: str) -> str:
    """Write the script of a job; its path."""
    path = folder / "job.py"
    path.write_text(SCRIPT.format(words=words))
    return str(path)


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


@pytest.fixture
def undisturbed(duckdb: DuckDbEngine, delivery: Path, tmp_path: Path) -> Path:
    """Load them in this process; the lake."""
    Shop(duckdb, tmp_path).load(
        delivery / "sales",
        delivery / "customers",
        lake="undisturbed",
        as_of=date(2025, 12, 18),
    )
    return tmp_path / "undisturbed"


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("large",)])
def test_a_run_outlives_the_loss_of_a_worker(
    cluster: tuple[str, dict[Path, Process]],
    undisturbed: Path,
    delivery: Path,
    tmp_path: Path,
    words: tuple[str, ...],
) -> None:
    address, workers = cluster
    lake, log = tmp_path / "lake", tmp_path / "job.log"
    own = script(tmp_path, *words)

    with log.open("wb") as output:
        running = subprocess.Popen(
            submit(address, [own, *job(delivery, lake)]),
            cwd=ROOT,
            env=ENVIRONMENT,
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
    assert content(lake) == content(undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("words", [("failing",), ("failing", "large")])
def test_what_a_task_wrote_before_it_failed_is_not_read(
    undisturbed: Path, delivery: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    lake = tmp_path / "lake"
    # Two attempts of each task.
    command = submit("local[2,2]", [script(tmp_path, *words), *job(delivery, lake)])

    done = subprocess.run(
        command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "failed on purpose" in done.stderr
    assert content(lake) == content(undisturbed)
