"""Writes several files for a person: all or none."""

import uuid
from collections.abc import Mapping

from salesetl.storage import join, normalized, storage_of


def write_together(directory: str, contents: Mapping[str, bytes]) -> str:
    """Write files below a directory, in place only after all are written; return their paths."""
    folder = normalized(directory)
    storage = storage_of(folder)
    aside = join(folder, f".{uuid.uuid4().hex}")
    try:
        for name, content in contents.items():
            storage.write(join(aside, name), content)
        storage.move([(join(aside, name), join(folder, name)) for name in contents])
    finally:
        storage.delete(aside)
    return "".join(f"{join(folder, name)}\n" for name in contents)
