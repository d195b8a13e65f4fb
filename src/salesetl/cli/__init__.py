"""Look at a lake and its runs, replay rejected rows, and run jobs on AWS."""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from salesetl import __version__
from salesetl.cli import (
    catalog,
    checking,
    docs,
    infra,
    loaded_files,
    move_lake,
    on_aws,
    orchestrated,
    planning,
    profiles,
    rejected,
    show,
    warehousing,
    write,
)
from salesetl.errors import exit_status, one_line
from salesetl.launcher import launch
from salesetl.registry import jobs, published_tables
from salesetl.secrets import scrubbed
from salesetl.stopping import Stopped, stoppable, stopped_by

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line; an error is one line on standard error."""
    parser = _parser()
    arguments, rest = parser.parse_known_args(words)
    if rest and not arguments.takes_rest:
        parser.error(f"unknown arguments: {' '.join(rest)}")
    arguments.rest = rest
    with stoppable():
        _run(arguments)


def _run(arguments: argparse.Namespace) -> None:
    try:
        sys.stdout.write(arguments.command(arguments))
    except (Exception, Stopped) as error:
        if stop := stopped_by(error):
            sys.stderr.write(f"salesetl: {stop}\n")
            raise SystemExit(stop.exit_status) from None
        sys.stderr.write(f"salesetl: error: {scrubbed(one_line(error))}\n")
        raise SystemExit(exit_status(error)) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="salesetl", description=__doc__, allow_abbrev=False
    )
    parser.set_defaults(takes_rest=False)
    parser.add_argument(
        "--version", action="version", version=f"salesetl {__version__}"
    )
    groups = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_run(groups)
    planning.add_command(groups)
    checking.add_command(groups)
    profiles.add_commands(groups)
    _add_runs(groups)
    _add_quarantine(groups)
    loaded_files.add_commands(groups)
    _add_tables(groups)
    _add_report(groups)
    on_aws.add_commands(groups)
    catalog.add_commands(groups)
    _add(
        groups,
        "move-lake",
        "move a lake of an earlier version to the folders of this version",
        move_lake.move,
    )
    warehousing.add_commands(groups)
    orchestrated.add_commands(groups)
    infra.add_commands(groups)
    made = groups.add_parser(
        "docs", help="write the generated pages, SQL and templates of the repository"
    )
    made.add_argument("directory", help="root of the repository")
    made.set_defaults(command=docs.write_docs)
    return parser


def _add_run(groups: "Commands") -> None:
    # Its help is that of the job.
    run = groups.add_parser(
        "run", help="run a job on this machine", add_help=False, allow_abbrev=False
    )
    run.add_argument("job", choices=jobs())
    run.set_defaults(command=_run_here, takes_rest=True)


def _run_here(arguments: argparse.Namespace) -> str:
    launch(jobs()[arguments.job], arguments.rest)
    return ""


def _add_runs(groups: "Commands") -> None:
    of_runs = groups.add_parser("runs", help="list runs and show their reports")
    reports = of_runs.add_subparsers(required=True)
    _add(reports, "list", "list all runs", show.list_runs)
    _add(reports, "show", "show the report of a run", show.show_run, takes_run=True)


def _add_quarantine(groups: "Commands") -> None:
    of_quarantine = groups.add_parser(
        "quarantine", help="show rejected rows and replay them"
    )
    commands = of_quarantine.add_subparsers(required=True)
    _add(commands, "list", "list the runs that rejected rows", rejected.list_quarantine)
    shown = _add(
        commands,
        "show",
        "show the rows that a run rejected",
        rejected.show_quarantine,
        takes_run=True,
    )
    shown.add_argument(
        "--to",
        metavar="DIR",
        help="also write the records to files in DIR, to correct them",
    )
    replay = _add(
        commands,
        "replay",
        "run the job again on the rows that a run rejected; also takes the arguments of the job",
        rejected.replay,
        takes_run=True,
    )
    replay.set_defaults(takes_rest=True)
    replay.add_argument(
        "--records",
        metavar="DIR",
        help="folder of corrected records, written by show --to",
    )


def _add_tables(groups: "Commands") -> None:
    table = _add(groups, "table", "show the first rows of a table", show.show_table)
    known = ", ".join(table.name for table in published_tables())
    table.add_argument(
        "name", help=f"one of {known}; or with its pipeline, such as retail.products"
    )
    table.add_argument("--order_by", metavar="COLUMN", help="sort by it, largest first")
    table.add_argument(
        "--rows",
        type=int,
        default=show.ROWS_SHOWN,
        help=f"how many rows to show ({show.ROWS_SHOWN})",
    )

    query = _add(groups, "query", "show the rows of a query or view", show.run_query)
    query.add_argument("name", nargs="?", help="leave it out to list all")
    query.add_argument("--format", choices=["table", "csv"], default="table")

    analytics = _add(
        groups,
        "analytics",
        "write six metrics of orders as CSV files",
        write.write_analytics,
    )
    analytics.add_argument("folder", help="folder for the files")


def _add_report(groups: "Commands") -> None:
    charts = _add(
        groups, "charts", "draw the charts of a lake as PNG files", write.write_charts
    )
    charts.add_argument("folder", help="folder for the files")
    page = _add(
        groups,
        "report",
        "write key figures, charts and runs of a lake as one HTML page",
        write.write_report,
    )
    page.add_argument("file", help="path of the page, *.html")


def _add(
    group: "Commands",
    name: str,
    text: str,
    command: object,
    *,
    takes_run: bool = False,
) -> argparse.ArgumentParser:
    parser = group.add_parser(name, help=text, description=text, allow_abbrev=False)
    if takes_run:
        parser.add_argument("run_id", help="id of the run, as in: salesetl runs list")
    parser.add_argument(
        "--output_path", default="data/lake", help="root of the lake (data/lake)"
    )
    parser.set_defaults(command=command)
    return parser
