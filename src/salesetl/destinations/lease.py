"""One writer at a time: a lease with an owner and an expiry."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from salesetl.destinations.lease_owner import Owner, this_machine
from salesetl.errors import LeaseError
from salesetl.stopping import Stopped, shielded
from salesetl.storage import Storage, join

logger = logging.getLogger(__name__)

DURATION = timedelta(minutes=2)


@dataclass(frozen=True)
class Lease:
    """The right to write until it expires; its owner renews it while it runs."""

    owner: Owner
    expires_at: datetime

    def encode(self) -> bytes:
        """Write the lease as JSON."""
        fields = {
            "owner": asdict(self.owner),
            "expires_at": self.expires_at.isoformat(),
        }
        return json.dumps(fields, indent=2).encode()

    @classmethod
    def decode(cls, content: bytes) -> "Lease":
        """Read a lease from its JSON."""
        fields = json.loads(content)
        return cls(
            Owner(**fields["owner"]), datetime.fromisoformat(fields["expires_at"])
        )

    def is_over(self, now: datetime) -> bool:
        """Tell whether another run may take it."""
        return now >= self.expires_at or self.owner.is_known_dead()


def lease_path(root: str, namespace: str) -> str:
    """The path of the lease of a namespace."""
    return join(root, namespace, "_lease.json")


@contextmanager
def held_lease(storage: Storage, path: str, run_id: str) -> Iterator[None]:
    """Hold the lease at `path` during the block; LeaseError if another run holds it."""
    owner = Owner.of_this_process(run_id)
    stop = threading.Event()
    renewal = threading.Thread(
        target=_keep_renewing, args=(storage, path, owner, stop), daemon=True
    )
    try:
        _take(storage, path, owner)
    except Stopped:
        # It may just have been taken.
        _give_back(storage, path, owner)
        raise
    renewal.start()
    try:
        yield
    finally:
        with shielded():
            stop.set()
            renewal.join()
            _give_back(storage, path, owner)


def confirm_lease(storage: Storage, path: str, run_id: str) -> None:
    """Check that this run still holds the lease; LeaseError if not."""
    _renew(storage, path, Owner.of_this_process(run_id))


def writing_run(storage: Storage, path: str) -> str | None:
    """Return the run that holds the lease at `path`; None if there is none."""
    found = storage.read(path) if storage.files(path) else b""
    lease = Lease.decode(found) if found else None
    is_held = lease and not lease.is_over(datetime.now(UTC))
    return lease.owner.run_id if lease and is_held else None


class _HeldError(Exception):
    """A lease stands in the way."""

    def __init__(self, lease: Lease) -> None:
        super().__init__()
        self.lease = lease


def _take(storage: Storage, path: str, owner: Owner) -> None:
    """Take a lease; LeaseError if its run lives.

    Whether a run on another machine lives is seen by its renewing the lease: so that one is
    watched until it is renewed or ends, as when a run is tried again after its machine died; no
    longer than a lease lasts, though its clock may say that it has long to go.
    """
    watched: Lease | None = None
    patience = time.monotonic() + 1.25 * DURATION.total_seconds()
    while True:
        try:
            return _take_over(storage, path, owner)
        except _HeldError as held:
            lease = held.lease
        is_alive = lease.owner.machine == this_machine() or watched not in (None, lease)
        if is_alive or time.monotonic() > patience:
            raise LeaseError(
                f"{path}: run {lease.owner.run_id} (process {lease.owner.process_id} on"
                f" {lease.owner.host}) is writing these tables; wait for it to end, then run again."
                f" If it was killed, its lease ends at {lease.expires_at:%Y-%m-%d %H:%M:%S} UTC"
            )
        if watched is None:
            logger.info(
                "run %s on %s holds the lease; checking whether it is alive",
                lease.owner.run_id,
                lease.owner.host,
            )
        watched = lease
        time.sleep(DURATION.total_seconds() / 24)


def _take_over(storage: Storage, path: str, owner: Owner) -> None:
    now = datetime.now(UTC)

    def written(found: bytes | None) -> bytes:
        if found:
            lease = Lease.decode(found)
            if not lease.is_over(now):
                raise _HeldError(lease)
            logger.warning(
                "taking over the lease of run %s, which has ended", lease.owner.run_id
            )
        return Lease(owner, now + DURATION).encode()

    if not storage.update(path, written):
        raise LeaseError(
            f"{path}: another run has just taken the lease; wait for it to end, then run again"
        )


def _renew(storage: Storage, path: str, owner: Owner) -> None:
    def extend(found: bytes | None) -> bytes:
        if not _is_owned(found, owner):
            raise LeaseError(
                f"{path}: another run took the lease; nothing was published. Run again"
            )
        return Lease(owner, datetime.now(UTC) + DURATION).encode()

    # What comes between is another thread of this process that renews it, or else `extend` tells.
    while not storage.update(path, extend):
        pass


def _give_back(storage: Storage, path: str, owner: Owner) -> None:
    """End a lease, unless it is another's; that one may not be touched while it is renewed."""
    if storage.files(path) and _is_owned(storage.read(path), owner):
        storage.update(path, lambda found: _ended(found, owner))


def _ended(found: bytes | None, owner: Owner) -> bytes:
    # An empty file is nobody's lease; unlike a deletion it can be written on a condition.
    return found if found and not _is_owned(found, owner) else b""


def _keep_renewing(
    storage: Storage, path: str, owner: Owner, stop: threading.Event
) -> None:
    while not stop.wait(DURATION.total_seconds() / 4):
        try:
            _renew(storage, path, owner)
        except Exception:
            # The run finds out for itself when it confirms the lease before it publishes.
            logger.warning("could not renew the lease %s", path, exc_info=True)


def _is_owned(content: bytes | None, owner: Owner) -> bool:
    return bool(content) and Lease.decode(content or b"").owner == owner
