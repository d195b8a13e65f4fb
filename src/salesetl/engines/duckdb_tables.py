"""Tables of the lake for DuckDB: SQL that reads and writes their files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from salesetl.engines.duckdb_text import exact_path, literal
from salesetl.model.table import Table, commented
from salesetl.storage import StoredFile, parquet_files, storage_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation
    from duckdb.sqltypes import DuckDBPyType

# Small ones stay in the cache of a core while they are written.
_KEPT_ROW_GROUP = 30_720
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


def spark_schema(relation: DuckDBPyRelation) -> str:
    """Return the schema of the rows of a query for Spark."""
    return ", ".join(
        f"`{name}` {_nested_type(data_type)}"
        for name, data_type in zip(relation.columns, relation.types, strict=True)
    )


def _nested_type(data_type: DuckDBPyType) -> str:
    if data_type.id not in ("list", "struct"):
        return spark_type(str(data_type))
    parts = cast("list[tuple[str, DuckDBPyType]]", data_type.children)
    if data_type.id == "list":
        return f"array<{_nested_type(parts[0][1])}>"
    fields = (f"`{name}`:{_nested_type(each)}" for name, each in parts)
    return f"struct<{', '.join(fields)}>"


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


def file_query(*paths: str) -> str:
    """SQL for the rows of local Parquet files of one kind, as they are in them."""
    files = literal([*map(exact_path, paths)])
    return f"select * from read_parquet({files}, hive_partitioning = false)"


def keep_statement(query: str, file: str) -> str:
    """SQL that writes the rows of a query to a local file, from which this run reads them."""
    return (
        f"copy ({query}) to {literal(file)} (format parquet, compression snappy,"
        f" row_group_size {_KEPT_ROW_GROUP})"
    )


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
