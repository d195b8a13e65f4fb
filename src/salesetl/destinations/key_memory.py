"""Remembers how the keys of a lake are made, so that no row counts under two keys."""

import json
from collections.abc import Mapping
from typing import Any

from salesetl.errors import InputError
from salesetl.storage import Storage, join

KeyMethod = Mapping[str, Any]


def key_memory_path(root: str, namespace: str, source: str) -> str:
    """The path of the file that records how the keys of a source are made."""
    return join(root, namespace, "_keys", f"{source}.json")


def check_key_method(storage: Storage, path: str, method: KeyMethod) -> bool:
    """Tell whether a lake has recorded how its keys are made.

    InputError if it is not `method`: rows that are delivered again would get other keys, and would
    be in the table twice.
    """
    if not storage.files(path):
        return False
    remembered = json.loads(storage.read(path))
    if remembered != method:
        raise InputError(
            f"{path}: the keys of this lake are made from {_text(remembered)}, but this profile"
            f" makes them from {_text(method)}, so a row that is delivered again would count twice;"
            " use the profile of the earlier runs, or load all deliveries with this profile into an"
            " empty --output_path"
        )
    return True


def encoded(method: KeyMethod) -> bytes:
    """Write how keys are made as JSON."""
    return json.dumps(method, indent=2, ensure_ascii=False).encode()


def _text(method: KeyMethod) -> str:
    parts = ", ".join(method["parts"])
    if method.get("values"):
        values = ", ".join(
            f"{name} = {made}" for name, made in method["values"].items()
        )
        parts += f", a digest of the values ({values}) and a number"
    return f"{parts} (joined by {method['separator']!r})" if "," in parts else parts
