"""Reads delimited text; each file has its own header."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from salesetl.readers.files import find_files
from salesetl.readers.grouping import group_files, with_large_files
from salesetl.readers.layouts import Layout, Multiline
from salesetl.readers.lookup_rows import LookupRows, looked_up
from salesetl.readers.raw_rows import RawRows, in_one, with_file_names
from salesetl.readers.telling import is_told, tellers_of
from salesetl.readers.unpacked_files import content_path, delivered_names
from salesetl.storage import StoredFile

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

logger = logging.getLogger(__name__)

UnknownColumns = Literal["ignore", "fail"]


def read_csv(
    engine: Engine,
    path: str,
    table: Table,
    folder: str | None = None,
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
    folder: str | None,
    *,
    profile: Profile,
    unknown_columns: UnknownColumns,
    multiline: Multiline,
    lookups: Sequence[LookupRows] = (),
    told: Sequence[str] = (),
) -> RawRows:
    """Read every row of some files, with the columns of look-ups; as `read_csv`.

    A malformed record has the columns that are `told`, as far as it still tells them.
    """
    found = group_files(files, table, folder, profile, multiline)
    report_unknown(found.unknown, unknown_columns)
    layouts = found.layouts
    if multiline == "auto":
        layouts = with_large_files(engine, layouts)
    frames = [
        _read_layout(engine, layout, alike, table, profile, lookups, told)
        for layout, alike in layouts.items()
    ]
    rows = in_one(engine, frames, table)
    return RawRows(
        rows,
        files,
        sorted(found.unknown),
        skipped=found.skipped,
        unpacked=found.unpacked,
    )


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
    lookups: Sequence[LookupRows],
    told: Sequence[str],
) -> DataFrame:
    profile = profile.of_table() if layout.is_table else profile
    places = _places(layout.header, table, profile)
    tellers = tellers_of(told, places, profile)
    text = replace(layout.text, has_first_fields=bool(tellers))
    records = engine.read_records(list(map(content_path, files)), text)
    records = with_file_names(engine, records, delivered_names(files))
    wanted = {place for found in tellers.values() for place in found}
    rows = split_fields(records, layout, places, wanted)
    derived = profile.derived(layout.header, table)
    made = {*profile.constants, *profile.expressions, *derived}
    made |= {profile.key.column} if profile.key else set()
    # Fields that a malformed record tells may be those of other columns too.
    made |= {*table.columns} if tellers else set()
    is_direct = not (made or lookups or profile.fill_down)
    positions = {name: f"_{place}" for name, place in places.items()}
    if profile.fill_down:
        rows = filled_down(rows, positions, profile.fill_down, profile)
    if lookups:
        for found in lookups:
            found.check_apart(files[0].path, layout.header)
        rows, positions = looked_up(rows, positions, lookups, profile)
    return rows.transform(
        with_contract_columns, positions, table, profile, derived, engine.quotient
    ).select(
        *(
            F.expr(
                f"case when {is_told(tellers.get(name))} then `{name}` end"
                if name in made
                else f"`{name}`"
            ).alias(name)
            for name in table.columns
        ),
        "_raw_record",
        "_source_header",
        "_source_file",
        F.expr("_place" if table.is_ordered else NO_PLACE).alias("_place"),
        F.expr(
            f"case when _is_well_formed then '' else '{WELL_FORMED.name}' end"
        ).alias("_fault"),
        # What a profile makes of a record, or takes from elsewhere, is not known to be plain.
        F.col("_is_plain") if is_direct else F.lit(False).alias("_is_plain"),
        F.expr("cast(null as string)").alias("_names"),
        *_filtered(profile),
        *(found.flag for found in lookups),
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
