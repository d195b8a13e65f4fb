"""Describes a table and its partitions for the Data Catalog."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from salesetl.catalog.projection import ENABLED, is_of_projection, projected
from salesetl.model.table import Table, type_text
from salesetl.model.types import T
from salesetl.storage import join

Description = dict[str, Any]
"""A table or a partition as the API of the Data Catalog describes it."""

Values = tuple[str, ...]
"""The values of a partition, in the order of its keys."""

EXTERNAL = "EXTERNAL_TABLE"

_PARQUET = "org.apache.hadoop.hive.ql.io.parquet"
_FORMATS = {
    "InputFormat": f"{_PARQUET}.MapredParquetInputFormat",
    "OutputFormat": f"{_PARQUET}.MapredParquetOutputFormat",
}
_SERDE = f"{_PARQUET}.serde.ParquetHiveSerDe"
_SERDE_PARAMETERS = {"serialization.format": "1"}
_PARAMETERS = {"EXTERNAL": "TRUE", "classification": "parquet"}

# What may be written of all that is read; the rest is the catalogue's own.
_OF_TABLE = (
    *("Name", "Description", "Owner", "LastAccessTime", "LastAnalyzedTime"),
    *("Retention", "StorageDescriptor", "PartitionKeys", "ViewOriginalText"),
    *("ViewExpandedText", "TableType", "Parameters", "TargetTable"),
)
_OF_PARTITION = (
    *("Values", "LastAccessTime", "StorageDescriptor", "Parameters"),
    "LastAnalyzedTime",
)


@dataclass(frozen=True)
class Entry:
    """A table below the root of a lake, for the Data Catalog.

    `filled` are the partitions that have files and `emptied` those that have none, None meaning
    all others. `is_projected` is None to leave that as it is found. An optional table is not
    created, but kept in line where there is one.
    """

    table: Table
    root: str
    filled: frozenset[Values] = frozenset()
    emptied: frozenset[Values] | None = frozenset()
    is_projected: bool | None = None
    is_optional: bool = False

    @property
    def name(self) -> str:
        """Its name in the Data Catalog."""
        return self.table.sql_name

    @property
    def location(self) -> str:
        """The location of its files, as the Data Catalog writes it."""
        return s3_location(join(self.root, self.table.folder))

    def partition_location(self, values: Values) -> str:
        """The location of the files of a partition, as the Data Catalog writes it."""
        pairs = zip(self.table.partition_by, values, strict=True)
        return (
            self.location + "/".join(f"{name}={value}" for name, value in pairs) + "/"
        )

    def projects(self, found: Description | None) -> bool:
        """Tell whether the existing table, if any, projects its partitions."""
        if self.is_projected is not None:
            return self.is_projected
        parameters = (found or {}).get("Parameters", {})
        return str(parameters.get(ENABLED)).lower() == "true"


def partition_values(folders: Iterable[str]) -> frozenset[Values]:
    """Return the values of partitions from their folders, such as `year=2025/month=9`."""
    return frozenset(
        tuple(part.partition("=")[2] for part in folder.split("/"))
        for folder in folders
        # A table without partitions has its files in no folder.
        if folder
    )


def s3_location(path: str) -> str:
    """Write a path on S3 as the Data Catalog does: s3://, with a slash at the end."""
    _, _, rest = path.partition("://")
    return f"s3://{rest.rstrip('/')}/"


def table_input(entry: Entry, found: Description | None) -> Description:
    """Describe a table by its contract; settings that others made on an existing table stay."""
    current = current_input(found) if found else {}
    keys = [entry.table.field(name) for name in entry.table.partition_by]
    columns = entry.table.data_fields
    return current | {
        "Name": entry.name,
        "Description": grain_text(entry.table),
        "TableType": EXTERNAL,
        "Parameters": _parameters(entry, found),
        "StorageDescriptor": _storage(
            current.get("StorageDescriptor", {}), columns, entry.location
        ),
        "PartitionKeys": _columns(keys, current.get("PartitionKeys", [])),
    }


def partition_input(
    entry: Entry, values: Values, found: Description | None = None
) -> Description:
    """Describe a partition by its contract; settings that others made on an existing one stay."""
    current = current_partition(found) if found else {}
    columns = entry.table.data_fields
    location = entry.partition_location(values)
    storage = _storage(current.get("StorageDescriptor", {}), columns, location)
    return current | {"Values": list(values), "StorageDescriptor": storage}


def current_input(found: Description) -> Description:
    """Return the part of an existing table that an update would write."""
    return {name: found[name] for name in _OF_TABLE if name in found}


def current_partition(found: Description) -> Description:
    """Return the part of an existing partition that an update would write."""
    return {name: found[name] for name in _OF_PARTITION if name in found}


def grain_text(table: Table) -> str:
    """Write what a row is, as the comment of a table."""
    return table.grain[0].upper() + table.grain[1:]


def _parameters(entry: Entry, found: Description | None) -> dict[str, str]:
    current = (found or {}).get("Parameters", {})
    kept = {key: text for key, text in current.items() if not is_of_projection(key)}
    if not entry.projects(found):
        return kept | _PARAMETERS
    return kept | _PARAMETERS | projected(entry.table, entry.location)


def _storage(
    found: Mapping[str, Any], fields: list[T.StructField], location: str
) -> Description:
    serde = found.get("SerdeInfo", {})
    there = str(found.get("Location", ""))
    is_there = f"{there.rstrip('/')}/" == location
    return {
        **found,
        **_FORMATS,
        "Columns": _columns(fields, found.get("Columns", [])),
        "Location": there if is_there else location,
        "SerdeInfo": {
            **serde,
            "SerializationLibrary": _SERDE,
            "Parameters": _SERDE_PARAMETERS | serde.get("Parameters", {}),
        },
    }


def _columns(
    fields: list[T.StructField], found: list[Description]
) -> list[Description]:
    present = {column["Name"]: column for column in found}
    return [
        present.get(field.name, {})
        | {
            "Name": field.name,
            "Type": type_text(field.dataType),
            "Comment": field.metadata["comment"],
        }
        for field in fields
    ]
