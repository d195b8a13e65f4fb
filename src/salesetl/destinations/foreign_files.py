"""Finds files and folders in the tables of a lake that no run has written."""

import re
from collections.abc import Iterable, Sequence
from importlib.util import find_spec

from salesetl.destinations.footers import columns_in
from salesetl.destinations.lake import Lake
from salesetl.errors import InputError
from salesetl.model.quarantine_table import is_quarantine
from salesetl.model.table import Table
from salesetl.model.types import T
from salesetl.readers.files import look_at
from salesetl.storage import StoredFile, join, visible


def check_tables(lake: Lake, tables: Iterable[Table]) -> None:
    """Check that tables hold only folders and files as runs write them.

    InputError names a wrong file or folder and the remedy. Rows in a second folder of a month would
    count twice, and a file with other columns cannot be read. Columns are checked if pyarrow is
    installed, and only of partitions that are not as a run has left them.
    """
    for table in tables:
        path = lake.path(table)
        files = visible(path, lake.all_files(table))
        for file in files:
            _check_place(path, file, table)
        known = {
            join(path, folder) if folder else path for folder in lake.entries(table)
        }
        others = [file for file in files if file.path.rpartition("/")[0] not in known]
        if others and find_spec("pyarrow"):
            _check_columns(path, others, table)


def _check_place(root: str, file: StoredFile, table: Table) -> None:
    """See that a file is Parquet by its name, and in a partition as the contract names them."""
    if file.path == root:
        raise InputError(
            f"{root}: is a file, but a folder is needed; move the file away"
        )
    folder = file.path.removeprefix(f"{root}/").rpartition("/")[0]
    fault, remedy = _folder_fault(folder, table), _remedy(table)
    if fault and not folder:
        raise InputError(
            f"{file.path}: is not in a partition of {table.name}: {fault}. Move it out of the lake,"
            f" then {remedy}"
        )
    if fault:
        raise InputError(
            f"{join(root, folder)}: is not a partition of {table.name}: {fault}. Move the folder"
            f" out of the lake, then {remedy}"
        )
    if not file.name.endswith(".parquet"):
        raise InputError(
            f"{file.path}: is in the table {table.name}, so readers would read it, but its name"
            " does not end in .parquet. Move it out of the lake, then run again"
        )


def _folder_fault(folder: str, table: Table) -> str | None:
    """Say what is wrong with the name of a partition folder, or None."""
    parts = [part.partition("=") for part in folder.split("/") if folder]
    if [(name, sign) for name, sign, _ in parts] != [
        (name, "=") for name in table.partition_by
    ]:
        form = "/".join(f"{name}=…" for name in table.partition_by)
        return f"its folders must be named {form}" if form else "it has no folders"
    for name, _, text in parts:
        if wanted := _form_fault(text, table.field(name)):
            return f"{name} must be {wanted}"
    return None


def _form_fault(text: str, field: T.StructField) -> str | None:
    """Say what the value in the name of a folder should be, if it is not that."""
    digits = field.metadata.get("digits")
    if digits:
        pattern, form = f"[0-9]{{{digits}}}", f"a number of {digits} digits"
    elif isinstance(field.dataType, T.IntegerType):
        pattern, form = "0|[1-9][0-9]*", "a whole number without leading zeros"
    else:
        return None
    first, last = field.metadata.get("range", (None, None))
    if last:
        form += f", from {first} to {last}"
    is_right = re.fullmatch(pattern, text) and (not last or first <= int(text) <= last)
    return None if is_right else form


def _remedy(table: Table) -> str:
    """Say how to go on without what was moved away."""
    if is_quarantine(table):
        return "run again"
    return "load its days again with --write_mode replace"


def _check_columns(root: str, files: Sequence[StoredFile], table: Table) -> None:
    """See that each file has the columns of the contract, but for those in names of folders."""
    expected = {
        name: data_type
        for name, data_type in table.types.items()
        if name not in table.partition_by
    }
    faults = [
        fault
        for _, fault in look_at(files, lambda file: _column_fault(file, expected))
        if fault
    ]
    if not faults:
        return
    more = f" (and {len(faults) - 1:,} more such files)" if len(faults) > 1 else ""
    remedy = _remedy(table)
    if not is_quarantine(table):
        remedy += (
            f"; if all files of the table are like this, remove {root} and load"
            " everything again"
        )
    raise InputError(
        f"{faults[0]}{more}; another program or an earlier version of salesetl wrote it. Move it"
        f" out of the lake, then {remedy}"
    )


def _column_fault(file: StoredFile, expected: dict[str, str]) -> str | None:
    """Say what is wrong with the columns of a file, or None."""
    try:
        columns = columns_in(file)
    except InputError as error:
        return str(error)
    found = dict(columns)
    for name, data_type in expected.items():
        if name not in found:
            return f"{file.path}: has no column {name}, but the table has it as {data_type}"
        if found[name] != data_type:
            return f"{file.path}: has {name} as {found[name]}, but the table has it as {data_type}"
    for name, data_type in columns:
        if name not in expected:
            return f"{file.path}: has a column {name!r} ({data_type}) that the table does not have"
    twice = len(columns) > len(found)
    return f"{file.path}: has a column twice" if twice else None
