"""Delimited text as delivered: bound by header name, file by file."""

import logging
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from typing import Literal

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from salesetl.engines import spark as engine
from salesetl.errors import InputError
from salesetl.profiles import Profile
from salesetl.readers.files import find_files
from salesetl.readers.foreign import with_contract_columns
from salesetl.readers.layouts import Layout, Multiline, find_layout
from salesetl.readers.rows import RawRows, no_rows
from salesetl.schemas.table import Table

logger = logging.getLogger(__name__)

UnknownColumns = Literal["ignore", "fail"]

# Looking at a file on S3 is mostly waiting.
_FILES_AT_ONCE = 16


def read_csv(
    spark: SparkSession,
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
    with ThreadPoolExecutor(_FILES_AT_ONCE) as pool:
        found = pool.map(
            lambda file: find_layout(file, table, profile, multiline), files
        )
        for file, layout in zip(files, found, strict=True):
            layouts[layout].append(file.path)
            for name in profile.unknown(layout.header, table):
                unknown.setdefault(name, file.path)
    if unknown:
        _report_unknown(unknown, unknown_columns)
    frames = [
        _read_layout(spark, layout, paths, table, profile)
        for layout, paths in layouts.items()
    ]
    frame = reduce(DataFrame.unionByName, frames) if frames else no_rows(spark, table)
    return RawRows(frame, files, sorted(unknown))


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
    spark: SparkSession,
    layout: Layout,
    paths: list[str],
    table: Table,
    profile: Profile,
) -> DataFrame:
    rows = engine.read_csv(
        spark,
        paths,
        len(layout.header),
        delimiter=profile.delimiter,
        encoding=layout.encoding,
        is_multiline=layout.is_multiline,
    ).withColumn("_is_well_formed", F.expr(f"{engine.MALFORMED} is null"))
    return (
        rows.transform(_with_record, profile.delimiter)
        .transform(with_contract_columns, layout.header, table, profile)
        .select(
            *(
                F.expr(f"case when _is_well_formed then `{name}` end").alias(name)
                for name in table.columns
            ),
            "_raw_record",
            F.lit(layout.header_line(profile.delimiter)).alias("_source_header"),
            "_source_file",
            "_is_well_formed",
        )
    )


def _with_record(rows: DataFrame, delimiter: str) -> DataFrame:
    """Add `_raw_record`: the text of a malformed record, or the line that the fields make."""
    fields = [f"coalesce({name}, '')" for name in rows.columns if name[1:].isdigit()]
    quoted = ", ".join(
        f"case when {field} rlike '[{delimiter}\"\r\n]'"
        f" then concat('\"', replace({field}, '\"', '\"\"'), '\"') else {field} end"
        for field in fields
    )
    # Nearly all records need no quotes, which one look at the whole line tells.
    delimiters = "length(_line) - length(replace(_line, '{0}', ''))".format(delimiter)
    is_plain = f"{delimiters} = {len(fields) - 1} and not _line rlike '[\"\r\n]'"
    line = (
        f"case when {is_plain} then _line else concat_ws('{delimiter}', {quoted}) end"
    )
    return (
        rows.withColumn(
            "_line", F.expr(f"concat_ws('{delimiter}', {', '.join(fields)})")
        )
        .withColumn("_raw_record", F.expr(f"coalesce({engine.MALFORMED}, {line})"))
        .drop("_line")
    )
