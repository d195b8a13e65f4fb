"""Check that a job runs the code that was deployed."""

import hashlib
import json
import logging
import sys
from pathlib import Path

import salesetl
from salesetl.errors import SetupError
from salesetl.glue.release import MANIFEST, code_file, digest_of
from salesetl.storage import join, storage_of

logger = logging.getLogger(__name__)


def check_release(path: str, job: str) -> None:
    """Check that script and code of this process are those of the release at `path`.

    This finds a mix-up of releases and files that were changed by mistake. It cannot find code that
    was changed to pass it. SetupError if a file differs; a warning where a file is not found, such
    as that of code which was not imported from a zip.
    """
    digests = _digests(path)
    running = {
        f"jobs/{job}.py": Path(str(getattr(sys.modules["__main__"], "__file__", ""))),
        code_file(salesetl.__version__): _archive(),
    }
    for place, file in running.items():
        if not file.is_file():
            logger.warning("%s: %s is not found, and not checked", path, place)
        elif digests.get(place) != _digest(file):
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
