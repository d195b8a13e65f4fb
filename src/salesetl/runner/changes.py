"""Works out how the accepted rows of a run change the published tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from salesetl.destinations.lake import Change
from salesetl.model.options import LoadOptions
from salesetl.model.pipeline import Output, Pipeline, Refresh, SameSum
from salesetl.model.table import Table
from salesetl.runner.classifying import Classified
from salesetl.runner.refreshing import report_stale_rows, stale_partitions
from salesetl.runner.run import Run


class Changes:
    """The changes of all tables that are made from sources."""

    def __init__(
        self,
        run: Run,
        pipeline: Pipeline,
        options: LoadOptions,
        days: tuple[date, date],
        classified: Mapping[str, Classified],
    ) -> None:
        self._run = run
        self._pipeline = pipeline
        self._options = options
        self._days = days if options.write_mode == "replace" else None
        self._classified = classified
        self._changes: dict[str, Change] = {}

    def work_out(self) -> dict[str, Change]:
        """Return the changes by the names of the tables."""
        for output in self._pipeline.outputs:
            if output.of in self._classified:
                self._changes[output.table.name] = self._change(output)
        for check in self._pipeline.checks:
            self._change_together(check)
        return self._changes

    def _change_together(self, check: SameSum) -> None:
        """Let both tables of a check change in the same partitions, or their sums would differ."""
        names = check.table.name, check.other.name
        changes = [self._changes[name] for name in names if name in self._changes]
        also = {folder for each in changes for folder in each.folders}
        if check.table.partition_by != check.other.partition_by:
            also |= {folder for each in changes for folder in each.as_they_are}
        for each in changes:
            output = self._pipeline.output(each.table.name)
            own = also & {*each.folders, *each.as_they_are}
            if output and own != set(each.folders):
                self._changes[each.table.name] = self._change(output, own)

    def _change(self, output: Output, also: Collection[str] = ()) -> Change:
        source = self._classified[output.of]
        arriving = output.build(source.rows_for(output))
        refresh = output.refresh
        if refresh is None:
            return self._run.destination.change(
                output.table,
                arriving,
                days=self._days,
                also=also,
                files=[file.path for file in source.delivered.raw.files],
            )
        lookup = self._classified[refresh.of].accepted
        stale = self._stale(output.table, refresh)
        is_asked_for = getattr(self._options, refresh.option)
        change = self._run.destination.change(
            output.table,
            arriving,
            days=self._days,
            also={*also, *(stale if is_asked_for else ())},
            whole=stale,
        ).with_kept(lambda kept: refresh.renew(kept, lookup))
        report_stale_rows(
            self._run.report, output.table, refresh, stale, change, self._options
        )
        return change

    def _stale(self, table: Table, refresh: Refresh) -> dict[str, int]:
        """Return how many rows of each partition lack values that a look-up has.

        Nothing is counted again while the look-up stays as it is.
        """
        looked_up, destination = self._classified[refresh.of], self._run.destination
        arrivals = looked_up.delivered.arrivals
        stale = destination.stale_rows(table, arrivals.state) if arrivals else None
        if stale is None:
            stale = stale_partitions(self._run, table, refresh, looked_up.accepted)
        if arrivals:
            destination.note_stale_rows(table, arrivals.state, stale)
        return {folder: rows for folder, rows in stale.items() if rows}
