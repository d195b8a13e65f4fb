"""A pipeline: sources, outputs, and what must be true between outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from salesetl.model.options import LoadOptions
from salesetl.model.quarantine import quarantine_of
from salesetl.model.source import Source
from salesetl.model.strategies import Append, Merge
from salesetl.model.table import SOURCE_FILE, Table

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
    another output: `of` names either. `rows` is what a row of those makes here: SQL for a number,
    or None where that cannot be told in advance. `sums` says which amount here is the sum of which
    amount there. `refresh` is for columns that a look-up has filled.
    """

    table: Table
    build: Build
    of: str
    rows: str | None = "1"
    sums: Mapping[str, str] = field(default_factory=dict)
    refresh: Refresh | None = None

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
    Glue job. The first source is the main one: the counts of a run are its. A pipeline without an
    error in its declaration is one that runs; ValueError tells what is wrong with it.
    """

    name: str
    job: str
    options: type[LoadOptions]
    sources: tuple[Source, ...]
    outputs: tuple[Output, ...]
    checks: tuple[SameSum, ...] = ()

    def __post_init__(self) -> None:
        """See that the parts of the declaration fit together; ValueError if not."""
        self._check_names()
        _ = self.ordered_sources
        for output in self.outputs:
            self._check_output(output)
        for source in self.sources:
            self._check_strategies(source)
        if not self.outputs_of(self.main):
            raise ValueError(
                f"pipeline {self.name}: no output is made from its main source, {self.main.name}"
            )

    @property
    def main(self) -> Source:
        """The source that the counts of a run refer to."""
        return self.sources[0]

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that it publishes."""
        return tuple(output.table for output in self.outputs)

    @property
    def quarantines(self) -> tuple[Table, ...]:
        """The tables of rejected rows, one for each source."""
        return tuple(quarantine_of(source.contract) for source in self.sources)

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

    def outputs_of(self, source: Source) -> list[Output]:
        """Return the outputs that are made from a source."""
        return [output for output in self.outputs if output.of == source.name]

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

    def _check_names(self) -> None:
        names = [each.name for each in (*self._contracts(), *self.tables)]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"pipeline {self.name}: {name!r} is declared twice")
        for table in (*self._contracts(), *self.tables):
            if table.namespace != self.name:
                raise ValueError(
                    f"pipeline {self.name}: {table.name} is in the namespace {table.namespace!r},"
                    f" but must be in {self.name!r}"
                )
        for source in self.sources:
            if source.path_option not in self.options.names():
                raise ValueError(
                    f"pipeline {self.name}: its options need {source.path_option}"
                )

    def _contracts(self) -> list[Table]:
        return [source.contract for source in self.sources]

    def _check_output(self, output: Output) -> None:
        told = f"pipeline {self.name}: output {output.table.name}"
        above = self.output(output.of)
        known = [each.name for each in self._contracts()]
        if above is None and output.of not in known:
            raise ValueError(
                f"{told}: is made from {output.of!r}, which is not declared"
            )
        if above and above.table.partition_by != output.table.partition_by:
            raise ValueError(
                f"{told}: is made from the rows of {output.of}, so it must have the same partitions"
                f" {above.table.partition_by}"
            )
        upstream = above.table if above else self.source(output.of).contract
        for own, amount in output.sums.items():
            if own not in output.table.amounts or amount not in upstream.amounts:
                raise ValueError(
                    f"{told}: sums {own!r} of {amount!r}, but both must be declared as amounts"
                )
        has_sums = output.owed(upstream.amounts)
        if has_sums and bool(upstream.currency) != bool(output.table.currency):
            raise ValueError(
                f"{told}: needs a currency column like {upstream.name}, because currencies are"
                " never added"
            )
        if output.refresh and output.refresh.of not in known:
            raise ValueError(
                f"{told}: is refreshed from {output.refresh.of!r}, which is not a source"
            )
        if output.refresh and output.refresh.option not in self.options.names():
            raise ValueError(f"{told}: its options need {output.refresh.option}")

    def _check_strategies(self, source: Source) -> None:
        """See that the outputs of a source treat its rows alike."""
        for output in self.outputs_of(source):
            told = f"pipeline {self.name}: output {output.table.name}"
            strategy = output.table.strategy
            if (
                source.whole
                and isinstance(strategy, Merge)
                and (output.table.replaced_by != source.whole)
            ):
                raise ValueError(
                    f"{told}: must be merged by {source.whole}, because {source.name} are whole by"
                    " these columns"
                )
            if not self.appended_to(source):
                continue
            if not isinstance(strategy, Append):
                raise ValueError(
                    f"{told}: must append too, because a row of {source.name} that was loaded"
                    " before is not loaded again"
                )
            if not set(source.contract.key) <= set(output.table.columns):
                raise ValueError(
                    f"{told}: needs the key of {source.name}, {source.contract.key}, to find rows"
                    " that were loaded before"
                )
