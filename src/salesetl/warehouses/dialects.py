"""How each kind of warehouse writes the types and tables of a contract."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from salesetl.model.table import Table, type_text
from salesetl.model.types import T

# Quotes and backslashes end a literal or change what follows, not in every warehouse in one way.
_SPECIAL = ("'", "\\")
# Instants are stored without a time zone, in UTC, which every warehouse shows as it is.
_TYPES = {
    "string": "varchar",
    "int": "integer",
    "bigint": "bigint",
    "date": "date",
    "boolean": "boolean",
    "timestamp": "timestamp",
}


def text_sql(text: str) -> str:
    """Write any text so that every warehouse takes each character as it stands."""
    parts = [
        f"chr({ord(part)})" if part in _SPECIAL else f"'{part}'"
        for part in re.split(f"([{re.escape(''.join(_SPECIAL))}])", text)
    ]
    return " || ".join(part for part in parts if part != "''") or "''"


@dataclass(frozen=True)
class Dialect:
    """The types of a kind of warehouse, and what its tables have behind their columns."""

    name: str
    types: Mapping[str, str]
    suffix: Callable[[Table], str] = lambda table: ""

    def type_of(self, data_type: T.DataType) -> str:
        """Write a type of a contract."""
        text = type_text(data_type)
        return self.types.get(text, text)

    def create(self, table: Table, name: str, more: Iterable[str] = ()) -> str:
        """Write the statement that makes a table of a contract if it is not there."""
        columns = [
            f"    {field.name} {self.type_of(field.dataType)}" for field in table.schema
        ]
        lines = ",\n".join([*columns, *(f"    {each}" for each in more)])
        return f"create table if not exists {name} (\n{lines}\n){self.suffix(table)}"


def _redshift_suffix(table: Table) -> str:
    """Distribute facts by their key and sort them by day; dimensions are on every node."""
    if table.date_column:
        return (
            f"\ndiststyle key\ndistkey ({table.key[0]})\nsortkey ({table.date_column})"
        )
    # By what a partition is found when it is replaced.
    sorted_by = f"\nsortkey ({', '.join(table.partition_by)})"
    return f"\ndiststyle all{sorted_by if table.partition_by else ''}"


DUCKDB = Dialect("duckdb", _TYPES)
POSTGRESQL = Dialect("postgres", _TYPES)
REDSHIFT = Dialect(
    "redshift", {**_TYPES, "string": "varchar(65535)"}, suffix=_redshift_suffix
)
# It has one type of numbers, and shows each as this.
SNOWFLAKE = Dialect(
    "snowflake",
    {
        **_TYPES,
        "int": "decimal(10,0)",
        "bigint": "decimal(19,0)",
        "timestamp": "timestamp_ntz",
    },
)
DIALECTS = {each.name: each for each in (DUCKDB, POSTGRESQL, REDSHIFT, SNOWFLAKE)}


def staging_page(table: Table, dialect: Dialect) -> str:
    """Write the file that shows how the copy of a table is made."""
    return (
        f"-- Grain: {table.grain}.\n"
        "-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.\n"
        f"{dialect.create(table, staging_table(table))}\n"
    )


def staging_schema(namespace: str) -> str:
    """The schema that has the copy of the tables of a pipeline."""
    return f"{namespace}_staging"


def build_schema(namespace: str) -> str:
    """The schema in which models are built and tested before they are published."""
    return f"{namespace}_build"


def staging_table(table: Table) -> str:
    """The name of the copy of a table, with its schema."""
    return f"{staging_schema(table.namespace)}.{table.sql_name}"
