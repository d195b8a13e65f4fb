"""Reads delimited text; each file has its own header."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from salesetl.characters import name_key
from salesetl.engines import functions as F
from salesetl.engines.engine import Engine
from salesetl.errors import InputError
from salesetl.mapping.filled import filled_down
from salesetl.mapping.mapped import with_contract_columns
from salesetl.mapping.profile import IS_FILTERED, Profile
from salesetl.model.table import Table
from salesetl.parsing import text_literal
from salesetl.quality.judging import WELL_FORMED
from salesetl.readers.fields import NO_PLACE, split_fields
from salesetl.readers.files import (
    Unpacked,
    content_path,
    delivered_names,
    find_files,
    look_at,
)
from salesetl.readers.headers import Header
from salesetl.readers.kinds import NotText
from salesetl.readers.layouts import (
    Layout,
    Multiline,
    find_layout,
    is_quick_to_read,
)
from salesetl.readers.raw_rows import RawRows, SkippedLines, in_one, with_file_names
from salesetl.readers.unpacking import unpack
from salesetl.storage import StoredFile

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

logger = logging.getLogger(__name__)

UnknownColumns = Literal["ignore", "fail"]


def read_csv(
    engine: Engine,
    path: str,
    table: Table,
    folder: str = "",
    *,
    profile: Profile = Profile(),
    unknown_columns: UnknownColumns = "ignore",
    multiline: Multiline = "auto",
    allow_empty: bool = False,
) -> RawRows:
    """Read every row of every file below `path`, each file by its own header.

    What no engine reads, such as a workbook, is unpacked below `folder`.

    InputError names the first file that lacks a column of the contract, or that has one the
    contract does not know when `unknown_columns` is `fail`.
    """
    return read_delimited(
        engine,
        find_files(path, allow_empty=allow_empty),
        table,
        folder,
        profile=profile,
        unknown_columns=unknown_columns,
        multiline=multiline,
    )


def read_delimited(
    engine: Engine,
    files: list[StoredFile],
    table: Table,
    folder: str,
    *,
    profile: Profile,
    unknown_columns: UnknownColumns,
    multiline: Multiline,
) -> RawRows:
    """Read every row of some files; as `read_csv`."""
    layouts: dict[Layout, list[StoredFile]] = defaultdict(list)
    unknown: dict[str, str] = {}

    def look(file: StoredFile) -> tuple[StoredFile, Layout, Header]:
        try:
            return file, *find_layout(file, table, profile, multiline)
        except NotText as found:
            file = unpack(file, found.kind, folder, profile)
            return file, *find_layout(file, table, profile, multiline)

    skipped = []
    for _, (file, layout, header) in look_at(files, look):
        layouts[layout].append(file)
        if header.skipped:
            skipped.append(SkippedLines(file.path, header.skipped, header.line))
        for name in profile.unknown(layout.header, table):
            unknown.setdefault(name, file.path)
    report_unknown(unknown, unknown_columns)
    if multiline == "auto":
        layouts = _with_large_files(engine, layouts)
    frames = [
        _read_layout(engine, layout, found, table, profile)
        for layout, found in layouts.items()
    ]
    rows = engine.named(in_one(engine, frames, table))
    unpacked = {
        file.path: file
        for found in layouts.values()
        for file in found
        if isinstance(file, Unpacked)
    }
    return RawRows(rows, files, sorted(unknown), skipped, unpacked)


def _with_large_files(
    engine: Engine, layouts: Mapping[Layout, list[StoredFile]]
) -> dict[Layout, list[StoredFile]]:
    """Let records span lines in those large files that have a line with a quote out of place.

    The engine looks at these files, for which it reads them once more.
    """
    divided: dict[Layout, list[StoredFile]] = defaultdict(list)
    for layout, files in layouts.items():
        looked_at = [content_path(file) for file in files if not is_quick_to_read(file)]
        across: set[str] = set()
        if looked_at and not layout.text.is_multiline:
            broken = (
                engine.read_records(looked_at, layout.text)
                .where("instr(_record, '\"') > 0 and size(_fields) = 0")
                .select("_source_file")
            )
            across = {row["_source_file"] for row in engine.rows(broken.distinct())}
        for file in files:
            own = layout.across_lines() if content_path(file) in across else layout
            divided[own].append(file)
    return divided


def report_unknown(unknown: Mapping[str, str], policy: UnknownColumns) -> None:
    """Log columns that a contract does not know; `unknown` maps each to a file that has it.

    InputError if the policy is to fail.
    """
    if not unknown:
        return
    name, path = min(unknown.items())
    if policy == "fail":
        raise InputError(
            f"{path}: has the unknown column {name!r};"
            " remove the column, or pass --unknown_columns ignore"
        )
    logger.warning(
        "ignoring unknown columns: %s",
        ", ".join(sorted(unknown)),
    )


def _read_layout(
    engine: Engine,
    layout: Layout,
    files: list[StoredFile],
    table: Table,
    profile: Profile,
) -> DataFrame:
    profile = profile.of_table() if layout.is_table else profile
    places = _places(layout.header, table, profile)
    records = engine.read_records(list(map(content_path, files)), layout.text)
    records = with_file_names(engine, records, delivered_names(files))
    rows = engine.named(split_fields(records, layout, places))
    derived = profile.derived(layout.header, table)
    made = {*profile.constants, *profile.expressions, *derived}
    made |= {profile.key.column} if profile.key else set()
    positions = {name: f"_{place}" for name, place in places.items()}
    if profile.fill_down:
        rows = engine.named(filled_down(rows, positions, profile.fill_down, profile))
    return rows.transform(
        with_contract_columns, positions, table, profile, derived, engine.quotient
    ).select(
        *(
            F.expr(
                f"case when _is_well_formed then `{name}` end"
                if name in made
                else f"`{name}`"
            ).alias(name)
            for name in table.columns
        ),
        "_raw_record",
        "_source_header",
        "_source_file",
        F.expr("_place" if table.last_line_wins else NO_PLACE).alias("_place"),
        F.expr(
            f"case when _is_well_formed then '' else '{WELL_FORMED.name}' end"
        ).alias("_fault"),
        "_is_plain",
        F.expr("cast(null as string)").alias("_names"),
        *_filtered(profile),
    )


def _filtered(profile: Profile) -> list[Column]:
    """Tell what the filter of a profile leaves out; of a malformed record it knows no value."""
    if not profile.filter:
        return []
    skipped = [
        f"left(_raw_record, {len(text)}) = {text_literal(text)}"
        for text in profile.filter.skip
    ]
    kept_by = [f"_is_well_formed and {IS_FILTERED}"] if profile.filter.keep else []
    return [F.expr(" or ".join([*skipped, *kept_by])).alias(IS_FILTERED)]


def _places(header: Sequence[str], table: Table, profile: Profile) -> dict[str, int]:
    """Return where the columns that the contract is made of are in a file, by the key of a name."""
    used = set(map(name_key, profile.used(table)))
    places = {name_key(name): place for place, name in enumerate(header)}
    return {name: place for name, place in places.items() if name in used}
