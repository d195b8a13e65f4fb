"""Rows as delivered, the one shape that every reader returns."""

from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession

from salesetl.schemas.table import Table
from salesetl.storage import StoredFile


@dataclass(frozen=True)
class RawRows:
    """Rows as delivered, and what the reader noticed about their files.

    `frame` has every contract column as text, `_raw_record`, `_source_header`, `_source_file` and
    `_is_well_formed`; of a malformed record all contract columns are null.
    """

    frame: DataFrame
    files: list[StoredFile]
    unknown_columns: list[str]


def no_rows(spark: SparkSession, table: Table) -> DataFrame:
    """Return a frame of the shape of `RawRows.frame` without any row."""
    lineage = "_raw_record string, _source_header string, _source_file string"
    columns = ", ".join(f"`{name}` string" for name in table.columns)
    return spark.createDataFrame([], f"{columns}, {lineage}, _is_well_formed boolean")
