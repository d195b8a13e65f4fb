"""The `salesetl` command: looking at runs and quarantine, and replaying what was rejected."""

import argparse
import logging
import sys
from collections.abc import Sequence

from salesetl import ddl, launcher, quarantine
from salesetl.arguments import parse_arguments
from salesetl.display import report_text, table_text
from salesetl.errors import ArgumentError, SalesEtlError
from salesetl.pipelines import JOBS
from salesetl.profiles import load_profile
from salesetl.runs import RunReport, read_report, read_reports
from salesetl.schemas import TABLES
from salesetl.session import local_session
from salesetl.storage import join, normalized, storage_of

_ROWS_SHOWN = 20


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line; a failure that a person can act on is one line."""
    parser = _parser()
    arguments, rest = parser.parse_known_args(words)
    if rest and arguments.command is not _replay:
        parser.error(f"unknown arguments: {' '.join(rest)}")
    arguments.rest = rest
    try:
        sys.stdout.write(arguments.command(arguments))
    except SalesEtlError as error:
        sys.stderr.write(f"salesetl: error: {error}\n")
        raise SystemExit(error.exit_status) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="salesetl", description=__doc__, allow_abbrev=False)
    groups = parser.add_subparsers(required=True, metavar="COMMAND")

    runs = groups.add_parser("runs", help="what runs have done").add_subparsers(required=True)
    _add(runs, "list", "list all runs", _list_runs)
    _add(runs, "show", "show the report of a run", _show_run, takes_run=True)

    rejected = groups.add_parser("quarantine", help="rows that were rejected")
    commands = rejected.add_subparsers(required=True)
    _add(commands, "list", "list the runs that rejected rows", _list_quarantine)
    show = _add(commands, "show", "show the rows a run rejected", _show_quarantine, takes_run=True)
    show.add_argument("--to", metavar="DIR", help="also write the records there, to correct them")
    replay = _add(
        commands,
        "replay",
        "run the job on the rows a run rejected; takes the arguments of the job too",
        _replay,
        takes_run=True,
    )
    replay.add_argument("--records", metavar="DIR", help="corrected records, written by show --to")

    docs = groups.add_parser("docs", help="write the pages that are made from contracts and jobs")
    docs.add_argument("directory")
    docs.set_defaults(command=_write_docs)
    return parser


def _add(
    group: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    text: str,
    command: object,
    *,
    takes_run: bool = False,
) -> argparse.ArgumentParser:
    parser = group.add_parser(name, help=text, description=text, allow_abbrev=False)
    if takes_run:
        parser.add_argument("run_id")
    parser.add_argument("--output_path", default="data/lake", help="root of the lake (data/lake)")
    parser.set_defaults(command=command)
    return parser


def _list_runs(arguments: argparse.Namespace) -> str:
    root = normalized(arguments.output_path)
    reports = read_reports(storage_of(root), root)
    if not reports:
        return f"no runs below {root}\n"
    names = ("run_id", "job", "status", "started_at", "rows_read", "rows_loaded")
    header = (*names, "rows_quarantined", "revenue_loaded")
    rows = [[getattr(report, name) for name in header] for report in reports]
    return table_text(header, rows) + "\n"


def _show_run(arguments: argparse.Namespace) -> str:
    return report_text(_report(arguments))


def _list_quarantine(arguments: argparse.Namespace) -> str:
    root = normalized(arguments.output_path)
    reports = read_reports(storage_of(root), root)
    successors = quarantine.replays(reports)
    rows = [
        [
            report.run_id,
            report.status,
            report.rows_quarantined,
            successors.get(report.run_id, "no"),
            ", ".join(f"{name} {count:,}" for name, count in report.rows_by_reason.items()),
        ]
        for report in reports
        if report.rows_quarantined
    ]
    if not rows:
        return f"no rows in quarantine below {root}\n"
    return table_text(("run_id", "status", "rows", "replayed_by", "reasons"), rows) + "\n"


def _show_quarantine(arguments: argparse.Namespace) -> str:
    report = _report(arguments)
    root = normalized(arguments.output_path)
    rejected = quarantine.read_rejected(storage_of(root), root, report.run_id)
    if not rejected:
        return f"run {report.run_id} rejected no rows\n"
    rows = [[", ".join(row.reasons), row.source_file, row.raw_record] for row in rejected]
    text = table_text(("reason", "rows"), quarantine.reason_counts(rejected)) + "\n\n"
    text += table_text(("reasons", "source_file", "raw_record"), rows[:_ROWS_SHOWN]) + "\n"
    if len(rows) > _ROWS_SHOWN:
        text += f"… and {len(rows) - _ROWS_SHOWN:,} more\n"
    if arguments.to:
        main_feed = [row for row in rejected if row.feed == JOBS[report.job].feed.name]
        folder = normalized(arguments.to)
        written = quarantine.write_records(main_feed, folder, _encoding(report))
        text += (
            f"\nwritten to {', '.join(written)}\nCorrect them, then: salesetl quarantine replay"
            f" {report.run_id} --output_path {arguments.output_path} --records {arguments.to}\n"
        )
    return text


def _replay(arguments: argparse.Namespace) -> str:
    report = _report(arguments)
    root = normalized(arguments.output_path)
    storage = storage_of(root)
    quarantine.check_replayable(storage, root, report)
    job = JOBS[report.job]
    given = parse_arguments(job.run, arguments.rest, is_partial=True)
    before = parse_arguments(
        job.run,
        [f"--{name}={text}" for name, text in report.arguments.items() if text is not None],
    )
    # Rows that are rejected again go to quarantine again; the others are no fewer for that.
    values = before | {"write_mode": "merge", "max_rejected_ratio": 1.0, "run_id": None} | given
    rejected = [
        row
        for row in quarantine.read_rejected(storage, root, report.run_id)
        if row.feed == job.feed.name
    ]
    if not rejected:
        raise ArgumentError(f"run {report.run_id} rejected no {job.feed.name}; nothing to replay")
    records = arguments.records
    if not records:
        records = join(root, "_replays", report.run_id)
        encoding = load_profile(values.get("source_profile"), job.feed).encoding
        storage.delete(records)
        quarantine.write_records(rejected, f"{records}/records", encoding)
        records = f"{records}/records"
    values |= {
        f"{job.feed.name}_path": records,
        "output_path": root,
        "replay_of": report.run_id,
    }
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    spark = local_session(report.job, launcher.input_bytes(job.run, values))
    try:
        return report_text(job.run(spark, **values))
    finally:
        spark.stop()


def _write_docs(arguments: argparse.Namespace) -> str:
    pages = {
        "data-dictionary.md": ddl.data_dictionary(TABLES),
        "jobs.md": launcher.jobs_page({name: job.run for name, job in JOBS.items()}),
    }
    folder = normalized(arguments.directory)
    for name, page in pages.items():
        storage_of(folder).write(join(folder, name), page.encode())
    return "".join(f"{join(folder, name)}\n" for name in pages)


def _report(arguments: argparse.Namespace) -> RunReport:
    root = normalized(arguments.output_path)
    return read_report(storage_of(root), root, arguments.run_id)


def _encoding(report: RunReport) -> str:
    return load_profile(report.arguments.get("source_profile"), JOBS[report.job].feed).encoding


if __name__ == "__main__":
    main()
