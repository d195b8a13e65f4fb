"""A release: the code, what it needs, the job scripts and the SQL.

Its name is made from its content.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from salesetl.errors import AwsError, InputError
from salesetl.glue.definitions import GLUE_VERSIONS
from salesetl.storage import join, storage_of

MANIFEST = "release.json"
# Enough that nobody finds other files with the digest of a release.
_DIGITS = 32
_TRIES = 5


@dataclass(frozen=True)
class Release:
    """What `make package` built. `files` maps a path in the release to a local path."""

    version: str
    files: dict[str, Path]

    @property
    def digests(self) -> dict[str, str]:
        """The SHA-256 of each file, by its path in the release."""
        return {
            place: hashlib.sha256(path.read_bytes()).hexdigest()
            for place, path in sorted(self.files.items())
        }

    @property
    def name(self) -> str:
        """The version and a digest of the whole content."""
        return f"{self.version}-{digest_of(self.digests)}"


def digest_of(digests: Mapping[str, str]) -> str:
    """Return the digest in the name of a release, from the digests of its files."""
    content = json.dumps(dict(sorted(digests.items()))).encode()
    return hashlib.sha256(content).hexdigest()[:_DIGITS]


def code_file(version: str) -> str:
    """Return the name of the zip with the code of a version, which workers of Spark import from."""
    return f"salesetl-{version}.zip"


def modules_file(python: str) -> str:
    """Return the name of the archive of wheels that the code needs on a version of Python."""
    return f"salesetl-modules-python{python}.gluewheels.zip"


def built_release(root: str) -> Release:
    """Return the release in `dist/` of a repository.

    InputError if it is not built, or if its files are not those that were built together.
    """
    dist = Path(root, "dist")
    wheels = sorted(dist.glob("*.whl"))
    version = wheels[0].name.split("-")[1] if wheels else ""
    built = [code_file(version), *map(modules_file, GLUE_VERSIONS.values())]
    archives = [dist / name for name in built]
    scripts = sorted(dist.glob("jobs/*.py"))
    if len(wheels) != 1 or not scripts or not all(map(Path.is_file, archives)):
        raise InputError(
            f"{dist}: must have the code and the job scripts, of one version; run make package"
        )
    sql = sorted(Path(root, "sql").rglob("*.*"))
    release = Release(
        version,
        files={path.name: path for path in archives}
        | {f"jobs/{path.name}": path for path in scripts}
        | {path.relative_to(root).as_posix(): path for path in sql},
    )
    recorded = dist / "RELEASE"
    if recorded.is_file() and recorded.read_text().strip() != release.name:
        raise InputError(
            f"{recorded}: {dist} or sql/ has changed since it was built; run make package"
        )
    return release


def release_path(scripts: str, name: str) -> str:
    """Return the path of a release below the root of the scripts."""
    return join(scripts, "releases", name)


def upload(release: Release, scripts: str) -> int:
    """Upload the missing files of a release, and return their number.

    No file is ever replaced. The manifest is uploaded last, so a release with a manifest is
    complete. AwsError if there is another file in the place of one.
    """
    root = release_path(scripts, release.name)
    storage = storage_of(root)
    present = {file.path: file.size for file in storage.files(root)}
    missing = [
        place
        for place, path in release.files.items()
        if present.get(join(root, place)) != path.stat().st_size
    ]
    for place in missing:
        _add(join(root, place), release.files[place].read_bytes())
    if join(root, MANIFEST) not in present:
        manifest = json.dumps({"release": release.name, "files": release.digests})
        _add(join(root, MANIFEST), manifest.encode())
    return len(missing)


class _PresentError(Exception):
    """There is a file already."""


def _add(path: str, content: bytes) -> None:
    """Write a file where none is; AwsError if there is another.

    The role of deployment may write nothing over a file of a release, not even the same content.
    """

    def added(found: bytes | None) -> bytes:
        if found is not None:
            raise _PresentError
        return content

    storage = storage_of(path)
    for _ in range(_TRIES):
        try:
            if storage.update(path, added):
                return
        except _PresentError:
            # Another deploy may have uploaded the same release.
            if storage.read(path) == content:
                return
            break
    raise AwsError(
        f"{path}: another file is in its place; nothing was replaced. Build another release"
    )


def is_complete(prefix: str) -> bool:
    """Return whether a release has its manifest and all files that the manifest lists."""
    storage = storage_of(prefix)
    present = {file.path for file in storage.files(prefix)}
    manifest = join(prefix, MANIFEST)
    if manifest not in present:
        return False
    listed = json.loads(storage.read(manifest))["files"]
    return all(join(prefix, place) in present for place in listed)
