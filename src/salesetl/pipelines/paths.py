"""The paths of a job: what it reads, and that it does not read what it writes."""

from collections.abc import Mapping
from typing import Any


def input_paths(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Return the paths that a job reads files of data from, by the name of the argument."""
    return {
        name: str(value)
        for name, value in arguments.items()
        if name.endswith("_path") and name != "output_path" and value is not None
    }
