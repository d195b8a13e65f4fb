"""The partitions of a lake's table as a warehouse loads them."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesetl.destinations.lake import files_by_folder
from salesetl.destinations.ledger import Ledger
from salesetl.model.rules import sql_literal
from salesetl.model.table import Table
from salesetl.model.types import T
from salesetl.money import Sums, add_sums, texts_of
from salesetl.rows import folder_values
from salesetl.storage import StoredFile, join, storage_of
from salesetl.warehouses.dialects import text_sql

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True)
class Books:
    """How many rows a partition has, and the sums of its amounts by currency, as texts."""

    rows: int
    sums: Mapping[str, Mapping[str, str]]

    def text(self) -> str:
        """Write them for a person."""
        sums = [
            f"{name} {amount}{f' {currency}' if currency else ''}"
            for name, found in self.sums.items()
            for currency, amount in sorted(found.items())
        ]
        return ", ".join([f"{self.rows:,} rows", *sums])


@dataclass(frozen=True)
class Part:
    """A partition of a table, its files, and what is known of its rows."""

    table: Table
    folder: str
    files: tuple[StoredFile, ...]
    known: Books | None

    @property
    def fingerprint(self) -> str:
        """Tell one state of its files from another: they are never written again."""
        told = [(file.name, file.size) for file in self.files]
        return hashlib.sha256(json.dumps(sorted(told)).encode()).hexdigest()[:24]

    @property
    def values(self) -> dict[str, int | date | str]:
        """The values of the partition columns."""
        return folder_values(self.table, self.folder)

    @property
    def condition(self) -> str:
        """SQL that finds its rows."""
        return condition_of(self.table, self.folder)

    def batches(self) -> Iterator[pyarrow.RecordBatch]:
        """Read its rows with all columns of the contract, in order; instants are in UTC.

        A column that its files do not have yet is null.
        """
        import pyarrow
        from pyarrow.parquet import ParquetFile

        schema = arrow_schema(self.table)
        values = self.values
        for file in self.files:
            content = io.BytesIO(storage_of(file.path).read(file.path))
            for batch in ParquetFile(content).iter_batches(use_threads=False):
                columns = [
                    (
                        batch[field.name].cast(field.type)
                        if field.name in batch.schema.names
                        else pyarrow.repeat(
                            pyarrow.scalar(values.get(field.name), field.type),
                            batch.num_rows,
                        )
                    )
                    for field in schema
                ]
                yield pyarrow.RecordBatch.from_arrays(columns, schema=schema)

    def books(self) -> Books:
        """Return what the run that wrote the partition has written, or count it where it is old."""
        return self.known or self._counted()

    def _counted(self) -> Books:
        import pyarrow

        table = self.table
        rows = 0
        sums: Sums = {}
        for batch in self.batches():
            rows += batch.num_rows
            money = pyarrow.decimal128(38, 2)
            read = {
                "currency": (
                    batch[table.currency]
                    if table.currency
                    else pyarrow.nulls(batch.num_rows, pyarrow.string())
                )
            } | {f"_{name}": batch[name].cast(money) for name in table.amounts}
            groups = pyarrow.table(read).group_by("currency", use_threads=False)
            totals = [(f"_{name}", "sum") for name in table.amounts]
            for group in groups.aggregate(totals).to_pylist():
                found: Sums = {
                    name: {
                        group["currency"] or None: group[f"_{name}_sum"] or Decimal(0)
                    }
                    for name in table.amounts
                }
                sums = add_sums(table.amounts, [sums, found])
        return Books(rows, texts_of(add_sums(table.amounts, [sums])))


def parts_of(root: str, table: Table, ledger: Ledger) -> dict[str, Part]:
    """Return the partitions of a table below the root of a lake, by folder."""
    path = join(root, table.folder)
    found = files_by_folder(path, storage_of(path).files(path))
    entries = ledger.partitions.known(table.name, found)
    parts = {}
    for folder, files in sorted(found.items()):
        entry = entries.get(folder)
        books = None
        if entry and entry.rows is not None and entry.sums is not None:
            books = Books(entry.rows, entry.sums)
        parts[folder] = Part(table, folder, tuple(files), books)
    return parts


def condition_of(table: Table, folder: str) -> str:
    """SQL that finds the rows of a partition."""
    conditions = [
        f"{name} = {value_sql(value)}"
        for name, value in folder_values(table, folder).items()
    ]
    return " and ".join(conditions) or "true"


def value_sql(value: int | date | str) -> str:
    """Write the value of a partition column."""
    return text_sql(value) if isinstance(value, str) else sql_literal(value)


def arrow_schema(table: Table) -> pyarrow.Schema:
    """Return the columns of a contract as Arrow has them."""
    import pyarrow

    return pyarrow.schema(
        [(field.name, _arrow_type(field.dataType)) for field in table.schema]
    )


def _arrow_type(data_type: T.DataType) -> Any:
    import pyarrow

    match data_type:
        case T.IntegerType():
            return pyarrow.int32()
        case T.LongType():
            return pyarrow.int64()
        case T.DateType():
            return pyarrow.date32()
        case T.BooleanType():
            return pyarrow.bool_()
        case T.TimestampType():
            return pyarrow.timestamp("us")
        case T.DecimalType(precision=precision, scale=scale):
            return pyarrow.decimal128(precision, scale)
        case _:
            return pyarrow.string()
