"""Only one run writes at a time, and a run that has ended holds nobody up."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from salesetl.destinations import lease as leases
from salesetl.destinations.lease import HeldLease, Lease, held_lease
from salesetl.destinations.lease_owner import Owner
from salesetl.errors import LeaseError
from salesetl.storage import Storage, storage_of

_HOLD = """
import sys
from salesetl.destinations.lease import held_lease
from salesetl.storage import storage_of
with held_lease(storage_of(sys.argv[1]), sys.argv[1], "other-run"):
    print(flush=True)
    sys.stdin.read()
"""
FAR_AWAY = Owner("far-run", "a-host-elsewhere", "another-boot", os.getpid(), "1")


@pytest.fixture
def path(root: str) -> str:
    """Where the lease of these tests is."""
    return f"{root}/_leases/job.json"


@pytest.fixture
def storage(path: str) -> Storage:
    """The storage of the lease."""
    return storage_of(path)


@contextmanager
def other_process(path: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Hold the lease in another process; end it in good order unless it is dead by then."""
    command = [sys.executable, "-c", _HOLD, path]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stdout.readline() == b"\n"
        yield process


def lease_until(owner: Owner, moment: timedelta) -> bytes:
    """Encode a lease that expires so much after now."""
    return Lease(owner, datetime.now(UTC) + moment).encode()


def owner_at(storage: Storage, path: str) -> str:
    """Name the run that holds the lease; empty if none does."""
    held = storage.files(path)
    return Lease.decode(storage.read(path)).owner.run_id if held else ""


def test_a_lease_says_the_same_after_writing_and_reading() -> None:
    lease = Lease(Owner.of_this_process("run-1"), datetime.now(UTC))

    again = Lease.decode(lease.encode())

    assert again == lease


def is_free(storage: Storage, path: str) -> bool:
    """Tell whether the lease at a path may be taken."""
    return storage.read(path) == b""


def test_a_lease_is_held_within_the_block_and_released_after_it(
    storage: Storage, path: str
) -> None:
    with held_lease(storage, path, "run-1") as held:
        held.confirm()
        within = owner_at(storage, path)

    assert within == "run-1"
    assert is_free(storage, path)


def test_a_lease_is_released_after_an_exception(storage: Storage, path: str) -> None:
    with pytest.raises(ZeroDivisionError), held_lease(storage, path, "run-1"):
        1 // 0  # noqa: B018

    assert is_free(storage, path)


def test_a_lease_of_a_live_process_is_refused_with_the_name_of_its_run(
    storage: Storage, path: str
) -> None:
    with other_process(path) as process:
        with pytest.raises(LeaseError) as refusal:
            with held_lease(storage, path, "run-1"):
                pass
        still = owner_at(storage, path)

    assert f"run other-run (process {process.pid} on" in str(refusal.value)
    assert still == "other-run"
    assert is_free(storage, path)


def test_a_run_does_not_share_a_lease_with_itself(storage: Storage, path: str) -> None:
    with held_lease(storage, path, "run-1"):
        with pytest.raises(LeaseError, match="run-1"):
            with held_lease(storage, path, "run-1"):
                pass

        assert owner_at(storage, path) == "run-1"


@pytest.mark.parametrize("is_reaped", [True, False])
def test_a_lease_of_a_dead_process_is_taken_over_at_once(
    storage: Storage, path: str, is_reaped: bool
) -> None:
    with other_process(path) as process:
        process.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        if is_reaped:
            process.wait()
        left = owner_at(storage, path)

        with held_lease(storage, path, "run-1"):
            taken = owner_at(storage, path)

    assert (left, taken) == ("other-run", "run-1")


def test_a_process_that_got_the_number_of_a_dead_one_does_not_hold_its_lease(
    storage: Storage, path: str
) -> None:
    earlier = replace(Owner.of_this_process("earlier-run"), process_started="1")
    storage.write(path, lease_until(earlier, timedelta(minutes=1)))

    with held_lease(storage, path, "run-1"):
        taken = owner_at(storage, path)

    assert taken == "run-1"


