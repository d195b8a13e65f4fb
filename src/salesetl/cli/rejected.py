"""Shows quarantined rows and replays them."""

import argparse
import logging
from collections.abc import Sequence
from typing import Any

from salesetl import quarantine
from salesetl.arguments import parse_arguments
from salesetl.cli.show import ROWS_SHOWN, asked_report
from salesetl.display import report_text, table_text
from salesetl.errors import ArgumentError
from salesetl.launcher import job_options, run_locally
from salesetl.model.options import options_of
from salesetl.model.pipeline import Pipeline
from salesetl.registry import namespaces, pipeline_of_job
from salesetl.runs import RunReport, read_reports
from salesetl.storage import join, normalized, storage_of

_MOVED = (
    "; rows that were rejected again belong to the last run that rejected them:"
    " salesetl quarantine list"
)
_LISTED = ("run_id", "status", "source", "rows", "replayed_by", "reasons")


def list_quarantine(arguments: argparse.Namespace) -> str:
    """Return a line for each source of a run with rejected rows, and the run that replayed them."""
    root = normalized(arguments.output_path)
    storage = storage_of(root)
    reports = read_reports(storage, root, namespaces())
    successors = quarantine.replays(reports)
    rows = []
    for report in reports:
        pipeline = pipeline_of_job(report.job)
        main = pipeline.main.name
        counts = {main: report.as_dict(), **report.sources}
        for source, count in counts.items():
            # A run that failed is run again; it has published nothing.
            can_be = source == main and report.status == "succeeded"
            reasons = [
                f"{name} {rows:,}" for name, rows in count["rows_by_reason"].items()
            ]
            replayed_by = successors.get(report.run_id, "no") if can_be else "-"
            if not count["rows_quarantined"]:
                continue
            # Those that were rejected again are listed with the last run.
            left = quarantine.count_rejected(
                storage, root, pipeline, source, report.run_id
            )
            if left:
                row = [report.run_id, report.status, source, left]
                rows.append([*row, replayed_by, ", ".join(reasons)])
    if not rows:
        return f"no rows in quarantine below {root}\n"
    return table_text(_LISTED, rows) + "\n"


def show_quarantine(arguments: argparse.Namespace) -> str:
    """Return the rejected rows of a run: counts by reason, and the first rows.

    With `--to`, the records of its main source are written there too.
    """
    report = asked_report(arguments)
    root = normalized(arguments.output_path)
    pipeline = pipeline_of_job(report.job)
    rejected = quarantine.read_rejected(storage_of(root), root, pipeline, report.run_id)
    if not rejected:
        return f"run {report.run_id} has no rows in quarantine{_MOVED}\n"
    rows = [
        [", ".join(row.reasons), row.source_file, row.raw_record] for row in rejected
    ]
    text = table_text(("reason", "rows"), quarantine.reason_counts(rejected)) + "\n\n"
    text += (
        table_text(("reasons", "source_file", "raw_record"), rows[:ROWS_SHOWN]) + "\n"
    )
    if len(rows) > ROWS_SHOWN:
        text += f"… and {len(rows) - ROWS_SHOWN:,} more\n"
    if arguments.to:
        main = pipeline.main.name
        own = [row for row in rejected if row.source == main]
        text += f"\n{_written(own, report, arguments)}\n" if own else _nothing_of(main)
    return text


def _written(
    own: list[quarantine.Rejected], report: RunReport, arguments: argparse.Namespace
) -> str:
    written = quarantine.write_records(own, normalized(arguments.to))
    return f"written to {', '.join(written)}\n{_next_step(report, arguments)}"


def _nothing_of(main: str) -> str:
    return (
        f"\nnothing was written, for only {main} are replayed: correct the delivered file of the"
        " others, deliver it again under its name, then run the job again.\n"
    )


def _next_step(report: RunReport, arguments: argparse.Namespace) -> str:
    if report.status != "succeeded":
        return (
            f"Run {report.run_id} has loaded no row: correct the delivered file, then run the job"
            " again."
        )
    return (
        f"Correct the records, then run: salesetl quarantine replay {report.run_id}"
        f" --output_path {arguments.output_path} --records {arguments.to}"
    )


def replay(arguments: argparse.Namespace) -> str:
    """Run the job on the rejected rows of the main source of a run, and return the report.

    ArgumentError if the run cannot be replayed, or if there is nothing to replay.
    """
    report = asked_report(arguments)
    root = normalized(arguments.output_path)
    storage = storage_of(root)
    quarantine.check_replayable(storage, root, report)
    pipeline = pipeline_of_job(report.job)
    values = _arguments_again(pipeline, report, arguments.rest)
    rejected = [
        row
        for row in quarantine.read_rejected(storage, root, pipeline, report.run_id)
        if row.source == pipeline.main.name
    ]
    if not rejected:
        raise ArgumentError(
            f"run {report.run_id} has no {pipeline.main.name} in quarantine: there is nothing to"
            f" replay{_MOVED}"
        )
    values |= {
        pipeline.main.path_option: arguments.records
        or _write_again(rejected, join(root, pipeline.name, "_replays", report.run_id)),
        "output_path": root,
        "replay_of": report.run_id,
    }
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    return report_text(run_locally(pipeline, values))


def _arguments_again(
    pipeline: Pipeline, report: RunReport, rest: Sequence[str]
) -> dict[str, Any]:
    """Return the arguments of a run, for its replay; those that are given override them."""
    given = parse_arguments(job_options(pipeline), rest, is_partial=True)
    before = parse_arguments(
        options_of(pipeline.options),
        [
            f"--{name}={text}"
            for name, text in report.arguments.items()
            if text is not None
        ],
    )
    # Rows that are rejected again go to quarantine again; the others are no fewer for that.
    lenient = {
        "write_mode": "merge",
        "input_mode": "all",
        "max_rejected_ratio": 1.0,
        "unknown_columns": "ignore",
        "allow_empty": True,
        "run_id": None,
    }
    return before | lenient | given


def _write_again(rejected: list[quarantine.Rejected], folder: str) -> str:
    """Write rejected records as they are into a folder of their own, and return that."""
    storage_of(folder).delete(folder)
    quarantine.write_records(rejected, f"{folder}/records")
    return f"{folder}/records"
