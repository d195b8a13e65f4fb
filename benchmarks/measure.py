"""Running a program and measuring it as a whole, with all of its processes."""

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_PAGE, _TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
# Places in /proc/<pid>/stat behind the name of the program, which may have blanks.
_USER, _SYSTEM, _STARTED, _PAGES = 11, 12, 19, 21


@dataclass(frozen=True)
class Measured:
    """Wall time and CPU time in seconds, and peak memory in MiB, of a program with its children."""

    seconds: float
    cpu_seconds: float
    mebibytes: float


def measure(command: list[str], cwd: Path) -> Measured:
    """Run a program to its end; RuntimeError with its last words if it fails."""
    peak = 0
    # What each process has taken, by its number and when it began: a number may come again.
    taken: dict[tuple[int, int], float] = {}
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as output:
        with subprocess.Popen(
            command, cwd=cwd, stdout=output, stderr=subprocess.STDOUT
        ) as process:
            # What has ended can be looked at until it is waited for.
            how = os.WEXITED | os.WNOHANG | os.WNOWAIT
            while not os.waitid(os.P_PID, process.pid, how):
                peak = max(peak, _look(process.pid, taken))
                time.sleep(0.02)
            seconds = time.monotonic() - started
            _look(process.pid, taken)
        if process.returncode:
            output.seek(0)
            raise RuntimeError(f"{' '.join(command)}:\n{output.read()[-2000:]}")
    return Measured(seconds, sum(taken.values()), peak / 2**20)


def _look(process_id: int, taken: dict[tuple[int, int], float]) -> int:
    """Note the CPU time of a process and its descendants; return their resident memory."""
    home = Path(f"/proc/{process_id}")
    try:
        told = (home / "stat").read_text().rpartition(")")[2].split()
        children = (home / "task" / str(process_id) / "children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    ticks = int(told[_USER]) + int(told[_SYSTEM])
    taken[process_id, int(told[_STARTED])] = ticks / _TICKS
    below = sum(_look(int(child), taken) for child in children)
    return int(told[_PAGES]) * _PAGE + below
