"""A program is measured with all of its processes."""

import sys
from pathlib import Path

import pytest

from benchmarks.measure import measure

BUSY = (
    "import time\nheld = bytearray(50 * 2**20)\n"
    "while time.process_time() < 0.5: pass\n"
)
WITH_CHILDREN = (
    "import subprocess, sys\n"
    f"for _ in range(2): subprocess.run([sys.executable, '-c', {BUSY!r}])\n"
)


def test_the_time_and_the_memory_of_children_count(tmp_path: Path) -> None:
    measured = measure([sys.executable, "-c", WITH_CHILDREN], tmp_path)

    # What a child takes after the last look at it is not seen.
    assert 0.5 < measured.cpu_seconds < 2
    assert measured.mebibytes > 50


def test_the_time_of_the_program_itself_counts(tmp_path: Path) -> None:
    assert measure([sys.executable, "-c", BUSY], tmp_path).cpu_seconds >= 0.3


def test_a_program_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no disk left"):
        measure([sys.executable, "-c", "raise SystemExit('no disk left')"], tmp_path)
