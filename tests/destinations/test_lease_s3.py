"""A lease on S3 is not lost to a slow server, nor to one that does what it then denies."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from salesetl.destinations import lease as leases
from salesetl.destinations.lease import held_lease
from salesetl.errors import AwsError, LeaseError
from salesetl.storage.s3 import S3Storage
from tests.faults import Fault, Proxy

RUNS, CONFIRMATIONS = 20, 50


def slow_and_unsure(each: int) -> Fault:
    """Return a server that answers after 30 ms, and denies some PUTs that it has made."""
    puts = 0
    counting = threading.Lock()

    def of(number: int, request: str) -> str | None:
        nonlocal puts
        time.sleep(0.03)
        if not request.startswith("PUT "):
            return None
        with counting:
            puts += 1
            return "unsure" if puts % each == 0 else None

    return of


def test_of_a_thousand_confirmations_none_is_a_false_alarm(
    s3_root: str, s3_proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The other thread renews as often as it can, between the confirmations.
    monkeypatch.setattr(leases, "DURATION", timedelta(seconds=0.4))
    s3_proxy.fault = slow_and_unsure(each=3)

    def confirmed(run: int) -> int:
        path = f"{s3_root}/{run}/_lease.json"
        with held_lease(S3Storage(), path, f"run-{run}") as held:
            for _ in range(CONFIRMATIONS):
                held.confirm()
        return CONFIRMATIONS

    with ThreadPoolExecutor(RUNS) as runs:
        total = sum(runs.map(confirmed, range(RUNS)))

    assert total == 1000
    assert s3_proxy.count("PUT") > 1000


@pytest.mark.parametrize("failing", range(1, 5))
@pytest.mark.parametrize("fault", ["unsure", "lost", "refused"])
def test_a_request_for_a_lease_that_fails_is_made_again(
    s3_root: str, s3_proxy: Proxy, failing: int, fault: str
) -> None:
    path = f"{s3_root}/_lease.json"
    s3_proxy.fault = lambda number, _: fault if number == failing else None

    with held_lease(S3Storage(), path, "run-1") as held:
        held.confirm()

    assert S3Storage().read(path) == b""


def test_what_cannot_be_given_back_does_not_fail_the_run(
    s3_root: str,
    s3_proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    path = f"{s3_root}/_lease.json"

    with held_lease(S3Storage(), path, "run-1"):
        s3_proxy.fault = lambda *_: "expired"

    assert "could not give back the lease" in caplog.text
    s3_proxy.fault = lambda *_: None
    with pytest.raises(LeaseError, match="run-1"), held_lease(S3Storage(), path, "two"):
        pass


def test_who_cannot_reach_the_lease_does_not_publish(
    s3_root: str, s3_proxy: Proxy
) -> None:
    with held_lease(S3Storage(), f"{s3_root}/_lease.json", "run-1") as held:
        s3_proxy.fault = lambda *_: "expired"
        with pytest.raises(AwsError, match="the login is over"):
            held.confirm()
        s3_proxy.fault = lambda *_: None
