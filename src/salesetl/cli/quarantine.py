"""Looking at quarantined rows and replaying them."""

import argparse
import logging

from salesetl import quarantine
from salesetl.arguments import parse_arguments
from salesetl.cli.runs import asked_report
from salesetl.display import report_text, table_text
from salesetl.errors import ArgumentError
from salesetl.launcher import ENGINE, run_locally
from salesetl.pipelines import JOBS
from salesetl.runs import read_reports
from salesetl.storage import join, normalized, storage_of

ROWS_SHOWN = 20
_LISTED = ("run_id", "status", "feed", "rows", "replayed_by", "reasons")


def list_quarantine(arguments: argparse.Namespace) -> str:
    root = normalized(arguments.output_path)
    reports = read_reports(storage_of(root), root)
    successors = quarantine.replays(reports)
    rows = []
    for report in reports:
        counts = {JOBS[report.job].feed.name: report.as_dict(), **report.feeds}
        for feed, count in counts.items():
            is_main = feed == JOBS[report.job].feed.name
            reasons = [
                f"{name} {rows:,}" for name, rows in count["rows_by_reason"].items()
            ]
            replayed_by = successors.get(report.run_id, "no") if is_main else "-"
            if count["rows_quarantined"]:
                row = [report.run_id, report.status, feed, count["rows_quarantined"]]
                rows.append([*row, replayed_by, ", ".join(reasons)])
    if not rows:
        return f"no rows in quarantine below {root}\n"
    return table_text(_LISTED, rows) + "\n"


def show_quarantine(arguments: argparse.Namespace) -> str:
    report = asked_report(arguments)
    root = normalized(arguments.output_path)
    rejected = quarantine.read_rejected(storage_of(root), root, report.run_id)
    if not rejected:
        return f"run {report.run_id} rejected no rows\n"
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
        main_feed = [row for row in rejected if row.feed == JOBS[report.job].feed.name]
        folder = normalized(arguments.to)
        written = quarantine.write_records(main_feed, folder)
        text += (
            f"\nwritten to {', '.join(written)}\nCorrect them, then: salesetl quarantine replay"
            f" {report.run_id} --output_path {arguments.output_path} --records {arguments.to}\n"
        )
    return text


def replay(arguments: argparse.Namespace) -> str:
    report = asked_report(arguments)
    root = normalized(arguments.output_path)
    storage = storage_of(root)
    quarantine.check_replayable(storage, root, report)
    job = JOBS[report.job]
    given = parse_arguments(job.run, arguments.rest, others=[ENGINE], is_partial=True)
    before = parse_arguments(
        job.run,
        [
            f"--{name}={text}"
            for name, text in report.arguments.items()
            if text is not None
        ],
    )
    # Rows that are rejected again go to quarantine again; the others are no fewer for that.
    values = before | {
        "write_mode": "merge",
        "max_rejected_ratio": 1.0,
        "allow_empty": True,
        "run_id": None,
    }
    values |= given
    rejected = [
        row
        for row in quarantine.read_rejected(storage, root, report.run_id)
        if row.feed == job.feed.name
    ]
    if not rejected:
        raise ArgumentError(
            f"run {report.run_id} rejected no {job.feed.name}; nothing to replay"
        )
    records = arguments.records
    if not records:
        records = join(root, "_replays", report.run_id)
        storage.delete(records)
        quarantine.write_records(rejected, f"{records}/records")
        records = f"{records}/records"
    values |= {
        f"{job.feed.name}_path": records,
        "output_path": root,
        "replay_of": report.run_id,
    }
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    return report_text(run_locally(job.run, values))
