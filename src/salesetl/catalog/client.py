"""Calls of the Data Catalog, in batches of the allowed size."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar

from salesetl.aws import client
from salesetl.catalog.failures import (
    CHANGED_MEANWHILE,
    ChangedMeanwhileError,
    told_plainly,
)
from salesetl.catalog.tables import Description, Values
from salesetl.errors import CatalogError

CREATED_AT_ONCE = 100
REMOVED_AT_ONCE = 25
_READ_AT_ONCE = 1000

Item = TypeVar("Item")


class CatalogClient:
    """One database of the Data Catalog, with the credentials and region of the environment."""

    def __init__(self, database: str) -> None:
        self.database = database

    @cached_property
    def _client(self) -> Any:
        return client("glue")

    def has_database(self) -> bool:
        """Tell whether the database exists."""
        return self._found("get_database", Name=self.database) is not None

    def create_database(self) -> None:
        """Create the database."""
        described = {"Name": self.database, "Description": "Tables of a sales lake"}
        self._call("create_database", DatabaseInput=described)

    def table(self, name: str) -> Description | None:
        """Return a table, or None if there is none."""
        found = self._found("get_table", DatabaseName=self.database, Name=name)
        return None if found is None else dict(found["Table"])

    def create_table(self, described: Description) -> None:
        """Create a table."""
        self._call("create_table", DatabaseName=self.database, TableInput=described)

    def update_table(self, described: Description, found: Description) -> None:
        """Replace the description of a table if nobody has changed it since it was read."""
        version = {"VersionId": found["VersionId"]} if found.get("VersionId") else {}
        self._call(
            "update_table",
            DatabaseName=self.database,
            TableInput=described,
            **version,
        )

    def all_partitions(self, table: str) -> dict[Values, Description]:
        """Return all partitions of a table by their values."""
        with told_plainly(self.database):
            pages = self._client.get_paginator("get_partitions").paginate(
                DatabaseName=self.database, TableName=table
            )
            return _by_values(each for page in pages for each in page["Partitions"])

    def partitions(
        self, table: str, wanted: Iterable[Values]
    ) -> dict[Values, Description]:
        """Return the existing ones of some partitions of a table, by their values."""
        found: list[Description] = []
        waiting = [{"Values": list(values)} for values in sorted(wanted)]
        while waiting:
            asked, waiting = waiting[:_READ_AT_ONCE], waiting[_READ_AT_ONCE:]
            answer = self._of_table("batch_get_partition", table, PartitionsToGet=asked)
            found += answer.get("Partitions", [])
            # Not got to yet, or not there: that is so when asking again brings none of them.
            if answer.get("Partitions"):
                waiting += answer.get("UnprocessedKeys", [])
        return _by_values(found)

    def create_partitions(
        self, table: str, described: Sequence[Description]
    ) -> Iterator[int]:
        """Create partitions; yield the number of each batch."""
        for batch in _batches(described, CREATED_AT_ONCE):
            yield from self._batch(
                "batch_create_partition", table, PartitionInputList=batch
            )

    def update_partitions(
        self, table: str, described: Sequence[Description]
    ) -> Iterator[int]:
        """Replace the descriptions of partitions; yield the number of each batch."""
        for batch in _batches(described, CREATED_AT_ONCE):
            entries = [
                {"PartitionValueList": each["Values"], "PartitionInput": each}
                for each in batch
            ]
            yield from self._batch("batch_update_partition", table, Entries=entries)

    def delete_partitions(self, table: str, values: Sequence[Values]) -> Iterator[int]:
        """Remove partitions, not their files; yield the number of each batch."""
        for batch in _batches(values, REMOVED_AT_ONCE):
            asked = [{"Values": list(each)} for each in batch]
            yield from self._batch(
                "batch_delete_partition", table, PartitionsToDelete=asked
            )

    def _batch(self, call: str, table: str, **asked: Sequence[Any]) -> Iterator[int]:
        """Call with a batch, and tell how many of it were done; an error if not all were."""
        [items] = asked.values()
        errors = self._of_table(call, table, **asked).get("Errors", [])
        yield len(items) - len(errors)
        details = [each.get("ErrorDetail", {}) for each in errors]
        serious = [
            f"{each.get('ErrorCode')}: {each.get('ErrorMessage')}"
            for each in details
            if each.get("ErrorCode") not in CHANGED_MEANWHILE
        ]
        if serious:
            raise CatalogError(
                f"{self.database}.{table}: {len(serious)} partitions failed, such as {serious[0]};"
                " correct that and run again"
            )
        if errors:
            raise ChangedMeanwhileError(f"{table}: {details[0].get('ErrorMessage')}")

    def _of_table(self, call: str, table: str, **asked: Any) -> Description:
        return self._call(call, DatabaseName=self.database, TableName=table, **asked)

    def _call(self, call: str, **arguments: Any) -> Description:
        with told_plainly(self.database):
            answer: Description = getattr(self._client, call)(**arguments)
            return answer

    def _found(self, call: str, **arguments: Any) -> Description | None:
        try:
            return self._call(call, **arguments)
        except ChangedMeanwhileError:
            return None


def _by_values(partitions: Iterable[Description]) -> dict[Values, Description]:
    return {tuple(each["Values"]): each for each in partitions}


def _batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
