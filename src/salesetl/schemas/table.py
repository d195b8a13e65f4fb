"""The contract of a table: everything the library knows about its columns, stated once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from salesetl.schemas.types import T

# A text in quotes may hold a colon too, but no rule has one before a word.
PARAMETER = re.compile(r"(?<![:\w]):([a-z]\w*)")
Level = Literal["reject", "set_aside", "warn"]


@dataclass(frozen=True)
class Rule:
    """A claim about a row: `name` states it, `condition` is the SQL that must be true of the row.

    A condition that is false or null is broken. `reject` sends the row to quarantine and counts
    towards the run's limit of rejected rows; `set_aside` sends it there without counting, because
    the caller asked for it; `warn` keeps the row and counts it. A condition may name parameters
    with a colon, such as `:as_of`, that `bind` fills in.
    """

    name: str
    condition: str
    level: Level = "reject"
    remedy: str = ""

    def bind(self, parameters: Mapping[str, date | int | Decimal]) -> "Rule":
        """Return the rule with its parameters written as SQL literals."""
        literals = {name: sql_literal(value) for name, value in parameters.items()}
        return replace(
            self,
            condition=PARAMETER.sub(lambda found: literals[found[1]], self.condition),
        )


def type_text(data_type: T.DataType) -> str:
    """Write a type as Spark does."""
    # SQLFrame puts blanks into it.
    return data_type.simpleString().replace(" ", "")


def item_fields(field: T.StructField) -> list[T.StructField]:
    """Return the fields of the structs that a column lists; none for a column of another type."""
    element = getattr(field.dataType, "elementType", None)
    return list(element.fields) if isinstance(element, T.StructType) else []


def json_path(field: T.StructField) -> list[str]:
    """Where a column is in a JSON object: as its contract says, or under its name."""
    return str(field.metadata.get("path", field.name)).split(".")


def json_parents(schema: T.StructType) -> list[str]:
    """Return the objects that columns are in, as `customer` of `customer.id`, outer ones first."""
    parents: dict[str, None] = {}
    for column_field in schema:
        *above, _ = json_path(column_field)
        parents |= dict.fromkeys(
            ".".join(above[: depth + 1]) for depth in range(len(above))
        )
    return list(parents)


def sql_literal(value: date | int | Decimal) -> str:
    """Write a value as a SQL literal of its own type."""
    return f"date '{value.isoformat()}'" if isinstance(value, date) else str(value)


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, its key, its partitions and the rules its rows keep.

    For a raw table the types say what the text of each field must parse to. `amount` names the
    money column whose sum the books are kept in, `currency` the column that says of which currency
    it is, if there are several: these are never added. `date_column` is the business date. Of
    several versions of a key in different files the one in the newest file wins, of those in one
    file the last if `last_line_wins`; otherwise they are a conflict. `replaced_by` names the
    columns that come and go as a whole, such as an order with all its lines; without it, that is
    the key.
    """

    name: str
    grain: str
    schema: T.StructType
    key: tuple[str, ...]
    last_line_wins: bool = False
    replaced_by: tuple[str, ...] = ()
    partition_by: tuple[str, ...] = ()
    amount: str | None = None
    currency: str | None = None
    date_column: str | None = None
    rules: tuple[Rule, ...] = field(default=())

    @property
    def sql_name(self) -> str:
        """The name by which SQL and the catalogue know the table."""
        return self.name.replace("/", "_")

    @property
    def types(self) -> dict[str, str]:
        """Types by column, as Spark writes them, in order."""
        return {field.name: type_text(field.dataType) for field in self.schema}

    def field(self, name: str) -> T.StructField:
        """Return one column."""
        return next(field for field in self.schema if field.name == name)

    @property
    def columns(self) -> list[str]:
        """Column names, in order."""
        return self.schema.fieldNames()

    def bind(self, **parameters: date | int | Decimal) -> "Table":
        """Return the contract with the parameters of its rules filled in."""
        return replace(self, rules=tuple(rule.bind(parameters) for rule in self.rules))


def column(
    name: str, data_type: T.DataType, comment: str, **metadata: Any
) -> T.StructField:
    """Declare a column with the comment that the catalogue and the data dictionary show.

    Of a column that partitions are named after: `digits` of a number that is text, and the `range`
    of its values, first and last.
    """
    return T.StructField(name, data_type, True, {"comment": comment, **metadata})
