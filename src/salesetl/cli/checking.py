"""Tells what a run would do with files, and writes nothing."""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
from typing import TYPE_CHECKING

from salesetl.arguments import parse_arguments
from salesetl.cli.choosing import pipeline_for
from salesetl.cli.lines_rejected import rejected_lines, rejected_rows
from salesetl.display import loss_text, number_text, table_text
from salesetl.launcher import job_options, run_locally
from salesetl.model.pipeline import Pipeline
from salesetl.quarantine import Rejected
from salesetl.registry import jobs
from salesetl.runs import RunReport

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_OUTCOMES = {
    "loaded": "rows_loaded",
    "rejected": "rows_quarantined",
    "duplicates": "duplicates_removed",
    "filtered": "rows_filtered",
}


def add_command(groups: Commands) -> None:
    """Add the command that looks at files before they are loaded."""
    command = groups.add_parser(
        "check",
        help="tell what a run would do with files, and write nothing",
        description="Tell what a run would do with files, and write nothing. Also takes the"
        " arguments of the job, such as --source_profile.",
        allow_abbrev=False,
    )
    command.add_argument(
        "files", nargs="+", help="files, folders or globs, each checked alone"
    )
    command.add_argument(
        "--job", choices=jobs(), help="the job, if it is not clear from the files"
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(command=check_files, takes_rest=True)


def check_files(arguments: argparse.Namespace) -> str:
    """Return what a run would do with each path: rows by outcome and reason, and amounts.

    Every path is loaded into a lake of its own in a temporary folder, by the job itself.
    """
    found = []
    for path in arguments.files:
        pipeline = jobs()[arguments.job] if arguments.job else pipeline_for(path)
        report, rejected = run_apart(pipeline, path, arguments.rest)
        found.append((path, report, rejected_lines(pipeline, report, rejected)))
    if arguments.json:
        return f"{json.dumps([_as_dict(*each) for each in found], indent=2)}\n"
    return "\n".join(_text(*each) for each in found)


def run_apart(
    pipeline: Pipeline, path: str, words: list[str]
) -> tuple[RunReport, list[Rejected]]:
    """Run a job on a path in a lake of its own, and return its report and its rejected rows."""
    with tempfile.TemporaryDirectory(prefix="salesetl-") as lake:
        report = _run(pipeline, path, lake, words)
        return report, rejected_rows(pipeline, lake, report)


def _run(pipeline: Pipeline, path: str, lake: str, words: list[str]) -> RunReport:
    options = job_options(pipeline)
    given = {f"--{pipeline.main.path_option}": path, "--output_path": lake}
    argv = [*words, *(word for pair in given.items() for word in pair)]
    # Nothing is refused here, for all of it is told.
    values = {
        **parse_arguments(options, argv),
        "max_rejected_ratio": 1.0,
        "allow_empty": True,
    }
    root = logging.getLogger("salesetl")
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        return run_locally(pipeline, values)
    finally:
        root.setLevel(level)


def _as_dict(
    path: str, report: RunReport, lines: dict[str, list[int]]
) -> dict[str, object]:
    return {"path": path, "job": report.job, **outcomes(report, lines)}


def outcomes(report: RunReport, lines: dict[str, list[int]]) -> dict[str, object]:
    """Return what becomes of the rows of a run, for JSON; `lines` are those of some reasons."""
    return {
        "rows_read": report.rows_read,
        **{name: getattr(report, field) for name, field in _OUTCOMES.items()},
        "reasons": {
            name: {"rows": count, "lines": lines.get(name, [])}
            for name, count in report.rows_by_reason.items()
        },
        "warnings": report.warnings,
        "hints": report.hints,
        "amounts": report.amounts,
        "columns_ignored": report.unknown_columns,
    }


def _text(path: str, report: RunReport, lines: dict[str, list[int]]) -> str:
    parts = [
        f"{path}: {report.job} would read {report.rows_read:,} rows",
        *outcome_lines(report, lines),
    ]
    if loss := loss_text(report):
        parts += ["", loss]
    return "\n".join(parts) + "\n"


def outcome_lines(report: RunReport, lines: dict[str, list[int]]) -> list[str]:
    """Lay out what becomes of the rows of a run; `lines` are those of some reasons."""
    counts = [[name, getattr(report, field)] for name, field in _OUTCOMES.items()]
    parts = [table_text(("outcome", "rows"), counts)]
    if report.rows_by_reason:
        reasons = [
            [name, count, ", ".join(map(number_text, lines.get(name, [])))]
            for name, count in report.rows_by_reason.items()
        ]
        parts += ["", table_text(("reason", "rows", "for example in line"), reasons)]
    amounts = [
        [name, currency, states["loaded"], states["rejected"]]
        for name, by_currency in report.amounts.items()
        for currency, states in by_currency.items()
    ]
    if amounts:
        header = ("amount", "currency", "loaded", "rejected")
        parts += ["", table_text(header, amounts)]
    warnings = [[name, count] for name, count in report.warnings.items()]
    if warnings:
        parts += ["", table_text(("warning", "rows"), warnings)]
    if report.unknown_columns:
        parts += ["", f"columns ignored: {', '.join(report.unknown_columns)}"]
    return parts
