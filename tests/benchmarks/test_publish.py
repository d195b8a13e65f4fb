"""The measure of a publish counts the requests that it makes."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_publish_is_measured_with_its_requests() -> None:
    told = subprocess.check_output(
        [sys.executable, "-m", "benchmarks.publish", "30"], cwd=ROOT, text=True
    )

    assert told.startswith("30 files replaced in ")
    requests = "30 CopyObject, 3 ListObjectsV2, 3 DeleteObjects, 2 PutObject"
    assert told.endswith(f" s: {requests}\n")
