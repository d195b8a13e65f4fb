"""Reading raw text and reading and writing Parquet with Spark."""

import re
from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from salesetl.errors import InputError
from salesetl.schemas.table import Table
from salesetl.storage import S3_SCHEMES

MALFORMED = "_malformed_record"

_BROKEN_FILE = re.compile(
    "EOFException|ZipException|not a gzip file|incorrect (header|data) check"
    "|invalid (stored|block|code|distance|bit length|literal)"
)

# `_metadata.file_path` is a URL; url_decode would also turn a plus sign into a space.
_SOURCE_FILE = (
    "regexp_replace(url_decode(replace(_metadata.file_path, '+', '%2B')),"
    " '^file:/+', '/')"
)


def read_csv(
    spark: SparkSession,
    paths: Sequence[str],
    width: int,
    *,
    delimiter: str,
    encoding: str,
    is_multiline: bool,
) -> DataFrame:
    """Read delimited files with a header line as text columns `_0`, `_1`, … up to `width`.

    A record with another number of fields has its text in `_malformed_record`. Adds
    `_source_file`.
    """
    fields = [
        T.StructField(f"_{position}", T.StringType()) for position in range(width)
    ]
    schema = T.StructType([*fields, T.StructField(MALFORMED, T.StringType())])
    return (
        spark.read.schema(schema)
        .option("header", True)
        .option("sep", delimiter)
        .option("encoding", encoding)
        .option("escape", '"')
        .option("multiLine", is_multiline)
        .option("columnNameOfCorruptRecord", MALFORMED)
        # Pruned columns are not counted, and then a short record does not show.
        .option("columnPruning", False)
        .csv([spark_path(path) for path in paths])
        .withColumn("_source_file", F.expr(_SOURCE_FILE))
    )


def read_json_lines(
    spark: SparkSession, paths: Sequence[str], columns: Sequence[str]
) -> DataFrame:
    """Read one JSON object a line as text columns; adds `_record`, the line, and `_source_file`.

    A line that is not a JSON object keeps its text in `_malformed_record` too.
    """
    schema = ", ".join(f"`{name}` string" for name in [*columns, MALFORMED])
    options = f"map('columnNameOfCorruptRecord', '{MALFORMED}')"
    return (
        spark.read.text([spark_path(path) for path in paths])
        .select("value", F.expr(_SOURCE_FILE).alias("_source_file"))
        .where("trim(value) <> ''")
        .withColumn("_json", F.expr(f"from_json(value, '{schema}', {options})"))
        .selectExpr("_json.*", "value as _record", "_source_file")
    )


def read_parquet(
    spark: SparkSession, root: str, folders: Sequence[str], schema: T.StructType
) -> DataFrame:
    """Read folders of a table, with the values of its partition columns from their names."""
    paths = [spark_path(f"{root}/{folder}" if folder else root) for folder in folders]
    return spark.read.schema(schema).option("basePath", spark_uri(root)).parquet(*paths)


def read_parquet_schema(spark: SparkSession, path: str) -> T.StructType:
    """Return the schema that is written in a Parquet file."""
    return spark.read.parquet(spark_path(path)).schema


def write_parquet(frame: DataFrame, path: str) -> None:
    """Write Snappy Parquet below `path`."""
    frame.write.option("compression", "snappy").parquet(spark_uri(path))


def write_table(frame: DataFrame, path: str, table: Table) -> None:
    """Write Snappy Parquet below `path`, with the contract's comments and a folder a partition.

    Rows are brought together by partition first, so that a partition has as many files as its
    size asks for and not one for each task; a very large one is still written by several tasks.
    """
    hint = f"/*+ REBALANCE({', '.join(table.partition_by)}) */"
    together = frame.sparkSession.sql(f"select {hint} * from {{rows}}", rows=frame)
    commented = together.select(
        *(
            F.col(field.name).alias(field.name, metadata=field.metadata)
            for field in table.schema
        )
    )
    writer = commented.write.partitionBy(*table.partition_by)
    writer.option("compression", "snappy").parquet(spark_uri(path))


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


def is_broken_file(error: BaseException) -> bool:
    """Tell whether a query failed because a packed file was cut off or damaged."""
    return _BROKEN_FILE.search(str(error)) is not None
