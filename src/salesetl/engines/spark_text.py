"""Records of text files for Spark: its own reader, where that surely cuts them right."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from salesetl.engines.delimited import (
    BLANKS,
    TextFormat,
    field_pattern,
    first_fields,
    first_spans,
    span_fields,
)
from salesetl.engines.records import (
    cut_records,
    decoded_lines,
    is_wide,
    records_of,
    unpacked,
)
from salesetl.errors import InputError
from salesetl.storage import S3_SCHEMES

if TYPE_CHECKING:
    from pyarrow import RecordBatch

# `_metadata.file_path` is a URL; url_decode would also turn a plus sign into a space.
_SOURCE_FILE = (
    "case when _metadata.file_path like 'file:///%' and instr(_metadata.file_path, '%') = 0"
    " then substring(_metadata.file_path, 8)"
    " else regexp_replace(url_decode(replace(_metadata.file_path, '+', '%2B')),"
    " '^file:/+', '/') end"
)
_BLANKS = f"decode(unhex('{BLANKS.encode().hex()}'), 'UTF-8')"
# Spark's reader of text takes bytes as they are; on the way to UTF-16 and back, those that are not
# UTF-8 become U+FFFD, on every version of Spark.
_READABLE = "decode(encode(value, 'UTF-16BE'), 'UTF-16BE')"
# Stands in no line that is not damaged, so that Spark's reader of CSV reads lines whole.
_NO_DELIMITER = "\1"
# As many as `monotonically_increasing_id` can count in one.
_LINES_OF_PART = 2**33
_RECORDS = "_record string, _source_file string, _place long"
_RECORDS_AT_ONCE = 1000


def lines_of(
    spark: SparkSession, paths: Sequence[str], *, is_ordered: bool = False
) -> DataFrame:
    """Read the lines of files, without blank ones, as `_record`, `_source_file` and `_place`."""
    # Lines are numbered within a part of the work, which may have several parts of a file.
    part = "cast(_metadata.file_block_start as decimal(20, 0))"
    place = (
        f"{part} * {_LINES_OF_PART} + monotonically_increasing_id() % {_LINES_OF_PART}"
    )
    return (
        spark.read.text([spark_path(path) for path in paths])
        .where(F.expr(f"trim(both {_BLANKS} from value) <> ''"))
        .selectExpr(
            f"{_READABLE} as _record",
            f"{_SOURCE_FILE} as _source_file",
            f"cast({place if is_ordered else 'null'} as decimal(38, 0)) as _place",
        )
    )


def records_with_fields(
    spark: SparkSession, paths: Sequence[str], text: TextFormat
) -> DataFrame:
    """Read delimited files as `_record`, `_source_file` and `_fields`."""
    if is_wide(text.encoding):
        records = _cut_files(spark, paths, text)
    elif text.is_multiline or text.is_ordered or not text.is_header_first:
        records = _cut_lines(spark, paths, text)
    else:
        records = _read_lines(spark, paths, text)
    if text.is_ordered:
        records = records.withColumn("_place", F.col("_place").cast("decimal(38, 0)"))
    else:
        records = records.select("_record", "_source_file")
    records = records.withColumn("_fields", F.expr(_fields(text)))
    if not text.has_first_fields:
        return records
    return records.withColumn("_first_fields", F.expr(_first_fields(text)))


def _read_lines(
    spark: SparkSession, paths: Sequence[str], text: TextFormat
) -> DataFrame:
    return (
        spark.read.schema("_line string, _odd_line string")
        .option("header", bool(text.header_lines))
        .option("sep", _NO_DELIMITER)
        .option("quote", "")
        .option("encoding", text.encoding)
        .option("columnNameOfCorruptRecord", "_odd_line")
        .csv([spark_path(path) for path in paths])
        .selectExpr(
            "coalesce(_odd_line, _line) as _record",
            f"{_SOURCE_FILE} as _source_file",
        )
    )


def _cut_files(
    spark: SparkSession, paths: Sequence[str], text: TextFormat
) -> DataFrame:
    """Cut files in Python, each whole: of wide characters Spark does not find the lines."""

    def cut(batches: Iterable[RecordBatch]) -> Iterator[RecordBatch]:
        for batch in batches:
            for row in batch.to_pylist():
                content = io.BytesIO(row["content"])
                file = unpacked(content, row["_source_file"])
                yield from _batches(records_of(file, text), row["_source_file"])

    files = (
        spark.read.format("binaryFile")
        .load([spark_path(path) for path in paths])
        .selectExpr("content", f"{_SOURCE_FILE} as _source_file")
    )
    return files.mapInArrow(cut, _RECORDS)


def _cut_lines(
    spark: SparkSession, paths: Sequence[str], text: TextFormat
) -> DataFrame:
    """Cut the lines of files in Python, in their order, which takes little memory at any size."""

    def cut(batches: Iterable[RecordBatch]) -> Iterator[RecordBatch]:
        lines = (
            (path, line)
            for batch in batches
            for line, path in zip(*batch.select([0, 1]).to_pydict().values())
        )
        for path, found in groupby(lines, key=itemgetter(0)):
            decoded = decoded_lines((line for _, line in found), text.encoding)
            yield from _batches(cut_records(decoded, text), path)

    # A line ends as it does in Python only if the ends within it are kept.
    lines = (
        spark.read.option("lineSep", "\n")
        .text([spark_path(path) for path in paths])
        .selectExpr(
            "cast(value as binary) as _line",
            f"{_SOURCE_FILE} as _source_file",
            "_metadata.file_block_start as _block",
            "monotonically_increasing_id() as _place",
        )
    )
    ordered = lines.repartition("_source_file").sortWithinPartitions(
        "_source_file", "_block", "_place"
    )
    return ordered.mapInArrow(cut, _RECORDS)


def _batches(records: Iterator[str], path: str) -> Iterator[RecordBatch]:
    from pyarrow import RecordBatch, array

    place = 0
    while some := list(islice(records, _RECORDS_AT_ONCE)):
        places = range(place, place := place + len(some))
        yield RecordBatch.from_arrays(
            [
                array(some, "string"),
                array([path] * len(some), "string"),
                array(places, "int64"),
            ],
            ["_record", "_source_file", "_place"],
        )


def _fields(text: TextFormat) -> str:
    if text.spans:
        fits, spans = span_fields(text.spans)
        nothing = "cast(array() as array<string>)"
        return f"case when {fits} then array({', '.join(spans)}) else {nothing} end"
    delimiter = text.delimiter
    field = field_pattern(delimiter, is_possessive=True)
    # Only so written does Java cut at a character without a regular expression.
    character = "\\\\|" if delimiter == "|" else delimiter
    return (
        f"case when instr(_record, '\"') = 0 then split(_record, '{character}')"
        f" when _record rlike '^(?:{field})(?:[{delimiter}](?:{field}))*+$'"
        f" then regexp_extract_all(concat(_record, '{delimiter}'), '({field})[{delimiter}]', 1)"
        " else cast(array() as array<string>) end"
    )


def _first_fields(text: TextFormat) -> str:
    """SQL for the fields before the first fault of `_record`."""
    first = first_fields(text.delimiter, is_possessive=True)
    if text.spans:
        first = f"array({', '.join(first_spans(text.spans))})"
    return f"case when size(_fields) > 0 then _fields else {first} end"


def spark_path(path: str) -> str:
    """Write a path so that Hadoop reads no character as a pattern."""
    return "".join(
        f"\\{char}" if char in "*?[]{}\\" else char for char in spark_uri(path)
    )


def spark_uri(path: str) -> str:
    """Write a path as Hadoop does where it looks for no patterns."""
    if path.partition("://")[0] in S3_SCHEMES:
        return path
    if ":" in path:
        raise InputError(
            f"{path}: Spark cannot read a local path with a colon; rename it"
        )
    return f"file://{path}"
