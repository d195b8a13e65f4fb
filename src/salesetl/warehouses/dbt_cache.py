"""Keeps what dbt has parsed for its next run: to parse takes longer than to build a model."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from salesetl import __version__
from salesetl.warehouses.dbt_models import PROJECT

# dbt reads from it only what has not changed, and tells that itself.
_PARSED = "partial_parse.msgpack"


@contextmanager
def parsed_before(folder: Path, target: str) -> Iterator[None]:
    """Give dbt what its last run for this target has parsed, and keep what it parses now.

    `folder` is where dbt writes. A cache that cannot be read or written costs time only.
    """
    kept = _kept(target)
    with suppress(OSError):
        shutil.copyfile(kept, folder / _PARSED)
    yield
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        aside = kept.with_name(f"{kept.name}.{os.getpid()}")
        shutil.copyfile(folder / _PARSED, aside)
        # Whole, for another run may read it meanwhile.
        aside.replace(kept)


def _kept(target: str) -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    of = hashlib.sha256(f"{__version__} {PROJECT.resolve()} {target}".encode())
    return Path(home) / "salesetl" / "dbt" / f"{of.hexdigest()[:16]}.msgpack"
