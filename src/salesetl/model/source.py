"""Declares the files that are delivered to a pipeline, and how to read and prepare their rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from salesetl.model.table import Table
from salesetl.model.types import T
from salesetl.model.versions import FileVersion, Version

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    Transform = Callable[..., DataFrame]


@dataclass(frozen=True)
class Csv:
    """Delimited text with a header line; fields are bound to the contract by their names."""


@dataclass(frozen=True)
class Json:
    """JSON objects, a line each or in an array.

    `delivered` is the shape of an object, and `flatten` makes the columns of the contract from it.
    Without `flatten` these are the columns of `delivered`. It is given a frame whose values are all
    text, must work on one with the types of `delivered` too, and keeps columns that it does not
    know, so that a row keeps its file and its record. `passed_over` are names of objects that are
    known and not read, such as `order.items`.
    """

    delivered: T.StructType
    flatten: Transform | None = None
    passed_over: tuple[str, ...] = ()


Reader = Csv | Json


@dataclass(frozen=True)
class Source:
    """One kind of delivered files.

    `contract` is what the text of each row must parse to, and the rules that it must keep. `reader`
    says how files are read. `prepare` adds columns to the typed rows, which rules may name; it is
    given the rows and, in their order, the accepted rows of the sources that it `needs`. It must
    not bring rows together, because it may be given a part of them.

    `version` tells which of two deliveries of a key is the newer one: that one wins. `whole` names
    the columns of rows that make sense only together, such as the lines of an order: they are
    accepted, rejected and superseded together. Where only new files are asked for, they are those
    of the main source, and of those that are `is_incremental`.
    """

    contract: Table
    reader: Reader
    prepare: Transform | None = None
    needs: tuple[str, ...] = ()
    version: Version = FileVersion()
    whole: tuple[str, ...] = field(default=())
    is_incremental: bool = False

    def __post_init__(self) -> None:
        """See that the declaration names only columns that there are; ValueError if not."""
        for name in (*self.whole, *self.version.columns):
            if name not in self.contract.columns:
                raise ValueError(
                    f"source {self.name}: its contract has no column {name!r}"
                )
        if not set(self.whole) <= set(self.contract.key):
            raise ValueError(
                f"source {self.name}: whole {self.whole} must be part of the key"
                f" {self.contract.key}"
            )

    @property
    def name(self) -> str:
        """The name of the source, and of the argument `<name>_path`."""
        return self.contract.name

    @property
    def path_option(self) -> str:
        """The name of the option for the path of its files."""
        return f"{self.name}_path"
