"""Tables of the lake for DuckDB: SQL that reads and writes their files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from salesetl.engines.duckdb_text import exact_path, literal
from salesetl.model.table import Table, commented
from salesetl.storage import StoredFile, parquet_files, storage_of

_SPARK_TYPES = {
    "BOOLEAN": "boolean",
    "DATE": "date",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    "VARCHAR": "string",
    "VARCHAR[]": "array<string>",
}
_DUCKDB_TYPES = {spark: own for own, spark in _SPARK_TYPES.items()}


def spark_type(data_type: str) -> str:
    """Write a type of DuckDB as Spark does."""
    return _SPARK_TYPES.get(data_type, data_type.lower())


def duckdb_type(data_type: str) -> str:
    """Write a type of Spark as DuckDB does."""
    return _DUCKDB_TYPES.get(data_type, data_type)


def table_files(root: str, folders: Sequence[str]) -> list[StoredFile]:
    """List the data files that are in folders of a table."""
    storage = storage_of(root)
    paths = [f"{root}/{folder}" if folder else root for folder in folders]
    return [file for path in paths for file in parquet_files(root, storage.files(path))]


def table_query(files: Sequence[str], types: Mapping[str, str]) -> str:
    """SQL for the rows of a table in local files, at least one, with columns of these types.

    The values of its partition columns come from the names of folders.
    """
    columns = ", ".join(
        f'cast("{name}" as {duckdb_type(data_type)}) as "{name}"'
        for name, data_type in types.items()
    )
    paths = literal([exact_path(path) for path in files])
    return (
        f"select {columns} from read_parquet({paths},"
        " hive_partitioning = true, hive_types_autocast = false)"
    )


def no_rows(types: Mapping[str, str]) -> str:
    """SQL for no rows, with columns of these types."""
    columns = ", ".join(
        f'cast(null as {duckdb_type(data_type)}) as "{name}"'
        for name, data_type in types.items()
    )
    return f"select {columns} where false"


def file_query(path: str) -> str:
    """SQL for the rows of one local Parquet file, as they are in it."""
    file = literal(exact_path(path))
    return f"select * from read_parquet({file}, hive_partitioning = false)"


def copy_statement(query: str, folder: str, table: Table) -> str:
    """SQL that writes a query as Snappy Parquet, a folder a partition, with Spark's comments."""
    written = [commented(field).jsonValue() for field in table.data_fields]
    comments = json.dumps({"type": "struct", "fields": written})
    folders = f"partition_by ({', '.join(table.partition_by)})"
    if not table.partition_by:
        folders = "per_thread_output"
    return (
        f"copy ({query}) to {literal(folder)} (format parquet,"
        f" compression snappy, {folders}, filename_pattern 'part-{{uuid}}',"
        " file_extension 'snappy.parquet', overwrite_or_ignore,"
        f" kv_metadata {{'org.apache.spark.sql.parquet.row.metadata': {literal(comments)}}})"
    )
