"""The report of a run: counts, amounts, what was published, and when."""

import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from salesetl.errors import InputError
from salesetl.money import ReportedAmounts
from salesetl.secrets import scrubbed
from salesetl.storage import Storage, join


@dataclass
class RunReport:
    """The report of one run, as in its JSON file. Amounts and times are text.

    The counts at the top are of the main source, `sources` has those of the others. Of every
    source: `rows_read = rows_loaded + rows_quarantined + duplicates_removed + rows_filtered`.

    `amounts` are sums of each amount of the main source, by currency: of rows that this run has
    `loaded` or `rejected`, or that are `out_of_range`; `kept` of rows of earlier runs in the same
    partitions; and `published = loaded + kept`. The currency is empty where the contract has none.
    `hints` are likely causes of rejected rows.
    `rows_to_refresh` are rows of earlier runs for which a look-up knows more now. `catalog` tells
    what was registered in the Data Catalog, with an `error` if it could not be; None if it was not
    asked for.
    """

    run_id: str
    job: str
    status: str
    started_at: str
    finished_at: str = ""
    error: str | None = None
    replay_of: str | None = None
    runtime: dict[str, Any] = field(default_factory=dict)
    arguments: dict[str, str | None] = field(default_factory=dict)
    files_read: int = 0
    # Their size, unpacked; that of a packed file is estimated.
    bytes_read: int = 0
    # When the newest file of the main source was written, also if it is known.
    newest_file_at: str = ""
    # Of the main source, as the ledger knows them.
    files_new: int = 0
    files_changed: int = 0
    files_known: int = 0
    files_renamed: int = 0
    files_vanished: int = 0
    # Known files that were loaded with another source profile.
    files_of_other_profile: int = 0
    # Files that stay new, because the dates of the run left out some of their rows.
    files_loaded_in_part: int = 0
    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    duplicates_removed: int = 0
    # Those that the filter of a source profile left out.
    rows_filtered: int = 0
    # Of the duplicates, those that are published: in a newer version, or in a table that grows.
    rows_superseded: int = 0
    # Of those loaded, the ones that the lake had already, in partitions that were not written.
    rows_unchanged: int = 0
    partitions_unchanged: int = 0
    # Of the quarantined ones, those that the dates of the run left out.
    rows_out_of_range: int = 0
    rows_by_reason: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    hints: list[str] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)
    absent_columns: list[str] = field(default_factory=list)
    # Lines beside the header that are no data: how many files have some, and the first of these.
    skipped_lines: dict[str, Any] = field(default_factory=dict)
    # The look-ups of the source profile: their keys, malformed rows, and files with a digest.
    lookups: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    amounts: ReportedAmounts = field(default_factory=dict)
    rows_to_refresh: int = 0
    partitions: list[dict[str, Any]] = field(default_factory=list)
    catalog: dict[str, Any] | None = None
    seconds_by_stage: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as it is written to JSON, with credentials hidden."""
        arguments = {
            name: text and scrubbed(text) for name, text in self.arguments.items()
        }
        report = asdict(self) | {"arguments": arguments}
        for told in filter(None, (report, self.catalog and report["catalog"])):
            told["error"] = told["error"] and scrubbed(told["error"])
        return report

    def event_line(self) -> str:
        """Return the log line from which metrics and alarms are made."""
        ratio = rejected_ratio(
            self.rows_read - self.rows_filtered,
            self.rows_quarantined,
            self.rows_out_of_range,
        )
        event = {
            "event": "run_report",
            "job": self.job,
            "run_id": self.run_id,
            "status": self.status,
            "rows_read": self.rows_read,
            "rows_rejected": self.rows_quarantined - self.rows_out_of_range,
            "rejected_ratio": round(ratio, 6),
        }
        return json.dumps(event)


def rejected_ratio(
    rows_read: int, rows_quarantined: int, rows_out_of_range: int
) -> float:
    """Return the share of the rows that were to be loaded and broke a rule."""
    asked_for = rows_read - rows_out_of_range
    return (rows_quarantined - rows_out_of_range) / max(asked_for, 1)


def report_path(root: str, namespace: str, run_id: str) -> str:
    """The path of the report of a run."""
    return join(root, namespace, "_runs", f"{run_id}.json")


def read_reports(
    storage: Storage, root: str, namespaces: Iterable[str]
) -> list[RunReport]:
    """Read the reports of all runs in some namespaces of a lake, oldest first."""
    reports = [
        _decode(storage, file.path)
        for namespace in namespaces
        for file in storage.files(join(root, namespace, "_runs"))
        if file.name.endswith(".json")
    ]
    return sorted(reports, key=lambda report: report.started_at)


def read_report(
    storage: Storage, root: str, namespaces: Iterable[str], run_id: str
) -> RunReport:
    """Read the report of one run; InputError if there is none."""
    for report in read_reports(storage, root, namespaces):
        if report.run_id == run_id:
            return report
    raise InputError(
        f"{root}: there is no run {run_id!r}; list the runs with: salesetl runs list"
    )


def last_report(storage: Storage, root: str, namespace: str, run_id: str) -> RunReport:
    """Read the report of a run; if the run was repeated after success, of the last repetition.

    InputError if there is none.
    """
    path, number = report_path(root, namespace, run_id), 1
    if not storage.files(path):
        raise InputError(f"{path}: the run has no report; its log says why")
    while storage.files(
        following := report_path(root, namespace, f"{run_id}.{number + 1}")
    ):
        path, number = following, number + 1
    return _decode(storage, path)


def has_run(storage: Storage, root: str, namespace: str) -> bool:
    """Tell whether a namespace has the report of any run."""
    return bool(storage.files(join(root, namespace, "_runs")))


def has_succeeded(storage: Storage, root: str, namespace: str, run_id: str) -> bool:
    """Tell whether a run with this id has succeeded."""
    path = report_path(root, namespace, run_id)
    return bool(storage.files(path)) and _decode(storage, path).status == "succeeded"


def runtime_facts(engine: dict[str, Any], version: str) -> dict[str, Any]:
    """Describe the runtime, for the report."""
    return {**engine, "python": platform.python_version(), "salesetl": version}


def timestamp_text(moment: datetime) -> str:
    """Write a moment in UTC as the report does."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _decode(storage: Storage, path: str) -> RunReport:
    try:
        return RunReport(**json.loads(storage.read(path)))
    except (ValueError, TypeError) as error:
        raise InputError(
            f"{path}: is not a run report ({error}); remove the file"
        ) from error
