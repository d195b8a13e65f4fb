"""A run that is asked to end does so in order, in the middle of whatever it does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from salesetl.cli import main
from salesetl.registry import namespaces
from salesetl.runs import RunReport, read_reports
from salesetl.storage import storage_of
from tests.jobs.shop import Shop, sale
from tests.jobs.test_kills import ROOT, arguments
from tests.lakes import Lakes

# Runs a script, which sends itself signals in the middle of a query that would take for ever, or
# just before it moves a file of a table into place.
_DRIVER = """
import os, runpy, signal, sys, threading, time
from salesetl.storage.disk import LocalStorage
moment, names, script = sys.argv[1:4]
numbers = [getattr(signal, name) for name in names.split(",")]
def send():
    for number in numbers:
        os.kill(os.getpid(), number)
        time.sleep(0.02)
for_ever = "copy (select hash(range) as h from range(1000000000000)) to '{}/x.parquet'"
def checkpoint_for_ever(self, frame, path):
    folder = path if moment == "spark" else self._copies.path(path)
    os.makedirs(folder)
    threading.Timer(0.5, send).start()
    if moment == "spark":
        self.spark.range(10**12).selectExpr("hash(id) as h").write.parquet(f"file://{path}/x")
    else:
        self._connection.execute(for_ever.format(folder))
def write_for_ever(plan, part, folder):
    import duckdb
    os.makedirs(folder)
    duckdb.sql(for_ever.format(folder))
def written(self, frame, folder):
    threading.Timer(2, send).start()
    return tasks_write(self, frame, folder)
move = LocalStorage.move
def sending_move(self, moves):
    absent = move(self, moves[:1])
    send()
    return absent + move(self, moves[1:])
if moment == "publish":
    LocalStorage.move = sending_move
elif moment == "duckdb":
    from salesetl.engines.duckdb import DuckDbEngine
    DuckDbEngine.checkpoint = checkpoint_for_ever
elif moment == "spark":
    from salesetl.engines import spark, spark_driver
    spark_driver.EMBEDDED_INPUT_BYTES = -1
    spark.SparkEngine.checkpoint = checkpoint_for_ever
elif moment == "driver":
    from salesetl.engines.spark_driver import DriverEngine
    DriverEngine.checkpoint = checkpoint_for_ever
else:
    from salesetl.engines import sliced
    sliced.write_slice = write_for_ever
    tasks_write = sliced.SlicedEngine.written
    sliced.SlicedEngine.written = written
sys.argv = sys.argv[3:]
if script == "salesetl":
    from salesetl.cli import main
    main()
else:
    runpy.run_path(script, run_name="__main__")
"""


def load_first(shop: Shop) -> None:
    """Load some sales, one of which is rejected."""
    shop.load(shop.deliver("first", [sale(1), sale(2, date="x")]), run_id="first")


@pytest.fixture
def loaded(lakes: Lakes, tmp_path: Path) -> Shop:
    """Open a shop that has loaded them."""
    return lakes.copy(load_first, tmp_path)


def run(
    shop: Shop, moment: str, signals: str, *words: str
) -> "subprocess.CompletedProcess[str]":
    """Run a script that gets signals at some moment, with a folder for temporary files."""
    scratch = shop.home / "tmp"
    scratch.mkdir()
    return subprocess.run(
        [sys.executable, "-c", _DRIVER, moment, signals, *words],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def last_report(shop: Shop) -> RunReport:
    """Read the report of the last run."""
    root = str(shop.home / "lake")
    return read_reports(storage_of(root), root, namespaces())[-1]


def assert_nothing_is_left(shop: Shop) -> None:
    """See that lease, journal, staging and temporary files are gone."""
    lake = shop.home / "lake"
    assert (lake / "sales/_lease.json").read_bytes() == b""
    assert not any(path.is_file() for path in lake.glob("*/_journal.json"))
    assert not any(lake.glob("*/_staging/*"))
    left = [path.name for path in (shop.home / "tmp").iterdir()]
    # Java's own, of a process that has ended.
    assert [name for name in left if not name.startswith("hsperfdata")] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "engine_name, moment",
    [
        ("duckdb", "duckdb"),
        pytest.param("spark", "spark", marks=pytest.mark.both_sparks),
        pytest.param("spark", "driver", marks=pytest.mark.both_sparks),
        pytest.param("spark", "tasks", marks=pytest.mark.both_sparks),
    ],
)
@pytest.mark.parametrize(
    ("signals", "status"),
    [("SIGTERM", 143), ("SIGINT", 130), ("SIGTERM,SIGTERM,SIGTERM", 143)],
)
def test_a_signal_in_a_query_ends_the_run_in_order(
    loaded: Shop, engine_name: str, moment: str, signals: str, status: int
) -> None:
    before = loaded.tables(), loaded.quarantine()
    second = loaded.deliver("second", [sale(3), sale(4, date="x")])

    words = [*arguments(loaded, second), "--run_id=second", "--engine", engine_name]
    done = run(loaded, moment, signals, "jobs/enrich_sales.py", *words)

    name = signals.partition(",")[0]
    # Java 17 says of itself what Spark 4 lets it use.
    usual = (" INFO ", "WARNING: Using incubator")
    lines = [
        line
        for line in done.stderr.splitlines()
        if not any(each in line for each in usual)
    ]
    told = f"enrich_sales: cancelled by {name}; nothing was published"
    assert (done.returncode, lines) == (status, [told]), done.stderr
    report = last_report(loaded)
    assert (report.run_id, report.status) == ("second", "cancelled")
    assert report.error == f"cancelled by {name}"
    assert (report.rows_read, report.rows_quarantined) == (0, 0)
    assert (loaded.tables(), loaded.quarantine()) == before
    assert_nothing_is_left(loaded)


@pytest.mark.slow
def test_a_signal_while_a_run_publishes_lets_it_finish(loaded: Shop) -> None:
    second = loaded.deliver("second", [sale(3), sale(4, date="x")])

    words = [*arguments(loaded, second), "--engine=duckdb"]
    done = run(loaded, "publish", "SIGTERM,SIGINT", "jobs/enrich_sales.py", *words)

    assert done.returncode == 0, done.stderr
    assert last_report(loaded).status == "succeeded"
    assert loaded.ids() == ["T1", "T3"]
    assert len(loaded.quarantine()) == 2
    assert_nothing_is_left(loaded)


@pytest.mark.slow
def test_a_signal_ends_a_replay_in_order(loaded: Shop) -> None:
    words = ["quarantine", "replay", "first", "--output_path", f"{loaded.home}/lake"]
    done = run(loaded, "duckdb", "SIGTERM", "salesetl", *words)

    assert (done.returncode, done.stderr) == (143, "salesetl: cancelled by SIGTERM\n")
    report = last_report(loaded)
    assert (report.status, report.replay_of) == ("cancelled", "first")
    assert_nothing_is_left(loaded)


@pytest.mark.slow
def test_after_a_cancelled_run_the_next_one_does_the_work(
    loaded: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    second = loaded.deliver("second", [sale(3)])
    words = [*arguments(loaded, second), "--run_id=second", "--engine=duckdb"]
    assert (
        run(loaded, "duckdb", "SIGTERM", "jobs/enrich_sales.py", *words).returncode
        == 143
    )

    main(["runs", "list", "--output_path", str(loaded.home / "lake")])
    shown = capsys.readouterr().out.splitlines()[-1].split()
    report = loaded.load(second, run_id="second")

    assert shown[:3] == ["second", "enrich_sales", "cancelled"]
    assert (report.run_id, report.status) == ("second", "succeeded")
    assert loaded.ids() == ["T1", "T3"]
