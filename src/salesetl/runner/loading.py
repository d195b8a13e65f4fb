"""Builds the outputs of a run, and reconciles each with the rows it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from salesetl.destinations.lake import Change
from salesetl.destinations.staging import StagedTable, count
from salesetl.errors import BooksError
from salesetl.model.pipeline import Output, Pipeline, SameSum
from salesetl.money import (
    Amounts,
    Sums,
    add_amounts,
    add_sums,
    amounts_text,
    reported_amounts,
    same_sums,
)
from salesetl.runner.classifying import Classified
from salesetl.runner.run import Run

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


class Loading:
    """The outputs of one run, from the accepted rows of its sources to staged tables."""

    def __init__(
        self,
        run: Run,
        pipeline: Pipeline,
        classified: Mapping[str, Classified],
        changes: Mapping[str, Change],
    ) -> None:
        """Take the changes of all tables that are made from sources."""
        self._run = run
        self._pipeline = pipeline
        self._classified = classified
        self._changes = changes
        self._staged: dict[str, StagedTable] = {}
        self._kept: dict[str, Sums] = {}
        self._unchanged: dict[str, Sums] = {}

    def write_aside(self) -> None:
        """Stage all outputs, reconcile them, and write amounts and partitions to the report.

        BooksError if a row or a cent is not where it is due; nothing is published then.
        """
        for output in self._pipeline.outputs:
            if output.of in self._classified:
                self._write_from_source(output)
            else:
                self._write_from_output(output)
        for check in self._pipeline.checks:
            self._check_same_sum(check)
        self._report_amounts()

    def _write_from_source(self, output: Output) -> None:
        """Write what a source's rows are due to make, and what stays of earlier runs."""
        change = self._changes[output.table.name]
        source = self._classified[output.of]
        table, engine = output.table, self._run.engine
        kept_rows, kept = count(engine, table, change.remaining)
        unchanged_rows, unchanged = count(engine, table, change.unchanged)
        if output is self._pipeline.outputs_of(self._pipeline.main)[0]:
            self._run.report.rows_unchanged = unchanged_rows
            self._run.report.partitions_unchanged = len(change.as_they_are)
        loaded = owed_sums(output, source.tally.loaded, self._upstream(output))
        self._kept[table.name], self._unchanged[table.name] = kept, unchanged
        due = None if output.rows is None else self._rows_due(output) + kept_rows
        self._stage(
            output,
            change,
            rows=due,
            sums=add_sums(loaded, [loaded, kept]),
            unchanged=(unchanged_rows, unchanged),
        )

    def _write_from_output(self, output: Output) -> None:
        """Write what is made from rows that were written, so that the two cannot differ."""
        above = self._staged[output.of]
        change = Change(
            output.table,
            output.build(above.rows),
            None,
            above.folders,
            as_they_are=above.as_they_are,
        )
        sums = owed_sums(output, above.sums, self._upstream(output))
        rows = None
        if output.rows is not None:
            rows = self._count(output.rows, above.rows)
        self._stage(output, change, rows=rows, sums=sums, is_compared=False)

    def _stage(
        self,
        output: Output,
        change: Change,
        *,
        rows: int | None,
        sums: Sums,
        unchanged: tuple[int, Sums] = (0, {}),
        is_compared: bool = True,
    ) -> None:
        """Stage a table; what was written and what was there already is to be what is due."""
        staged = self._run.destination.stage(change, is_compared=is_compared)
        unchanged_rows, unchanged_sums = unchanged
        found = add_sums(sums, [staged.sums, unchanged_sums])
        found_rows = staged.row_count + unchanged_rows
        if rows not in (None, found_rows) or not same_sums(found, sums):
            raise BooksError(
                f"{output.table.name}: {found_rows} rows with {_text(found)} were written,"
                f" but {rows} rows with {_text(sums)} were expected; nothing was published"
            )
        self._staged[output.table.name] = staged

    def _upstream(self, output: Output) -> tuple[str, ...]:
        """Return the amounts of what an output is made from."""
        above = self._pipeline.above(output)
        return (
            above.table if above else self._classified[output.of].contract
        ).reconciled_amounts

    def _rows_due(self, output: Output) -> int:
        source = self._classified[output.of]
        if output.rows == "1":
            tally = source.tally
            return tally.rows_quarantined if output.of_rejected else tally.rows_loaded
        return self._count(str(output.rows), source.rows_for(output))

    def _count(self, rows: str, frame: DataFrame) -> int:
        [counted] = self._run.engine.rows(
            frame.agg(F.expr(f"sum({rows})").alias("rows"))
        )
        return int(counted["rows"] or 0)

    def _check_same_sum(self, check: SameSum) -> None:
        one = self._staged[check.table.name].sums[check.amount]
        other = self._staged[check.other.name].sums[check.other_amount]
        if one != other:
            raise BooksError(
                f"{check.table.name} has {amounts_text(one)} in the changed partitions, but"
                f" {check.other.name} has {amounts_text(other)}: one table was changed by hand;"
                " load these days again with --write_mode replace"
            )

    def _report_amounts(self) -> None:
        """Enter into the report the amounts of the main source, and the partitions of its table."""
        main = self._classified[self._pipeline.main.name]
        first = self._pipeline.outputs_of(main.source)[0]
        self._run.report.partitions = self._staged[first.table.name].measures
        self._run.report.amounts = reported_amounts(
            {
                state: {
                    name: sums[name] for name in main.contract.amounts if name in sums
                }
                for state, sums in {**main.tally.sums, **self._published(main)}.items()
            }
        )

    def _published(self, main: Classified) -> dict[str, Sums]:
        """Return, by amount of the main source, what stays and what is published of it."""
        kept: dict[str, Amounts] = {}
        published: dict[str, Amounts] = {}
        for output in self._pipeline.outputs_of(main.source):
            for own, amount in output.owed(main.contract.amounts).items():
                if amount not in published:
                    name = output.table.name
                    kept[amount] = self._kept[name].get(own, {})
                    published[amount] = add_amounts(
                        self._staged[name].sums[own], self._unchanged[name].get(own, {})
                    )
        return {"kept": kept, "published": published}


def owed_sums(output: Output, sums: Sums, upstream: tuple[str, ...]) -> Sums:
    """Return the sums that an output must have, from the sums of the rows it is made from."""
    return {own: sums.get(amount, {}) for own, amount in output.owed(upstream).items()}


def _text(sums: Sums) -> str:
    return ", ".join(f"{name} {amounts_text(sums[name])}" for name in sums) or "no sum"
