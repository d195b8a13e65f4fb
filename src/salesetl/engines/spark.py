"""Spark: on a laptop, on a cluster, on Glue."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from salesetl.engines.base import TextFormat, field_pattern
from salesetl.engines.records import BLANKS, is_wide, records_of, unpacked
from salesetl.engines.spark_json import READABLE, is_object, json_value, parsed_record
from salesetl.errors import InputError
from salesetl.schemas.table import Table
from salesetl.storage import S3_SCHEMES

if TYPE_CHECKING:
    from pyarrow import RecordBatch

_BROKEN_FILE = re.compile(
    "EOFException|ZipException|not a gzip file|incorrect (header|data) check"
    "|EOFError|BadGzipFile|zlib.error"  # from a worker of Python
    "|invalid (stored|block|code|distance|bit length|literal)"
)

# `_metadata.file_path` is a URL; url_decode would also turn a plus sign into a space.
_SOURCE_FILE = (
    "case when _metadata.file_path like 'file:///%' and instr(_metadata.file_path, '%') = 0"
    " then substring(_metadata.file_path, 8)"
    " else regexp_replace(url_decode(replace(_metadata.file_path, '+', '%2B')),"
    " '^file:/+', '/') end"
)
# Hardly a value comes twice, but for those that are the same in a whole file.
_SETTLED = {
    "compression": "snappy",
    "parquet.enable.dictionary": "false",
    "parquet.enable.dictionary#_source_file": "true",
    "parquet.enable.dictionary#_source_header": "true",
}
_BLANKS = f"decode(unhex('{BLANKS.encode().hex()}'), 'UTF-8')"
# Stands in no line that is not damaged, so that Spark's reader of CSV reads lines whole.
_NO_DELIMITER = "\1"


class SparkEngine:
    """Spark, through the session it is given."""

    functions = "pyspark.sql.functions"
    quotient = "try_divide({0}, {1})"

    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark

    def facts(self) -> dict[str, Any]:
        """Describe the engine for the run report."""
        is_ansi = self.spark.conf.get("spark.sql.ansi.enabled") == "true"
        return {"engine": "spark", "spark": self.spark.version, "ansi": is_ansi}

    def read_records(self, paths: Sequence[str], text: TextFormat) -> DataFrame:
        """Read delimited files as `_record`, `_source_file` and `_fields`."""
        if text.is_multiline or is_wide(text.encoding):
            records = self._cut_records(paths, text.encoding, text.is_multiline)
        else:
            records = self._read_lines(paths, text.encoding)
        return records.withColumn("_fields", F.expr(_fields(text.delimiter)))

    def _read_lines(self, paths: Sequence[str], encoding: str) -> DataFrame:
        return (
            self.spark.read.schema("_line string, _odd_line string")
            .option("header", True)
            .option("sep", _NO_DELIMITER)
            .option("quote", "")
            .option("encoding", encoding)
            .option("columnNameOfCorruptRecord", "_odd_line")
            .csv([spark_path(path) for path in paths])
            .selectExpr(
                "coalesce(_odd_line, _line) as _record",
                f"{_SOURCE_FILE} as _source_file",
            )
        )

    def _cut_records(
        self, paths: Sequence[str], encoding: str, is_multiline: bool
    ) -> DataFrame:
        def cut(batches: Iterable[RecordBatch]) -> Iterator[RecordBatch]:
            from pyarrow import RecordBatch, array

            for batch in batches:
                for row in batch.to_pylist():
                    content = io.BytesIO(row["content"])
                    file = unpacked(content, row["_source_file"])
                    records = list(
                        records_of(file, encoding, is_multiline=is_multiline)
                    )
                    paths = [row["_source_file"]] * len(records)
                    yield RecordBatch.from_arrays(
                        [array(records, "string"), array(paths, "string")],
                        ["_record", "_source_file"],
                    )

        files = (
            self.spark.read.format("binaryFile")
            .load([spark_path(path) for path in paths])
            .selectExpr("content", f"{_SOURCE_FILE} as _source_file")
        )
        return files.mapInArrow(cut, "_record string, _source_file string")

    def read_json_lines(self, paths: Sequence[str], schema: T.StructType) -> DataFrame:
        """Read one JSON object a line as text columns, `_record` and `_source_file`."""
        return (
            self.spark.read.text([spark_path(path) for path in paths])
            .where(F.expr(f"trim(both {_BLANKS} from value) <> ''"))
            .selectExpr(f"{READABLE} as _record", f"{_SOURCE_FILE} as _source_file")
            .withColumn("_found", F.expr(parsed_record(schema)))
            .withColumn("_is_well_formed", F.expr(is_object(schema)))
            .selectExpr(
                *(
                    f"case when _is_well_formed then {json_value(field)} end as `{field.name}`"
                    for field in schema
                ),
                "_record",
                "_source_file",
                "_is_well_formed",
            )
        )

    def read_parquet(
        self, root: str, folders: Sequence[str], schema: T.StructType
    ) -> DataFrame:
        """Read folders of a table, with the values of its partition columns from their names."""
        paths = [
            spark_path(f"{root}/{folder}" if folder else root) for folder in folders
        ]
        reader = self.spark.read.schema(schema).option("basePath", spark_uri(root))
        return reader.parquet(*paths)

    def types(self, frame: DataFrame) -> dict[str, str]:
        """Return the types of a frame's columns by name."""
        return dict(frame.dtypes)

    def parquet_types(self, path: str) -> dict[str, str]:
        """Return the types of the columns that are in a Parquet file."""
        return self.types(self.spark.read.parquet(spark_path(path)))

    def named(self, frame: DataFrame) -> DataFrame:
        """Return the frame: Spark plans whatever is derived from it only once."""
        return frame

    def settle(self, frame: DataFrame, path: str) -> DataFrame:
        """Write a frame as Parquet below `path`, and return that."""
        frame.write.options(**_SETTLED).parquet(spark_uri(path))
        return self.read_parquet(path, [""], frame.schema)

    def write_table(self, frame: DataFrame, path: str, table: Table) -> None:
        """Write Snappy Parquet below `path` with the contract's comments, a folder a partition.

        Rows are brought together by partition first, so that a partition has as many files as its
        size asks for and not one for each task; a very large one is written by several tasks.
        """
        hint = f"/*+ REBALANCE({', '.join(table.partition_by)}) */"
        together = self.spark.sql(f"select {hint} * from {{rows}}", rows=frame)
        commented = together.select(
            *(
                F.col(field.name).alias(field.name, metadata=field.metadata)
                for field in table.schema
            )
        )
        writer = commented.write.partitionBy(*table.partition_by)
        writer.option("compression", "snappy").parquet(spark_uri(path))

    def frame(
        self, rows: Sequence[tuple[Any, ...]], types: Mapping[str, str]
    ) -> DataFrame:
        """Make a frame of values, or of none, with the types of its columns by name."""
        schema = ", ".join(f"`{name}` {data_type}" for name, data_type in types.items())
        return self.spark.createDataFrame(rows, schema)

    def rows(self, frame: DataFrame) -> list[dict[str, Any]]:
        """Compute a small frame and return its rows."""
        return [row.asDict() for row in frame.collect()]

    def is_broken_file(self, error: BaseException) -> bool:
        """Tell whether a query failed because a packed file was cut off or damaged."""
        return _BROKEN_FILE.search(str(error)) is not None


def _fields(delimiter: str) -> str:
    field = field_pattern(delimiter)
    # Only so written does Java cut at a character without a regular expression.
    character = "\\\\|" if delimiter == "|" else delimiter
    return (
        f"case when instr(_record, '\"') = 0 then split(_record, '{character}')"
        f" when _record rlike '^({field})([{delimiter}]({field}))*$'"
        f" then regexp_extract_all(concat(_record, '{delimiter}'), '({field})[{delimiter}]', 1)"
        " else cast(array() as array<string>) end"
    )


def spark_path(path: str) -> str:
    """Write a path to read so that Hadoop takes every character of it as it stands."""
    return "".join(
        f"\\{char}" if char in "*?[]{}\\" else char for char in spark_uri(path)
    )


def spark_uri(path: str) -> str:
    """Write a path as Hadoop does where it looks for no patterns."""
    if path.partition("://")[0] in S3_SCHEMES:
        return path
    if ":" in path:
        raise InputError(
            f"{path}: Spark cannot read a local path with a colon in it; rename it"
        )
    return f"file://{path}"
