"""The Data Catalog as others see it, who may also change it at the wrong moment."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3

from salesetl.catalog.tables import current_input


def database_name() -> str:
    """Make a name that no other test has."""
    return f"sales_{uuid.uuid4().hex[:12]}"


@dataclass
class Glue:
    """A database of the Data Catalog, read and changed by somebody else."""

    database: str = field(default_factory=database_name)

    def __post_init__(self) -> None:
        self.client = boto3.client("glue")

    def tables(self) -> dict[str, dict[str, Any]]:
        """Return all tables by name."""
        found = self.client.get_tables(DatabaseName=self.database)["TableList"]
        return {table["Name"]: table for table in found}

    def table(self, name: str) -> dict[str, Any]:
        """Return one table."""
        return self.tables()[name]

    def types(self, name: str) -> dict[str, str]:
        """Return the types of a table's columns."""
        return types_of(self.table(name))

    def partitions(self, name: str) -> dict[tuple[str, ...], dict[str, Any]]:
        """Return the partitions of a table by their values."""
        pages = self.client.get_paginator("get_partitions").paginate(
            DatabaseName=self.database, TableName=name
        )
        return {
            tuple(each["Values"]): each for page in pages for each in page["Partitions"]
        }

    def locations(self, name: str) -> dict[tuple[str, ...], str]:
        """Return where the partitions of a table are."""
        return {
            values: each["StorageDescriptor"]["Location"]
            for values, each in self.partitions(name).items()
        }

    def edit(self, name: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change a table by hand."""
        described = current_input(self.table(name))
        change(described)
        self.client.update_table(DatabaseName=self.database, TableInput=described)

    def retype(self, name: str, column: str, data_type: str) -> None:
        """Give a column of a table another type, and of its partitions too."""

        def change(described: dict[str, Any]) -> None:
            for each in described["StorageDescriptor"]["Columns"]:
                if each["Name"] == column:
                    each["Type"] = data_type

        self.edit(name, change)
        for values, partition in self.partitions(name).items():
            change(partition)
            storage = partition["StorageDescriptor"]
            self.client.update_partition(
                DatabaseName=self.database,
                TableName=name,
                PartitionValueList=list(values),
                PartitionInput={"Values": list(values), "StorageDescriptor": storage},
            )

    def drop_partition(self, name: str, *values: str) -> None:
        """Remove a partition of a table."""
        self.client.delete_partition(
            DatabaseName=self.database, TableName=name, PartitionValues=list(values)
        )

    def state(self) -> dict[str, Any]:
        """Return all that there is, with the version of each table."""
        return {
            name: (
                current_input(table),
                table["VersionId"],
                self.partitions(name),
            )
            for name, table in self.tables().items()
        }


def types_of(described: dict[str, Any]) -> dict[str, str]:
    """Return the types of the columns of a table or partition."""
    columns = described["StorageDescriptor"]["Columns"]
    return {column["Name"]: column["Type"] for column in columns}


@contextmanager
def at_call(
    name: str, act: Callable[..., Any], stage: str = "before-parameter-build"
) -> Iterator[None]:
    """Let somebody act just before a call of Glue by a client that is made from now on."""
    session = boto3._get_default_session()
    events, event = session.events, f"{stage}.glue.{name}"
    events.register(event, act)
    try:
        yield
    finally:
        events.unregister(event, act)
