"""A run on S3 that is refused, dropped or killed on the way loses nothing and doubles nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.storage import _s3_storage, storage_of
from tests.faults import Fault, Proxy, first_time_each
from tests.jobs.shop import Shop, sale
from tests.jobs.test_s3 import content, load

ROOT = Path(__file__).parents[2]


class Lake:
    """A shop that delivers to S3 and its lakes there, reached through a proxy that fails."""

    def __init__(
        self, engine: DuckDbEngine, shop: Shop, root: str, proxy: Proxy
    ) -> None:
        self.engine, self.shop, self.root, self.proxy = engine, shop, root, proxy
        self.put(shop.customers())
        self.deliver("one", [sale(1), sale(2), sale(3, date="2025-08-03")])
        changed = sale(2, quantity="1", total_amount="10.50")
        self.deliver("two", [changed, sale(4), sale(5, date="x")])

    def deliver(self, name: str, sales: list[dict[str, str]]) -> None:
        """Deliver a file of sales."""
        self.put(self.shop.deliver(name, sales) / "sales.csv")

    def put(self, file: Path) -> None:
        """Put a file where deliveries are."""
        target = f"{self.root}/raw/{file.relative_to(self.shop.home)}"
        storage_of(target).upload(str(file), target)

    def load(self, name: str, lake: str) -> None:
        """Load a delivery, by a client that knows of no request before."""
        _s3_storage.cache_clear()
        self.proxy.requests.clear()
        load(self.engine, f"{self.root}/raw", f"{self.root}/{lake}", name)

    def start(self, name: str, lake: str, run_id: str) -> "subprocess.Popen[bytes]":
        """Start a process that loads a delivery."""
        words = [
            f"--sales_path={self.root}/raw/{name}",
            f"--customers_path={self.root}/raw/customers.json",
            f"--output_path={self.root}/{lake}",
            "--engine=duckdb",
            "--max_rejected_ratio=1",
            f"--run_id={run_id}",
        ]
        return subprocess.Popen(
            [sys.executable, "jobs/enrich_sales.py", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def content(self, lake: str) -> dict[str, Any]:
        """Read what is in a lake, and what is left beside its tables."""
        self.proxy.fault = lambda *_: None
        path = f"{self.root}/{lake}"
        left = [
            file.path
            for name in ("sales/_staging", "sales/_journal.json")
            for file in storage_of(path).files(f"{path}/{name}")
        ]
        return content(path) | {"left": left}


@pytest.fixture
def lake(duckdb: DuckDbEngine, shop: Shop, s3_root: str, s3_proxy: Proxy) -> Lake:
    """Let a shop deliver."""
    return Lake(duckdb, shop, s3_root, s3_proxy)


@pytest.fixture
def undisturbed(lake: Lake) -> dict[str, Any]:
    """Load two deliveries; what is in the lake then."""
    for name in ("one", "two"):
        lake.load(name, "undisturbed")
    return lake.content("undisturbed")


def in_publish(fault: Fault) -> Fault:
    """Let only requests fail that are made once the journal is to be written."""
    begun = []

    def of(number: int, request: str) -> str | None:
        if request.startswith("PUT ") and "/_journal.json" in request:
            begun.append(number)
        return fault(number, request) if begun else None

    return of


def one_of_five(fault: str) -> Fault:
    """Return a fault of a fifth of all requests."""
    chance = Random(1)
    return lambda *_: fault if chance.random() < 0.2 else None


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        # Throttled in all that it does, a run would take a minute.
        in_publish(first_time_each("refused")),
        first_time_each("lost"),
        first_time_each("unsure"),
        first_time_each("cut"),
        one_of_five("refused"),
    ],
    ids=["refused", "lost", "unsure", "cut", "one of five refused"],
)
def test_a_run_whose_requests_fail_at_first_does_what_an_undisturbed_one_does(
    lake: Lake, undisturbed: dict[str, Any], fault: Fault
) -> None:
    lake.load("one", "lake")
    lake.proxy.fault = fault

    lake.load("two", "lake")

    assert lake.content("lake") == undisturbed


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.8, 0.9, 0.95])
def test_a_run_whose_credentials_expire_says_so_and_the_next_one_does_the_rest(
    lake: Lake, share: float
) -> None:
    for name in ("two", "one"):
        lake.load(name, "undisturbed")
    last = int(share * len(lake.proxy.requests))
    undisturbed = lake.content("undisturbed")
    lake.load("two", "lake")
    before = lake.content("lake")
    lake.proxy.requests.clear()
    lake.proxy.fault = lambda number, _: "expired" if number > last else None

    process = lake.start("one", "lake", "one")
    output = process.communicate()[0].decode()
    after = lake.content("lake")
    lake.load("one", "lake")

    assert process.returncode == 1, output
    assert "the login is over; log in again" in output.splitlines()[-1]
    assert "Traceback" not in output, output
    if not any("/_journal.json" in path for path in after["left"]):
        assert after | {"left": []} == before
    assert lake.content("lake") == undisturbed


def copied(lake: Lake) -> list[str]:
    """Return the requests that have put files into tables."""
    return [
        request
        for request in lake.proxy.requests
        if request.startswith("PUT ") and "/lake/sales/enriched_sales/" in request
    ]


@pytest.mark.slow
def test_a_publish_that_is_killed_amid_its_moves_is_finished_by_the_next_run(
    lake: Lake,
) -> None:
    months = [sale(month, date=f"2025-0{month}-01") for month in range(1, 7)]
    lake.deliver("six", [*months, sale(7, date="x")])
    for name in ("one", "six"):
        lake.load(name, "undisturbed")
    lake.load("one", "lake")
    lake.proxy.requests.clear()

    def kill(number: int, request: str) -> str | None:
        if len(copied(lake)) == 3:
            process.kill()
            process.wait()
            return "refused"
        return None

    lake.proxy.fault = kill
    process = lake.start("six", "lake", "killed")
    output = process.communicate()[0].decode()
    assert process.returncode == -signal.SIGKILL, output
    left = lake.content("lake")["left"]
    lake.load("six", "lake")

    assert any("/_journal.json" in path for path in left)
    assert any("/enriched_sales/" in path for path in left)
    assert lake.content("lake") == lake.content("undisturbed")


@pytest.mark.slow
def test_a_signal_amid_the_moves_of_a_publish_lets_it_finish(
    lake: Lake, undisturbed: dict[str, Any]
) -> None:
    lake.load("one", "lake")

    def stop(number: int, request: str) -> str | None:
        if "/lake/sales/enriched_sales/" in request and request.startswith("PUT "):
            os.kill(process.pid, signal.SIGTERM)
        return None

    lake.proxy.fault = stop
    process = lake.start("two", "lake", "two")
    output = process.communicate()[0].decode()

    assert "a signal to end came during the publish" in output
    assert lake.content("lake") == undisturbed


def test_how_many_listings_and_deletions_a_run_makes_is_not_a_matter_of_its_months(
    lake: Lake,
) -> None:
    made = []
    for months in (1, 9):
        sales = [sale(each, date=f"2025-0{each}-01") for each in range(1, months + 1)]
        lake.deliver(f"of_{months}", sales)
        # The second time, there are files to read and to replace.
        for _ in range(2):
            lake.load(f"of_{months}", f"lake_{months}")
        requests = lake.proxy.requests
        listings = [each for each in requests if "list-type=2" in each]
        deletions = [each for each in requests if "?delete" in each]
        assert lake.proxy.count("DELETE") == 0
        made.append((len(listings), len(deletions)))

    assert made[0] == made[1], "\n".join(requests)
