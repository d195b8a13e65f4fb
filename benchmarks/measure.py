"""Running a program and measuring it as a whole: wall time and peak memory of all its processes."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Measured:
    """Wall time in seconds, and peak memory in MiB, of a program with its children."""

    seconds: float
    mebibytes: float


def measure(command: list[str], cwd: Path) -> Measured:
    """Run a program to its end; RuntimeError with its last words if it fails."""
    started = time.monotonic()
    with subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            time.sleep(0.02)
        seconds = time.monotonic() - started
        output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{output[-2000:]}")
    return Measured(seconds, peak / 2**20)


def _resident(process_id: int) -> int:
    """Sum up the resident memory of a process and its descendants."""
    home = Path(f"/proc/{process_id}")
    try:
        pages = int((home / "statm").read_text().split()[1])
        children = (home / "task" / str(process_id) / "children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return pages * _PAGE + sum(_resident(int(child)) for child in children)
