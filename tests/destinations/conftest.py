"""Publishing is tested on the same S3 server as storage, and on a disk."""

from pathlib import Path

import pytest


@pytest.fixture(params=["local", "s3"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name an empty place for a lake, on each storage in turn."""
    if request.param == "local":
        return str(tmp_path)
    bucket: str = request.getfixturevalue("s3_root")
    return bucket
