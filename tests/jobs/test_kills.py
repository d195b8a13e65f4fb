"""A run that is killed, or meets another, spoils nothing."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.errors import LeaseError
from salesetl.registry import namespaces
from salesetl.runs import read_reports
from salesetl.storage import storage_of
from tests.jobs.shop import Shop, sale

ROOT = Path(__file__).parents[2]

# Runs the job, and kills its own process when it is about to do something to some path.
_SUICIDE = """
import os, runpy, signal, sys
from salesetl.storage.disk import LocalStorage
operation, fragment = sys.argv[1], sys.argv[2]
owner = LocalStorage if operation == "write" else os
original = getattr(owner, operation)
def fatal(*words, **named):
    if any(fragment in str(word) for word in words if not isinstance(word, bytes)):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*words, **named)
setattr(owner, operation, fatal)
sys.argv = sys.argv[2:]
runpy.run_path("jobs/enrich_sales.py", run_name="__main__")
"""


def arguments(shop: Shop, sales_path: Path) -> list[str]:
    """Spell out the arguments of a run."""
    return [
        f"--sales_path={sales_path}",
        f"--customers_path={shop.customers()}",
        f"--output_path={shop.home / 'lake'}",
        "--max_rejected_ratio=1",
    ]


def start(*words: str) -> "subprocess.Popen[bytes]":
    """Start a process in the project's folder."""
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def wait_until(is_so: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    """Wait for something that a running process is to do."""
    while not is_so():
        assert process.poll() is None, process.communicate()[0].decode()
        time.sleep(0.01)


@pytest.fixture(scope="module")
def undisturbed(duckdb: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Load two deliveries, the second of which adds to the first and changes it."""
    shop = Shop(duckdb, tmp_path_factory.mktemp("undisturbed"))
    shop.load(shop.deliver("first", [sale(1), sale(2), sale(3, date="2025-08-03")]))
    shutil.copytree(shop.home / "lake", shop.home / "lake-before")
    changed = sale(2, quantity="1", total_amount="10.50")
    shop.load(shop.deliver("second", [changed, sale(4), sale(5, quantity="x")]))
    return shop


@pytest.fixture
def second(shop: Shop, undisturbed: Shop) -> Path:
    """Return the second delivery to a shop that has loaded the first."""
    shutil.copytree(undisturbed.home / "lake-before", shop.home / "lake")
    return undisturbed.home / "second"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("operation", "fragment", "is_published", "own_id"),
    [
        ("write", "_journal", False, "daily"),
        ("replace", "/enriched_sales/", None, "daily.2"),
        ("unlink", "/lake/sales/enriched_sales/", None, "daily.2"),
        ("replace", "/sales_summary/", None, "daily.2"),
        ("write", "_runs/", True, "daily.2"),
        ("unlink", "/_journal", True, "daily.2"),
    ],
)
def test_after_a_kill_while_publishing_the_next_run_makes_good(
    shop: Shop,
    undisturbed: Shop,
    second: Path,
    operation: str,
    fragment: str,
    is_published: bool | None,
    own_id: str,
) -> None:
    before = shop.tables()

    words = [*arguments(shop, second), "--run_id=daily"]
    killed = start("-c", _SUICIDE, operation, fragment, *words)
    output = killed.communicate()[0].decode()

    assert killed.returncode == -signal.SIGKILL, output
    if is_published is not None:
        # Read as others do meanwhile, before the next run finishes what was begun.
        expected = undisturbed.tables() if is_published else before
        assert shop.tables() == expected
    report = shop.load(second, run_id="daily")
    assert shop.tables() == undisturbed.tables()
    # A killed run that turns out to have succeeded keeps its name and its books.
    root = str(shop.home / "lake")
    told = read_reports(storage_of(root), root, namespaces())[1:]
    assert report.run_id == own_id
    assert [(each.run_id, each.status) for each in told] == [
        (run_id, "succeeded") for run_id in sorted({"daily", own_id})
    ]
    assert {(each.rows_loaded, each.rows_quarantined) for each in told} == {(2, 1)}
    # The row is there once, under the last run that rejected it.
    assert [row["run_id"] for row in shop.quarantine()] == [own_id]
    aside = [
        *(shop.home / "lake").glob("*/_journal.json"),
        *(shop.home / "lake").glob("*/_staging/**/*"),
    ]
    assert [path for path in aside if path.is_file()] == []


@pytest.mark.both_sparks
@pytest.mark.slow
@pytest.mark.parametrize("stage", ["classified/sales", "sales/enriched_sales"])
def test_after_a_kill_while_spark_writes_the_next_run_makes_good(
    shop: Shop, undisturbed: Shop, second: Path, stage: str
) -> None:
    before = shop.tables()
    staging = shop.home / "lake/sales/_staging"

    words = [*arguments(shop, second), "--engine", "spark"]
    process = start("jobs/enrich_sales.py", *words)
    wait_until(lambda: any(staging.glob(f"*/{stage}")), process)
    process.send_signal(signal.SIGKILL)
    process.communicate()

    assert shop.tables() == before
    shop.load(second)
    assert shop.tables() == undisturbed.tables()
    assert not any(staging.glob("*"))


@pytest.mark.slow
def test_of_two_runs_at_once_one_does_the_work_and_the_other_says_why_not(
    shop: Shop, undisturbed: Shop, second: Path
) -> None:
    lease = shop.home / "lake/sales/_lease.json"

    process = start("jobs/enrich_sales.py", *arguments(shop, second))
    wait_until(lambda: f": {process.pid}," in lease.read_text(), process)
    with pytest.raises(
        LeaseError, match=f"process {process.pid} on .* is writing these tables"
    ):
        shop.load(second)
    output = process.communicate()[0].decode()

    assert process.returncode == 0, output
    assert shop.tables() == undisturbed.tables()
