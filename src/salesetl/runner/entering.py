"""Enters the files that a run has loaded into the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from salesetl.model.options import LoadOptions
from salesetl.model.versions import without_scheme
from salesetl.runner.arrivals import enter
from salesetl.runner.classifying import Classified
from salesetl.runner.finding import tell
from salesetl.runner.run import Run
from salesetl.runner.sources import Delivered
from salesetl.runs import RunReport
from salesetl.storage import StoredFile


def keep_ledger(
    run: Run,
    options: LoadOptions,
    delivered: Mapping[str, Delivered],
    classified: Mapping[str, Classified],
) -> None:
    """Let the ledger hold what the run has loaded, from the moment when it publishes.

    A replay reads corrections, which are no delivery, and leaves the ledger alone.
    """
    if options.replay_of:
        return
    before = ledger = run.destination.ledger()
    for name, each in delivered.items():
        if each.arrivals is None:
            continue
        loaded: Sequence[StoredFile] = each.raw.files
        if name in classified:
            in_part = _files_in_part(classified[name])
            loaded = _without_part(run.report, loaded, in_part, name)
        ledger = enter(ledger, each.arrivals, loaded, run.report.run_id)
    if ledger != before:
        run.destination.keep_ledger(ledger)


def _files_in_part(classified: Classified) -> set[str]:
    """Return the files of which the dates of the run left out rows, without their scheme."""
    ranges = [
        rule.name
        for rule in classified.contract.rules
        if rule.level == "out_of_range" and rule.name in classified.tally.rows_by_reason
    ]
    if not ranges:
        return set()
    found = classified.engine.rows(classified.files_that_break(ranges))
    return {without_scheme(row["_source_file"]) for row in found}


def _without_part(
    report: RunReport, files: Sequence[StoredFile], in_part: set[str], source: str
) -> list[StoredFile]:
    """Leave out files that were loaded in part: they stay new, and this is told."""
    left_out = [file.path for file in files if without_scheme(file.path) in in_part]
    report.files_loaded_in_part += len(left_out)
    tell(
        f"{source}: %d files have rows outside the dates of this run, for example %s; they stay"
        " new, so that a run for other days loads these rows",
        left_out,
    )
    return [file for file in files if file.path not in left_out]
