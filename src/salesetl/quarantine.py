"""Reads the rows that a run rejected, and writes them to files for a replay."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from salesetl.errors import ArgumentError
from salesetl.model.pipeline import Pipeline
from salesetl.model.quarantine_table import quarantine_of
from salesetl.quality.judging import WELL_FORMED
from salesetl.readers.replays import remember_first_files
from salesetl.registry import namespaces
from salesetl.rows import count_rows, read_rows
from salesetl.runs import RunReport, read_reports
from salesetl.storage import Storage, join, storage_of


@dataclass(frozen=True)
class Rejected:
    """One quarantined row."""

    source: str
    raw_record: str
    source_header: str | None
    source_file: str
    reasons: tuple[str, ...]


def read_rejected(
    storage: Storage, root: str, pipeline: Pipeline, run_id: str
) -> list[Rejected]:
    """Return the rows that a run rejected, in the order of source, file and record."""
    rejected = []
    for table in pipeline.quarantines:
        source = table.name.rpartition("/")[2]
        rejected += [
            Rejected(
                source,
                row["raw_record"],
                row["source_header"],
                row["source_file"],
                tuple(row["reasons"]),
            )
            for row in read_rows(
                storage, join(root, table.folder), table, f"run_id={run_id}"
            )
        ]
    return sorted(
        rejected, key=lambda row: (row.source, row.source_file, row.raw_record)
    )


def count_rejected(
    storage: Storage, root: str, pipeline: Pipeline, source: str, run_id: str
) -> int:
    """Count the rows of a source in the quarantine of a run."""
    table = quarantine_of(pipeline.source(source).contract)
    return count_rows(storage, join(root, table.folder), f"run_id={run_id}")


def replays(reports: list[RunReport]) -> dict[str, str]:
    """Map each run whose quarantine was replayed to the run that replayed it."""
    done = [
        report
        for report in reports
        if report.status == "succeeded" and report.replay_of
    ]
    return {str(report.replay_of): report.run_id for report in done}


def check_replayable(storage: Storage, root: str, report: RunReport) -> None:
    """Check that the quarantine of a run can be replayed; ArgumentError if not."""
    run_id = report.run_id
    if report.status != "succeeded":
        raise ArgumentError(
            f"run {run_id} {'was ' if report.status == 'cancelled' else ''}{report.status}, so none"
            " of its rows was loaded; run the job again instead"
        )
    if successor := replays(read_reports(storage, root, namespaces())).get(run_id):
        raise ArgumentError(
            f"run {run_id} was already replayed by run {successor}; replay run {successor} if that"
            " run rejected rows"
        )


def write_records(rejected: list[Rejected], folder: str) -> list[str]:
    """Write rejected records to files like those they came from, and return their paths.

    The files can be corrected by hand and replayed, or replayed as they are. A file beside them
    says where the records came from. Malformed records get files of their own, so a broken quote
    cannot damage a good record. The files are UTF-8 with a byte order mark, which overrides the
    encoding of a profile. ArgumentError if the folder has files: they may be corrected already.
    """
    if present := storage_of(folder).files(folder):
        raise ArgumentError(
            f"{present[0].path}: is there already, and may be corrected; name another folder, or"
            " remove it"
        )
    groups: dict[tuple[str, str, bool], list[str]] = defaultdict(list)
    for row in rejected:
        is_malformed = WELL_FORMED.name in row.reasons
        groups[row.source_file, row.source_header or "", is_malformed].append(
            row.raw_record
        )
    sources = {}
    for number, ((source_file, header, _), records) in enumerate(
        sorted(groups.items()), start=1
    ):
        name = f"records-{number:05}.{'csv' if header else 'ndjson'}"
        lines = [header, *records] if header else records
        content = "".join(f"{line}\n" for line in lines)
        path = join(folder, name)
        storage_of(folder).write(path, content.encode("utf-8-sig"))
        sources[name] = source_file
    remember_first_files(folder, sources)
    return [join(folder, name) for name in sources]


def reason_counts(rejected: list[Rejected]) -> list[tuple[str, int]]:
    """Count rows by reason, the most frequent first."""
    return Counter(reason for row in rejected for reason in row.reasons).most_common()
