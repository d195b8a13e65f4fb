"""Finds the lines of rejected rows in the files they are from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from salesetl import quarantine
from salesetl.errors import SalesEtlError
from salesetl.mapping.profile_files import load_profiles
from salesetl.model.pipeline import Pipeline
from salesetl.quarantine import Rejected
from salesetl.readers.delivered import lines_of
from salesetl.runs import RunReport
from salesetl.storage import normalized, storage_of

# Rows of each reason whose lines are told, and of how many rejected rows they are looked for.
_LINES_SHOWN = 3


def rejected_rows(pipeline: Pipeline, lake: str, report: RunReport) -> list[Rejected]:
    """Return the rows of the main source that a run into a lake has rejected."""
    root = normalized(lake)
    found = quarantine.read_rejected(storage_of(root), root, pipeline, report.run_id)
    return [each for each in found if each.source == pipeline.main.name]


def rejected_lines(
    pipeline: Pipeline, report: RunReport, rejected: Iterable[Rejected]
) -> dict[str, list[int]]:
    """Return the lines of the first rows of each reason that a run has rejected."""
    source_profile = report.arguments.get("source_profile")
    profiles = load_profiles(source_profile, pipeline.contracts)
    encoding = profiles[pipeline.main.name].encoding
    rows: dict[str, list[Rejected]] = defaultdict(list)
    for row in rejected:
        for reason in row.reasons:
            if len(rows[reason]) < _LINES_SHOWN:
                rows[reason].append(row)
    records: dict[str, set[str]] = defaultdict(set)
    for row in chain.from_iterable(rows.values()):
        records[row.source_file].add(row.raw_record)
    lines = {
        file: _lines_of(file, wanted, encoding) for file, wanted in records.items()
    }
    numbers = {
        reason: (lines[row.source_file].get(row.raw_record) for row in found)
        for reason, found in rows.items()
    }
    return {reason: sorted(filter(None, found)) for reason, found in numbers.items()}


def _lines_of(file: str, records: set[str], encoding: str) -> dict[str, int]:
    try:
        return lines_of(file, records, encoding)
    except SalesEtlError:
        return {}
