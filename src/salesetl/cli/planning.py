"""Tells what a run of a job would change in its lake, and writes nothing."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import textwrap
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from salesetl.arguments import parse_arguments
from salesetl.cli.checking import outcome_lines, outcomes
from salesetl.cli.lines_rejected import rejected_lines, rejected_rows
from salesetl.destinations.planned_lake import Plan, PlannedLake
from salesetl.destinations.planned_tables import PlannedPartition, PlannedTable
from salesetl.display import files_text, loss_text, table_text
from salesetl.errors import one_line
from salesetl.glue.costs import Estimate, estimate
from salesetl.launcher import asks_for_help, job_help, job_options, run_locally
from salesetl.model.pipeline import Pipeline
from salesetl.registry import jobs
from salesetl.runs import RunReport

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_WIDTH = 80
_FILES = ("new", "changed", "known", "renamed", "vanished")


def add_command(groups: Commands) -> None:
    """Add `plan`. Its help is that of the job."""
    command = groups.add_parser(
        "plan",
        help="tell what a run of a job would change in its lake, and write nothing",
        add_help=False,
        allow_abbrev=False,
    )
    command.add_argument("job", choices=jobs())
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(command=plan_job, takes_rest=True)


def plan_job(arguments: argparse.Namespace) -> str:
    """Run a job without its publish, and return what it would change.

    Of a run that would fail, what is known is printed, and its error raised.
    """
    pipeline, words = jobs()[arguments.job], arguments.rest
    if asks_for_help(words):
        return job_help(pipeline)
    values = parse_arguments(job_options(pipeline), words)
    lay_out = _as_json if arguments.json else _as_text
    with tempfile.TemporaryDirectory(prefix="salesetl-") as scratch:
        plan = Plan(scratch)
        try:
            run_locally(pipeline, values, partial(PlannedLake, plan=plan))
        except Exception as error:
            if report := plan.report:
                report.error = one_line(error)
                lines = _lines(pipeline, scratch, report)
                sys.stdout.write(lay_out(plan, report, lines))
            raise
        assert plan.report  # nosec B101
        return lay_out(plan, plan.report, _lines(pipeline, scratch, plan.report))


def _lines(pipeline: Pipeline, lake: str, report: RunReport) -> dict[str, list[int]]:
    return rejected_lines(pipeline, report, rejected_rows(pipeline, lake, report))


def _as_json(plan: Plan, report: RunReport, lines: dict[str, list[int]]) -> str:
    cost = _cost(report)
    told = {
        "job": report.job,
        "would_succeed": report.error is None,
        "error": report.error,
        "writing_run": plan.writing_run,
        "files": {
            "read": report.files_read,
            **{name: getattr(report, f"files_{name}") for name in _FILES},
        },
        **outcomes(report, lines),
        "tables": [
            {
                "table": each.table.folder,
                "partitions_unchanged": each.unchanged,
                "partitions": [
                    {**part.values, "rows": part.rows, "amounts": part.amounts}
                    for part in each.partitions
                ],
            }
            for each in plan.tables
        ],
        "estimated_cost": {
            "bytes": report.bytes_read,
            "workers": cost.workers,
            "minutes": round(cost.minutes, 2),
            "dpu_hours": round(cost.dpu_hours, 4),
            "dollars": {name: round(each, 4) for name, each in cost.dollars.items()},
        },
    }
    # The values of partitions may be dates.
    return f"{json.dumps(told, indent=2, default=date.isoformat)}\n"


def _as_text(plan: Plan, report: RunReport, lines: dict[str, list[int]]) -> str:
    would = "fail" if report.error else "succeed"
    parts = [
        f"{report.job} would {would}; this is a plan, and nothing was written",
        *files_text(report, "no new file; there is nothing to load"),
    ]
    if report.rows_read:
        parts += [f"{report.rows_read:,} rows would be read", ""]
        parts += [*outcome_lines(report, lines), ""]
    for table in plan.tables:
        parts += [*_table_lines(table), ""]
    if not report.error:
        changed = any(table.partitions for table in plan.tables)
        parts += [] if changed else ["nothing would change in the lake", ""]
        parts += [_cost_text(_cost(report))]
    if plan.writing_run:
        parts += [f"run {plan.writing_run} is writing this lake; plan again after it"]
    loss = "" if report.error else loss_text(report)
    if loss:
        parts += ["", textwrap.fill(loss, _WIDTH)]
    return "\n".join(parts).rstrip("\n") + "\n"


def _table_lines(table: PlannedTable) -> list[str]:
    """Lay out what changes in a table: rows, then the amounts that change, by partition."""
    count, stay = len(table.partitions), table.unchanged
    title = f"{table.table.name}: partitions changed {count:,}, unchanged {stay:,}"
    if not count:
        return [title]
    rows = [[_name(part), *part.rows.values()] for part in table.partitions]
    if count > 1:
        sums = Counter[str]()
        for part in table.partitions:
            sums.update(part.rows)
        rows += [["all", *(sums[name] for name in table.partitions[0].rows)]]
    lines = [title, "", table_text(("rows", *table.partitions[0].rows), rows)]
    for name in table.table.amounts:
        lines += _amount_lines(name, table.partitions)
    return lines


def _amount_lines(name: str, partitions: list[PlannedPartition]) -> list[str]:
    found = [
        (_name(part), currency, Decimal(each["before"]), Decimal(each["after"]))
        for part in partitions
        for currency, each in part.amounts[name].items()
    ]
    shown = [each for each in found if each[2] != each[3]]
    if not shown:
        return ["", f"{name} stays as it is"]
    if len(partitions) > 1:
        for currency in sorted({each[1] for each in found}):
            of_it = [each[2:] for each in found if each[1] == currency]
            before, after = map(sum, zip(*of_it, strict=True))
            shown += [("all", currency, Decimal(before), Decimal(after))]
    rows = [[*each[:2], *map(str, (*each[2:], each[3] - each[2]))] for each in shown]
    header = [name, "currency", "before", "after", "difference"]
    if not any(each[1] for each in found):
        header.remove("currency")
        rows = [[row[0], *row[2:]] for row in rows]
    return ["", table_text(header, rows)]


def _name(partition: PlannedPartition) -> str:
    """Name a partition by its values, such as 2025-09; a table without any is one."""
    texts = (
        f"{value:02}" if isinstance(value, int) else str(value)
        for value in partition.values.values()
    )
    return "-".join(texts) or "all"


def _cost(report: RunReport) -> Estimate:
    return estimate(report.bytes_read)


def _cost_text(cost: Estimate) -> str:
    dollars = ", ".join(f"${each:.3f} on Glue {v}" for v, each in cost.dollars.items())
    return f"estimated cost: {cost.dpu_hours:.2f} DPU-hours, {dollars}"
