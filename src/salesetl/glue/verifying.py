"""Check that a job runs the code that was deployed."""

import hashlib
import json
import sys
from pathlib import Path

import salesetl
from salesetl.errors import SetupError
from salesetl.glue.release import MANIFEST, digest_of
from salesetl.storage import join, storage_of


def check_release(path: str, job: str) -> None:
    """Check that script and code of this process are those of the release at `path`.

    SetupError if not: then the process got files of another release, or files that were changed.
    """
    digests = _digests(path)
    script, code = Path(sys.argv[0]), _archive()
    running = {code.name: code, f"jobs/{job}.py": script}
    for place, file in running.items():
        if not file.is_file() or digests.get(place) != _digest(file):
            raise SetupError(
                f"{path}: {file} is not {place} of this release; deploy the job again"
            )


def _digests(path: str) -> dict[str, str]:
    """Return the digests that the manifest lists, which the name of the release confirms."""
    manifest = join(path, MANIFEST)
    try:
        digests: dict[str, str] = json.loads(storage_of(path).read(manifest))["files"]
        is_confirmed = path.rstrip("/").endswith(f"-{digest_of(digests)}")
    except (ValueError, KeyError, TypeError, AttributeError):
        is_confirmed = False
    if not is_confirmed:
        raise SetupError(
            f"{manifest}: does not belong to this release; deploy the job again"
        )
    return digests


def _archive() -> Path:
    """Return the zip that this library is imported from, or else its folder."""
    home = Path(str(salesetl.__file__)).parent
    return home.parent if home.parent.suffix == ".zip" else home


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
