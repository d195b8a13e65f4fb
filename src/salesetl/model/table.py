"""The contract of a table: everything about its columns, declared once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from salesetl.model.freshness import Freshness
from salesetl.model.rules import Rule, Setting
from salesetl.model.strategies import FILE_COLUMN, Merge, Strategy
from salesetl.model.types import T

# The first day that rows can have, unless told otherwise, and the years that partition projection
# shows: wide, for what is outside is not seen; every year without a filter is twelve folders.
EARLIEST_DATE = date(1970, 1, 1)
PROJECTED_YEARS = [EARLIEST_DATE.year, 2099]


def type_text(data_type: T.DataType) -> str:
    """Write a type as Spark does."""
    # SQLFrame puts blanks into it.
    return data_type.simpleString().replace(" ", "")


def item_fields(field: T.StructField) -> list[T.StructField]:
    """Return the fields of the structs that a column lists; none for a column of another type."""
    element = getattr(field.dataType, "elementType", None)
    return list(element.fields) if isinstance(element, T.StructType) else []


def column(
    name: str, data_type: T.DataType, comment: str, **metadata: Any
) -> T.StructField:
    """Declare a column with its comment for the Data Catalog and the data dictionary.

    `values` are the values that it may have, and `is_open` says that others are only counted. A
    column that `is_optional` may be null, and what is delivered may lack it; its value is then the
    text `default`, if there is one. `order` are usual values in the order that they are shown in.
    `is_lineage` says that it tells where a row came from. `day_of` names the moment that a date is
    the day of, in the time zone of a source profile or in UTC; files have it only where a profile
    maps it. `folder` says that no file has it, but the path of each: `delivered` stands for a
    folder such as `delivered=2025-01-31`. `place_in` are the columns that several rows of a file
    share: where a file lacks it, it is the place of the row among these, from 1; with no columns it
    is the place in the file, and never delivered. Of a column that
    partitions are named after: `digits` of a number that is text, the `range` of its values, first
    and last, and the range that is `projected`, if that is narrower.
    """
    return T.StructField(name, data_type, True, {"comment": comment, **metadata})


def commented(field: T.StructField) -> T.StructField:
    """Return a column with only its comment as metadata, as files have it."""
    comment = {"comment": field.metadata["comment"]}
    return T.StructField(field.name, field.dataType, field.nullable, comment)


# Where a published row came from, which tells the newer of two versions of it. It is null for rows
# that did not come from a file.
SOURCE_FILE = column(
    FILE_COLUMN, T.StringType(), "File that the row came from", is_lineage=True
)


@dataclass(frozen=True)
class Table:
    """One table: its grain, columns, key, partitions, and the rules of its rows.

    For the contract of a source the types say what the text of each field must parse to.
    `namespace` is the pipeline that the table belongs to: its folder in a lake, its database in a
    catalogue, its schema in a warehouse.

    `amounts` are the columns of money whose sums are reported and reconciled, `prepared_amounts`
    what `prepare` of a source adds, whose sums are only reconciled. `currency` is the column that
    says of which currency they are, if there are several: these are never added. `date_column` is
    the business date. `strategy` says how rows of a run become part of a published table.

    Of several versions of a key in one file the last one wins if `last_line_wins`; otherwise they
    are a conflict.

    `derived` has expressions, in the language of source profiles, for columns that a file may lack.
    `settings` are parameters of the rules that a source profile may set. `freshness` says how late
    rows of a table with `loaded_at` may be, to the models of a warehouse.
    """

    name: str
    grain: str
    schema: T.StructType
    key: tuple[str, ...]
    namespace: str = ""
    partition_by: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    prepared_amounts: tuple[str, ...] = ()
    currency: str | None = None
    date_column: str | None = None
    strategy: Strategy = Merge()
    last_line_wins: bool = False
    rules: tuple[Rule, ...] = field(default=())
    derived: Mapping[str, str] = field(default_factory=dict, hash=False)
    settings: tuple[Setting, ...] = ()
    freshness: Freshness | None = None

    def __post_init__(self) -> None:
        """See that the declaration names only columns that it has; ValueError if not."""
        named = [*self.key, *self.partition_by, *self.amounts, *self.strategy.columns]
        named += [*self.derived, *filter(None, (self.currency, self.date_column))]
        for name in named:
            if name not in self.columns:
                raise ValueError(
                    f"table {self.name}: has no column {name!r}, but its declaration names it"
                )
        last = self.columns[len(self.columns) - len(self.partition_by) :]
        if tuple(last) != self.partition_by:
            raise ValueError(
                f"table {self.name}: its last columns are {last}, but must be its partition columns"
                f" {list(self.partition_by)}"
            )

    @property
    def folder(self) -> str:
        """The folder of the table below the root of a lake."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def sql_name(self) -> str:
        """The name of the table in SQL and in the Data Catalog."""
        return self.name.replace("/", "_")

    @property
    def types(self) -> dict[str, str]:
        """Types by column, as Spark writes them, in order."""
        return {field.name: type_text(field.dataType) for field in self.schema}

    @property
    def data_fields(self) -> list[T.StructField]:
        """Columns that are in the files of the table, not in the names of their folders."""
        return [each for each in self.schema if each.name not in self.partition_by]

    @property
    def replaced_by(self) -> tuple[str, ...]:
        """Columns by which rows of a run replace published rows."""
        return (isinstance(self.strategy, Merge) and self.strategy.by) or self.key

    def field(self, name: str) -> T.StructField:
        """Return one column."""
        return next(field for field in self.schema if field.name == name)

    def values(self, name: str) -> Sequence[str] | None:
        """Return the allowed values of a column; None if the contract lists none."""
        metadata = self.field(name).metadata
        return None if metadata.get("is_open") else metadata.get("values")

    @property
    def columns(self) -> list[str]:
        """Column names, in order."""
        return self.schema.fieldNames()

    @property
    def reconciled_amounts(self) -> tuple[str, ...]:
        """The amounts whose sums an output of its rows must have."""
        return (*self.amounts, *self.prepared_amounts)

    @property
    def optional_columns(self) -> set[str]:
        """Names of the columns that what is delivered may lack."""
        return {each.name for each in self.schema if each.metadata.get("is_optional")}

    @property
    def days(self) -> dict[str, str]:
        """The columns that are the day of a moment, with the column of that moment."""
        return self._declared("day_of")

    @property
    def folders(self) -> dict[str, str]:
        """The columns whose value is in the path of a file, with the name of the folder."""
        return self._declared("folder")

    @property
    def places(self) -> dict[str, list[str]]:
        """The columns that are the place of a row, with the columns that rows share."""
        return self._declared("place_in")

    def _declared(self, fact: str) -> dict[str, Any]:
        return {
            each.name: each.metadata[fact]
            for each in self.schema
            if fact in each.metadata
        }

    @property
    def is_ordered(self) -> bool:
        """Whether the order of the rows of a file matters."""
        return self.last_line_wins or bool(self.places)

    @property
    def delivered_fields(self) -> list[T.StructField]:
        """The columns that files have without a profile."""
        return [each for each in self.schema if each.name not in self.made_columns]

    @property
    def made_columns(self) -> set[str]:
        """Names of the columns that no file has: days of moments, folders, places in a file."""
        in_file = {name for name, shared in self.places.items() if not shared}
        return {*self.days, *self.folders, *in_file}

    def without_sources(self, absent: Collection[str]) -> "Table":
        """Return the contract without the rules that need a source which is not delivered."""
        kept = tuple(rule for rule in self.rules if rule.needs not in absent)
        return replace(self, rules=kept)

    def bind(self, **parameters: date | int | Decimal) -> "Table":
        """Return the contract with the parameters of its rules filled in.

        A setting that is not given has its default.
        """
        given = {each.name: each.default for each in self.settings} | parameters
        return replace(self, rules=tuple(rule.bind(given) for rule in self.rules))
