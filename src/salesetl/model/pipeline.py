"""A pipeline: sources, outputs, and what must be true between outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from salesetl.model.options import LoadOptions
from salesetl.model.quarantine_table import quarantine_of
from salesetl.model.source import Source
from salesetl.model.strategies import Append, Merge
from salesetl.model.table import SOURCE_FILE, Table
from salesetl.model.validation import validate

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    Build = Callable[[DataFrame], DataFrame]


@dataclass(frozen=True)
class Refresh:
    """How published rows get values that a look-up has now.

    `renew` gives it to rows of partitions that are written again. `keep_stale` finds the rows of
    all others that lack it: these are counted, and written with `--refresh_<of>`. Both are given
    the rows, and the accepted rows of the source `of`.
    """

    of: str
    renew: Callable[[DataFrame, DataFrame], DataFrame]
    keep_stale: Callable[[DataFrame, DataFrame], DataFrame]

    @property
    def option(self) -> str:
        """The name of its option on the command line."""
        return f"refresh_{self.of}"


@dataclass(frozen=True)
class Output:
    """A table that a pipeline publishes, and how to reconcile it with the rows it is made from.

    `build` makes its rows from the accepted rows of a source, or from the rows that were written to
    another output: `of` names either. One that is `of_rejected` is made from the rows of a source
    that were rejected, as far as they could be parsed, with their `reasons` as text. `rows` is what
    a row of those makes here: SQL for a number, or None where that cannot be told in advance.
    `sums` says which amount here is the sum of which amount there. `refresh` is for columns that a
    look-up has filled.
    """

    table: Table
    build: Build
    of: str
    rows: str | None = "1"
    sums: Mapping[str, str] = field(default_factory=dict)
    refresh: Refresh | None = None
    of_rejected: bool = False

    def owed(self, upstream: tuple[str, ...]) -> dict[str, str]:
        """Map each amount of this output to the upstream amount that it must be the sum of.

        Amounts of the same name are, if nothing else is said.
        """
        same = {name: name for name in self.table.amounts if name in upstream}
        return same | dict(self.sums)


@dataclass(frozen=True)
class SameSum:
    """A check: two outputs of a run have the same sum of an amount."""

    table: Table
    amount: str
    other: Table
    other_amount: str


@dataclass(frozen=True)
class Pipeline:
    """A declared pipeline: the runner and all generated files follow from it.

    `name` is the namespace of its tables, `job` the name of its script, its definition and its
    Glue job. The first source is the main one: the counts of a run are its. The models of one that
    `is_for_warehouse` are built on a copy of its tables in a warehouse, others on the lake. A
    pipeline without an error in its declaration is one that runs; ValueError tells what is wrong
    with it.
    """

    name: str
    job: str
    options: type[LoadOptions]
    sources: tuple[Source, ...]
    outputs: tuple[Output, ...]
    checks: tuple[SameSum, ...] = ()
    is_for_warehouse: bool = False

    def __post_init__(self) -> None:
        """See that the parts of the declaration fit together; ValueError if not."""
        validate(self)

    @property
    def main(self) -> Source:
        """The source that the counts of a run refer to."""
        return self.sources[0]

    def is_incremental(self, source: Source) -> bool:
        """Tell whether a run that asks for new files reads only new files of a source."""
        return source.is_incremental or source is self.main

    @property
    def contracts(self) -> tuple[Table, ...]:
        """The contracts of its sources."""
        return tuple(source.contract for source in self.sources)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that it publishes."""
        return tuple(output.table for output in self.outputs)

    @property
    def quarantines(self) -> tuple[Table, ...]:
        """The tables of rejected rows, one for each source."""
        return tuple(map(quarantine_of, self.contracts))

    @property
    def ordered_sources(self) -> list[Source]:
        """The sources, each after those that it needs; ValueError if they need each other."""
        ordered: list[Source] = []
        left = list(self.sources)
        while left:
            known = {source.name for source in ordered}
            ready = [source for source in left if set(source.needs) <= known]
            if not ready:
                names = ", ".join(source.name for source in left)
                raise ValueError(
                    f"pipeline {self.name}: {names} need each other, or need a source that is not"
                    " declared"
                )
            ordered += ready
            left = [source for source in left if source not in ready]
        return ordered

    def source(self, name: str) -> Source:
        """Return the source of a name."""
        return next(source for source in self.sources if source.name == name)

    def output(self, name: str) -> Output | None:
        """Return the output whose table has a name; None if that is a source."""
        return next((each for each in self.outputs if each.table.name == name), None)

    def above(self, output: Output) -> Output | None:
        """Return the output that another is made from; None if it is made from a source.

        A name that both have is that of the source.
        """
        is_of_source = any(source.name == output.of for source in self.sources)
        return None if is_of_source else self.output(output.of)

    def contract_of(self, output: Output) -> Table:
        """Return the contract of the source that the rows of an output come from in the end."""
        above = self.above(output)
        return self.contract_of(above) if above else self.source(output.of).contract

    def outputs_of(self, source: Source) -> list[Output]:
        """Return the outputs that are made from the accepted rows of a source."""
        return [
            output
            for output in self.outputs
            if output.of == source.name and not output.of_rejected
        ]

    def published_as(self, source: Source) -> Table | None:
        """Return the table that holds the version of each published row of a source, if any.

        It has the key of the source, the file that a row came from, and the version if that is a
        column; rows are merged into it.
        """
        needed = {*source.contract.key, SOURCE_FILE.name, *source.version.columns}
        for output in self.outputs_of(source):
            is_merged = isinstance(output.table.strategy, Merge)
            if is_merged and needed <= set(output.table.columns):
                return output.table
        return None

    def appended_to(self, source: Source) -> Table | None:
        """Return an output of a source that only appends rows, if any."""
        for output in self.outputs_of(source):
            if isinstance(output.table.strategy, Append):
                return output.table
        return None