def test_an_expired_lease_of_another_host_is_taken_over(
    storage: Storage, path: str
) -> None:
    storage.write(path, lease_until(FAR_AWAY, timedelta(seconds=-1)))

    with held_lease(storage, path, "run-1"):
        taken = owner_at(storage, path)

    assert taken == "run-1"


def test_a_lease_of_another_host_is_refused_once_it_is_renewed(
    storage: Storage, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "DURATION", timedelta(seconds=1))
    storage.write(path, lease_until(FAR_AWAY, timedelta(minutes=1)))
    renewed = lease_until(FAR_AWAY, timedelta(minutes=2))
    renewal = threading.Timer(0.3, storage.write, (path, renewed))
    renewal.start()

    with pytest.raises(LeaseError) as refusal:
        with held_lease(storage, path, "run-1"):
            pass

    assert "far-run" in str(refusal.value) and FAR_AWAY.host in str(refusal.value)
    assert storage.read(path) == renewed


def test_a_lease_with_long_to_go_is_not_waited_for_longer_than_leases_last(
    storage: Storage, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "DURATION", timedelta(seconds=0.4))
    content = lease_until(FAR_AWAY, timedelta(hours=1))
    storage.write(path, content)

    with pytest.raises(LeaseError) as refusal:
        with held_lease(storage, path, "run-1"):
            pass

    assert f"{Lease.decode(content).expires_at:%H:%M:%S} UTC" in str(refusal.value)
    assert storage.read(path) == content


def test_a_lease_of_another_host_that_nobody_renews_is_waited_for(
    storage: Storage, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "DURATION", timedelta(seconds=1))
    content = lease_until(FAR_AWAY, timedelta(seconds=0.5))
    storage.write(path, content)

    with held_lease(storage, path, "run-1"):
        taken = Lease.decode(storage.read(path))

    assert taken.owner.run_id == "run-1"
    assert taken.expires_at - Lease.decode(content).expires_at >= timedelta(seconds=1)


def test_a_lost_lease_is_not_confirmed_and_stays_with_the_rival(
    storage: Storage, path: str
) -> None:
    with held_lease(storage, path, "run-1") as held:
        storage.write(path, lease_until(FAR_AWAY, timedelta(minutes=1)))

        with pytest.raises(LeaseError, match="another run took the lease"):
            held.confirm()

    assert owner_at(storage, path) == "far-run"


def test_a_lease_is_renewed_while_its_run_lives(
    storage: Storage, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "DURATION", timedelta(seconds=0.4))
    with held_lease(storage, path, "run-1"):
        first = Lease.decode(storage.read(path))

        for _ in range(100):
            time.sleep(0.05)
            last = Lease.decode(storage.read(path))
            if last.expires_at > first.expires_at:
                break

    assert last.expires_at > first.expires_at
    assert last.owner == first.owner


def test_a_run_that_renews_its_lease_twice_at_once_keeps_it(
    storage: Storage, path: str
) -> None:
    lost = []

    def confirm(held: HeldLease) -> None:
        try:
            for _ in range(5):
                held.confirm()
        except LeaseError as error:
            lost.append(error)

    with held_lease(storage, path, "run-1") as held:
        threads = [threading.Thread(target=confirm, args=[held]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert lost == []


def test_of_two_runs_that_start_together_exactly_one_wins(path: str) -> None:
    both_ready, both_done = threading.Barrier(2), threading.Barrier(2)
    outcomes: dict[str, Any] = {}

    def start(run_id: str, storage: Storage) -> None:
        storage.files(path)
        both_ready.wait(timeout=10)
        try:
            with held_lease(storage, path, run_id):
                outcomes[run_id] = "won"
                both_done.wait(timeout=10)
        except LeaseError as error:
            outcomes[run_id] = error
            both_done.wait(timeout=10)

    storages = {run_id: storage_of(path) for run_id in ("run-1", "run-2")}
    threads = [threading.Thread(target=start, args=each) for each in storages.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(outcomes.values()).count("won") == 1
    assert sum(isinstance(each, LeaseError) for each in outcomes.values()) == 1
