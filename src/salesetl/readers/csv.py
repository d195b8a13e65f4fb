"""Reads delimited text; each file has its own header."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from salesetl.characters import is_plain, name_key
from salesetl.engines import functions as F
from salesetl.engines.delimited import LONGEST_RECORD
from salesetl.engines.engine import Engine
from salesetl.errors import InputError
from salesetl.mapping.mapped import with_contract_columns
from salesetl.mapping.profile import IS_FILTERED, Profile
from salesetl.model.table import Table
from salesetl.parsing import text_literal
from salesetl.quality.judging import WELL_FORMED
from salesetl.readers.files import find_files, look_at
from salesetl.readers.layouts import (
    Layout,
    Multiline,
    find_layout,
    is_quick_to_read,
)
from salesetl.readers.raw_rows import RawRows, in_one
from salesetl.storage import StoredFile

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

logger = logging.getLogger(__name__)

UnknownColumns = Literal["ignore", "fail"]


def read_csv(
    engine: Engine,
    path: str,
    table: Table,
    *,
    profile: Profile = Profile(),
    unknown_columns: UnknownColumns = "ignore",
    multiline: Multiline = "auto",
    allow_empty: bool = False,
    files: list[StoredFile] | None = None,
) -> RawRows:
    """Read every row of every file below `path`, each file by its own header.

    With `files`, only these are read.
    InputError names the first file that lacks a column of the contract, or that has one the
    contract does not know when `unknown_columns` is `fail`.
    """
    if files is None:
        files = find_files(path, allow_empty=allow_empty)
    layouts: dict[Layout, list[str]] = defaultdict(list)
    unknown: dict[str, str] = {}
    found = look_at(files, lambda file: find_layout(file, table, profile, multiline))
    for file, layout in found:
        layouts[layout].append(file.path)
        for name in profile.unknown(layout.header, table):
            unknown.setdefault(name, file.path)
    report_unknown(unknown, unknown_columns)
    if multiline == "auto":
        layouts = _with_large_files(engine, layouts, files)
    frames = [
        _read_layout(engine, layout, paths, table, profile)
        for layout, paths in layouts.items()
    ]
    return RawRows(engine.named(in_one(engine, frames, table)), files, sorted(unknown))


def _with_large_files(
    engine: Engine, layouts: Mapping[Layout, list[str]], files: Sequence[StoredFile]
) -> dict[Layout, list[str]]:
    """Let records span lines in those large files that have a line with a quote out of place.

    The engine looks at these files, for which it reads them once more.
    """
    large = {file.path for file in files if not is_quick_to_read(file)}
    divided: dict[Layout, list[str]] = defaultdict(list)
    for layout, paths in layouts.items():
        looked_at = [path for path in paths if path in large]
        across: set[str] = set()
        if looked_at and not layout.text.is_multiline:
            broken = (
                engine.read_records(looked_at, layout.text)
                .where("instr(_record, '\"') > 0 and size(_fields) = 0")
                .select("_source_file")
            )
            across = {row["_source_file"] for row in engine.rows(broken.distinct())}
        for path in paths:
            own = layout.across_lines() if path in across else layout
            divided[own].append(path)
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
    engine: Engine, layout: Layout, paths: list[str], table: Table, profile: Profile
) -> DataFrame:
    places = _places(layout.header, table, profile)
    records = engine.read_records(paths, layout.text)
    rows = engine.named(_split(records, layout, places))
    derived = profile.derived(layout.header, table)
    made = {*profile.constants, *profile.expressions, *derived}
    made |= {profile.key.column} if profile.key else set()
    positions = {name: f"_{place}" for name, place in places.items()}
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
        F.expr("cast(null as decimal(38, 0))").alias("_place"),
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


def _split(records: DataFrame, layout: Layout, places: Mapping[str, int]) -> DataFrame:
    """Give each record its fields as the columns `_0`, `_1`, …, null where it is malformed.

    Only those of some places: a file may have thousands of columns, and the contract but a few.
    """
    is_well_formed = (
        f"size(_fields) = {layout.text.width} and length(_record) <= {LONGEST_RECORD}"
    )
    fields = [
        F.expr(
            f"case when {is_well_formed} then {_unquoted(f'_fields[{place}]')} end"
        ).alias(f"_{place}")
        for place in places.values()
    ]
    return records.select(
        *fields,
        F.col("_record").alias("_raw_record"),
        F.lit(layout.header_line).alias("_source_header"),
        "_source_file",
        F.expr(is_well_formed).alias("_is_well_formed"),
        F.expr(is_plain("_record")).alias("_is_plain"),
    )


def _unquoted(field: str) -> str:
    # Blanks may stand around the quotes.
    quoted = f"trim(both ' \t' from {field})"
    inside = f"substring({quoted}, 2, length({quoted}) - 2)"
    text = f"replace({inside}, '\"\"', '\"')"
    is_quoted = f"instr({field}, '\"') > 0 and {quoted} like '\"%'"
    return f"case when {is_quoted} then {text} else {field} end"
