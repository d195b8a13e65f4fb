"""One writer at a time: a lease with an owner and an expiry."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from salesetl.destinations.lease_owner import Owner, this_machine
from salesetl.errors import LeaseError
from salesetl.stopping import shielded
from salesetl.storage import Storage, join

logger = logging.getLogger(__name__)

DURATION = timedelta(minutes=2)
# Between two tries of a change that another one came before.
_PAUSE_SECONDS = 0.05


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
def held_lease(storage: Storage, path: str, run_id: str) -> Iterator["HeldLease"]:
    """Hold the lease at `path` during the block; LeaseError if another run holds it."""
    held = HeldLease(storage, path, Owner.of_this_process(run_id))
    stop = threading.Event()
    renewal = threading.Thread(target=held.keep, args=(stop,), daemon=True)
    try:
        held.take()
    except BaseException:
        # It may just have been taken.
        held.give_back()
        raise
    renewal.start()
    try:
        yield held
    finally:
        with shielded():
            stop.set()
            renewal.join()
            held.give_back()


def writing_run(storage: Storage, path: str) -> str | None:
    """Return the run that holds the lease at `path`; None if there is none."""
    found = storage.read(path) if storage.files(path) else b""
    lease = Lease.decode(found) if found else None
    is_held = lease and not lease.is_over(datetime.now(UTC))
    return lease.owner.run_id if lease and is_held else None


class HeldLease:
    """A lease in the hands of this process.

    The thread that renews it and the one that confirms it wait for each other: each of them would
    find the lease changed by the other, as if it were lost.
    """

    def __init__(self, storage: Storage, path: str, owner: Owner) -> None:
        self._storage, self._path, self._owner = storage, path, owner
        self._renewing = threading.Lock()
        self._is_asked_for = False

    def take(self) -> None:
        """Take the lease; LeaseError if its run lives.

        Whether a run on another machine lives is seen by its renewing the lease: so that one is
        watched until it is renewed or ends, as when a run is tried again after its machine died; no
        longer than a lease lasts, though its clock may say that it has long to go.
        """
        watched: Lease | None = None
        patience = time.monotonic() + 1.25 * DURATION.total_seconds()
        while True:
            try:
                return self._change(self._taken)
            except _OtherOwnerError as other:
                lease = other.lease
            is_alive = lease.owner.machine == this_machine() or watched not in (
                None,
                lease,
            )
            if is_alive or time.monotonic() > patience:
                raise LeaseError(
                    f"{self._path}: run {lease.owner.run_id} (process {lease.owner.process_id} on"
                    f" {lease.owner.host}) is writing these tables; wait for it to end, then run"
                    " again. If it was killed, its lease ends at"
                    f" {lease.expires_at:%Y-%m-%d %H:%M:%S} UTC"
                )
            if watched is None:
                logger.info(
                    "run %s on %s holds the lease; checking whether it is alive",
                    lease.owner.run_id,
                    lease.owner.host,
                )
            watched = lease
            time.sleep(DURATION.total_seconds() / 24)

    def confirm(self) -> None:
        """Renew the lease; LeaseError if it is not held any more."""
        with self._renewing:
            self._change(self._renewed)

    def keep(self, stop: threading.Event) -> None:
        """Renew the lease from time to time until `stop` is set."""
        while not stop.wait(DURATION.total_seconds() / 4):
            try:
                self.confirm()
            except Exception as error:
                # The run finds out for itself when it confirms the lease before it publishes.
                logger.warning("could not renew the lease: %s", error)

    def give_back(self) -> None:
        """End the lease, unless it is another's. What cannot be given back ends by itself."""
        if not self._is_asked_for:
            return
        try:
            self._change(self._ended)
        except _NotOwnedError:
            return
        except Exception as error:
            logger.warning(
                "could not give back the lease, which ends by itself within %d seconds: %s",
                DURATION.total_seconds(),
                error,
            )

    def _change(self, change: Callable[[bytes | None], bytes]) -> None:
        """Change the lease by what is found, again if another request comes between.

        That may be an earlier try of this very request, whose answer was lost: then the lease is
        found to be ours.
        """
        end = time.monotonic() + DURATION.total_seconds()
        while not self._storage.update(self._path, change):
            if time.monotonic() > end:
                raise LeaseError(
                    f"{self._path}: the lease could not be changed for"
                    f" {DURATION.total_seconds():.0f} seconds; nothing was published. Run again"
                )
            time.sleep(_PAUSE_SECONDS)

    def _taken(self, found: bytes | None) -> bytes:
        if found:
            lease = Lease.decode(found)
            is_ours = self._is_asked_for and lease.owner == self._owner
            if not is_ours and not lease.is_over(datetime.now(UTC)):
                raise _OtherOwnerError(lease)
            if not is_ours:
                logger.warning(
                    "taking over the lease of run %s, which has ended",
                    lease.owner.run_id,
                )
        self._is_asked_for = True
        return self._until_later()

    def _renewed(self, found: bytes | None) -> bytes:
        self._check_owned(found)
        return self._until_later()

    def _ended(self, found: bytes | None) -> bytes:
        self._check_owned(found)
        # An empty file is nobody's lease; unlike a deletion it can be written on a condition.
        return b""

    def _until_later(self) -> bytes:
        return Lease(self._owner, datetime.now(UTC) + DURATION).encode()

    def _check_owned(self, found: bytes | None) -> None:
        if not found or Lease.decode(found).owner != self._owner:
            raise _NotOwnedError(
                f"{self._path}: another run took the lease; nothing was published. Run again"
            )


class _NotOwnedError(LeaseError):
    """A lease is not held any more."""


class _OtherOwnerError(Exception):
    """A lease stands in the way."""

    def __init__(self, lease: Lease) -> None:
        super().__init__()
        self.lease = lease
