"""Checks the paths of a job: it must not read what it writes."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import PurePath
from typing import Any

from salesetl.errors import ArgumentError, SalesEtlError
from salesetl.model.table import Table
from salesetl.readers.files import list_files, unpacked_bytes
from salesetl.readers.globs import glob_pattern, glob_root
from salesetl.storage import is_local, normalized

# What stands beside the tables of a namespace; `_replays` is there to be read.
_OF_RUNS = (
    "_journal.json",
    "_keys",
    "_lease.json",
    "_ledger",
    "_lineage",
    "_runs",
    "_staging",
)

Parts = tuple[str, ...]


def input_paths(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Return the input paths of a job, by the name of the argument."""
    return {
        name: str(value)
        for name, value in arguments.items()
        if name.endswith("_path") and name != "output_path" and value is not None
    }


def input_bytes(arguments: Mapping[str, Any]) -> int:
    """Estimate the unpacked size of the files that a job will read.

    What cannot be listed counts as 0: the run will tell, and report, why.
    """
    size = 0
    for path in input_paths(arguments).values():
        with suppress(SalesEtlError):
            size += sum(map(unpacked_bytes, list_files(path)))
    return size


def check_apart(
    arguments: Mapping[str, Any], output_path: str, tables: Sequence[Table]
) -> None:
    """Check that a job does not read what it writes; ArgumentError if one path is inside another.

    Links are followed. An input may be below the root of the lake, but in none of its tables.
    """
    output = _place(normalized(output_path))
    written = [tuple(each.folder.split("/")) for each in tables]
    namespaces = {each.namespace for each in tables}
    written += [(namespace, own) for namespace in namespaces for own in _OF_RUNS]
    for name, text in input_paths(arguments).items():
        path = normalized(text)
        files = _files(path)
        folders = {place[:-1] for place in files.values()}
        if any(
            _holds(place, output) for place in (_place(path), *_linked(path, files))
        ):
            raise ArgumentError(
                f"--output_path {output_path}: is inside --{name} {text}, so the next run would"
                " read what this run writes; use another --output_path"
            )
        if any(
            _holds((*output, *own), place)
            for own in written
            for place in (_place(glob_root(path)), *folders)
        ):
            raise ArgumentError(
                f"--{name} {text}: has files that the job writes below --output_path"
                f" {output_path}; use the path of the delivered files"
            )


def _place(path: str) -> Parts:
    """Return the parts of a path, from the root of its disk or its bucket; links are followed."""
    if not is_local(path):
        return ("s3:", *path.partition("://")[2].split("/"))
    root = glob_root(path)
    globs = path[len(root) + 1 :].split("/") if path != root else ()
    return (*PurePath(os.path.realpath(root)).parts, *globs)


def _files(path: str) -> dict[str, Parts]:
    """Return where the files really are that a path stands for, if it alone does not tell that."""
    if path == glob_root(path) and not is_local(path):
        return {}
    folders: dict[str, Parts] = {}
    places = {}
    for file in list_files(path):
        folder = file.path.removesuffix(f"/{file.name}")
        if folder not in folders:
            folders[folder] = _place(folder)
        is_link = os.path.islink(file.path)
        places[file.path] = (
            _place(file.path) if is_link else (*folders[folder], file.name)
        )
    return places


def _linked(path: str, files: Mapping[str, Parts]) -> set[Parts]:
    """Return the folders outside of a path that links below it lead to."""
    root = glob_root(path)
    inside = _place(root)
    return {
        place[:-1]
        for file, place in files.items()
        if file.rpartition("/")[0].startswith(f"{root}/") and not _holds(inside, place)
    }


def _holds(above: Parts, below: Parts) -> bool:
    """Tell whether a place, or what a glob stands for, is or holds another one."""
    return len(above) <= len(below) and all(
        glob_pattern(one).fullmatch(other) for one, other in zip(above, below)
    )
