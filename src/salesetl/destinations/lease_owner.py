"""Names the holder of a lease, and checks whether its process is alive."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Owner:
    """The holder of a lease: a run, its process and its machine."""

    run_id: str
    host: str
    machine: str
    process_id: int
    process_started: str

    @classmethod
    def of_this_process(cls, run_id: str) -> "Owner":
        """Name this process as the owner."""
        process_id = os.getpid()
        started = _process_started(process_id)
        return cls(run_id, socket.gethostname(), this_machine(), process_id, started)

    def is_known_dead(self) -> bool:
        """Tell whether the process has ended; only its own machine knows."""
        if self.machine != this_machine():
            return False
        return self.process_started != _process_started(self.process_id)


def this_machine() -> str:
    """Name where process ids mean the same: a boot of a machine, and in it a container."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def _process_started(process_id: int) -> str:
    """Return what tells a process from a later one of the same id; empty if it has ended."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    status = Path(f"/proc/{process_id}/stat")
    if not status.exists():
        return "unknown"
    state, *fields = status.read_text().rpartition(")")[2].split()
    has_ended = state in "ZX"
    return "" if has_ended else fields[18]
