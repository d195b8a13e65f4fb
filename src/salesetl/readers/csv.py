"""Delimited text as delivered: bound by header name, file by file."""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Literal

from salesetl.engines import functions as F
from salesetl.engines.base import Engine
from salesetl.errors import InputError
from salesetl.profiles import Profile
from salesetl.readers.files import find_files, look_at
from salesetl.readers.foreign import with_contract_columns
from salesetl.readers.layouts import Layout, Multiline, find_layout
from salesetl.readers.rows import RawRows, in_one
from salesetl.schemas.table import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

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
) -> RawRows:
    """Read every row of every file below `path`, each file by its own header.

    InputError names the first file that lacks a column of the contract, or that has one the
    contract does not know when `unknown_columns` is `fail`.
    """
    files = find_files(path, allow_empty=allow_empty)
    layouts: dict[Layout, list[str]] = defaultdict(list)
    unknown: dict[str, str] = {}
    found = look_at(files, lambda file: find_layout(file, table, profile, multiline))
    for file, layout in found:
        layouts[layout].append(file.path)
        for name in profile.unknown(layout.header, table):
            unknown.setdefault(name, file.path)
    if unknown:
        _report_unknown(unknown, unknown_columns)
    frames = [
        _read_layout(engine, layout, paths, table, profile)
        for layout, paths in layouts.items()
    ]
    return RawRows(engine.named(in_one(engine, frames, table)), files, sorted(unknown))


def _report_unknown(unknown: dict[str, str], policy: UnknownColumns) -> None:
    name, path = next(iter(sorted(unknown.items())))
    if policy == "fail":
        raise InputError(
            f"{path}: header has the unknown column {name!r};"
            " remove it, or pass --unknown_columns ignore"
        )
    logger.warning(
        "ignoring columns that the contract does not know: %s",
        ", ".join(sorted(unknown)),
    )


def _read_layout(
    engine: Engine, layout: Layout, paths: list[str], table: Table, profile: Profile
) -> DataFrame:
    rows = engine.named(_split(engine.read_records(paths, layout.text), layout))
    made = {*profile.constants, *profile.expressions}
    made |= {profile.key.column} if profile.key else set()
    return rows.transform(
        with_contract_columns, layout.header, table, profile, engine.quotient
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
        "_is_well_formed",
    )


def _split(records: DataFrame, layout: Layout) -> DataFrame:
    """Give each record its fields as the columns `_0`, `_1`, …, null where it is malformed."""
    width = len(layout.header)
    is_well_formed = f"size(_fields) = {width}"
    fields = [
        F.expr(
            f"case when {is_well_formed} then {_unquoted(f'_fields[{place}]')} end"
        ).alias(f"_{place}")
        for place in range(width)
    ]
    return records.select(
        *fields,
        F.col("_record").alias("_raw_record"),
        F.lit(layout.header_line).alias("_source_header"),
        "_source_file",
        F.expr(is_well_formed).alias("_is_well_formed"),
    )


def _unquoted(field: str) -> str:
    inside = f"substring({field}, 2, length({field}) - 2)"
    text = f"replace({inside}, '\"\"', '\"')"
    return f"case when {field} like '\"%' then {text} else {field} end"
