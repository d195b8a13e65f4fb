"""Lists the files that a lake has loaded, and lets it forget some of them."""

import argparse
import json
import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from salesetl.destinations.journal import journal_path
from salesetl.destinations.lease import held_lease, lease_path
from salesetl.destinations.ledger import LoadedFile, ledger_path, read_ledger
from salesetl.display import table_text
from salesetl.errors import InputError
from salesetl.readers.globs import glob_pattern
from salesetl.registry import namespaces
from salesetl.storage import normalized, storage_of

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_WIDTH = 48


def add_commands(groups: "Commands") -> None:
    """Add `ledger list` and `ledger forget`."""
    group = groups.add_parser(
        "ledger", help="list the files that were loaded, or forget some"
    )
    commands = group.add_subparsers(required=True)
    text = "list the delivered files that a lake was loaded from"
    listed = commands.add_parser("list", help=text, description=text)
    listed.add_argument("root", metavar="ROOT", help="root of the lake")
    listed.add_argument(
        "pipeline", metavar="PIPELINE", nargs="?", choices=namespaces(), help="only its"
    )
    listed.add_argument("--json", action="store_true", help="whole, as JSON lines")
    listed.set_defaults(command=list_files)
    text = "forget files, so that the next run with --input_mode new loads them again"
    forget = commands.add_parser("forget", help=text, description=text)
    forget.add_argument("root", metavar="ROOT", help="root of the lake")
    forget.add_argument("pipeline", metavar="PIPELINE", choices=namespaces())
    forget.add_argument(
        "glob", metavar="GLOB", help="path, or the end of it, such as 'day_*.csv'"
    )
    forget.set_defaults(command=forget_files)


def list_files(arguments: argparse.Namespace) -> str:
    """Return a line for each loaded file."""
    root = normalized(arguments.root)
    names = [arguments.pipeline] if arguments.pipeline else namespaces()
    files = [
        (name, each)
        for name in names
        for each in read_ledger(storage_of(root), root, name)
    ]
    if arguments.json:
        return "".join(
            json.dumps({"pipeline": name, **asdict(each)}) + "\n"
            for name, each in files
        )
    if not files:
        return f"{root}: no run has entered a file into the ledger\n"
    header = ("source", "file", "bytes", "loaded_at", "state")
    return table_text(header, [_row(each) for _, each in files]) + "\n"


def _row(file: LoadedFile) -> list[Any]:
    state = "vanished" if file.is_gone else "renamed" if file.first_path else ""
    path = file.path
    if len(path) > _WIDTH:
        path = f"…{path[1 - _WIDTH:]}"
    return [file.source, path, file.size, file.loaded_at[:16].replace("T", " "), state]


def forget_files(arguments: argparse.Namespace) -> str:
    """Forget the files that a glob names, and return their number.

    InputError if there is none, or if a run was interrupted; LeaseError if one is writing.
    """
    root, name = normalized(arguments.root), arguments.pipeline
    storage = storage_of(root)
    path = ledger_path(root, name)
    if not storage.files(path):
        raise InputError(f"{path}: there is no ledger; check ROOT and PIPELINE")
    run_id = f"forget-{uuid.uuid4().hex[:8]}"
    with held_lease(storage, lease_path(root, name), run_id):
        journal = journal_path(root, name)
        if storage.files(journal):
            raise InputError(
                f"{journal}: a run was interrupted while it published; run its job again, which"
                " finishes that, then forget"
            )
        ledger = read_ledger(storage, root, name)
        forgotten = [each for each in ledger if _is_named(arguments.glob, each.path)]
        if not forgotten:
            raise InputError(
                f"{arguments.glob}: no loaded file of {name} has such a path; list them with:"
                f" salesetl ledger list {arguments.root} {name}"
            )
        storage.write(path, ledger.without(forgotten).encode())
    return (
        f"{len(forgotten):,} files forgotten; the next run with --input_mode new loads those that"
        " are there\n"
    )


def _is_named(glob: str, path: str) -> bool:
    """Tell whether a glob names a path, or its end from some folder on."""
    pattern = glob_pattern(glob)
    parts = path.split("/")
    ends = ("/".join(parts[place:]) for place in range(len(parts)))
    return any(map(pattern.fullmatch, ends))
