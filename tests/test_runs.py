"""The report of a run is found again, and says amounts and times exactly."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from salesetl.errors import InputError
from salesetl.runs import (
    RunReport,
    read_report,
    read_reports,
    report_path,
    runtime_facts,
    timestamp_text,
)
from salesetl.storage.disk import LocalStorage

STORAGE = LocalStorage()
NAMESPACES = ["sales", "orders"]
REPORT = RunReport(
    run_id="run-1",
    job="enrich_sales",
    status="succeeded",
    started_at="2025-09-10T06:00:00.000000Z",
    arguments={"sales_path": "/in/Übersicht.csv", "as_of": None},
    rows_read=3,
    rows_by_reason={"date_is_valid": 1},
    partitions=[{"year": 2025, "month": 9, "rows": 2}],
    seconds_by_stage={"read": 1.5},
)


def write_report(root: Path, report: RunReport, namespace: str = "sales") -> None:
    """Write a report as a publish does."""
    path = report_path(str(root), namespace, report.run_id)
    STORAGE.write(path, json.dumps(report.as_dict()).encode())


def test_a_report_is_in_the_namespace_of_its_pipeline() -> None:
    path = report_path("s3://bucket/lake", "sales", "run-1")

    assert path == "s3://bucket/lake/sales/_runs/run-1.json"


def test_a_report_says_the_same_after_writing_and_reading(tmp_path: Path) -> None:
    write_report(tmp_path, REPORT)

    again = read_report(STORAGE, str(tmp_path), NAMESPACES, "run-1")

    assert again == REPORT


def test_reports_of_all_jobs_are_read_oldest_first(tmp_path: Path) -> None:
    second = replace(REPORT, run_id="a", started_at="2025-09-10T06:00:00.000001Z")
    third = replace(REPORT, run_id="b", job="another", started_at="2025-10-01T00:00Z")
    for report in (second, REPORT):
        write_report(tmp_path, report)
    write_report(tmp_path, third, "orders")

    reports = read_reports(STORAGE, str(tmp_path), NAMESPACES)

    assert [report.run_id for report in reports] == ["run-1", "a", "b"]


def test_other_files_beside_reports_are_passed_over(tmp_path: Path) -> None:
    write_report(tmp_path, REPORT)
    STORAGE.write(f"{tmp_path}/sales/_runs/notes.txt", b"by hand")

    reports = read_reports(STORAGE, str(tmp_path), NAMESPACES)

    assert reports == [REPORT]


def test_a_lake_without_runs_has_no_reports(tmp_path: Path) -> None:
    reports = read_reports(STORAGE, str(tmp_path), NAMESPACES)

    assert reports == []


def test_a_run_that_never_was_is_named_with_the_way_to_the_others(
    tmp_path: Path,
) -> None:
    write_report(tmp_path, REPORT)

    with pytest.raises(InputError) as refusal:
        read_report(STORAGE, str(tmp_path), NAMESPACES, "run-2")

    assert "'run-2'" in str(refusal.value)
    assert "salesetl runs list" in str(refusal.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"3", b"{}", b'{"run_id": "x", "colour": 1}', b"\xff\xfe"],
)
def test_a_file_that_is_no_report_is_named(tmp_path: Path, content: bytes) -> None:
    path = report_path(str(tmp_path), "sales", "broken")
    STORAGE.write(path, content)

    with pytest.raises(InputError) as refusal:
        read_reports(STORAGE, str(tmp_path), NAMESPACES)

    assert str(refusal.value).startswith(f"{path}: is not a run report")


def test_the_runtime_names_every_version() -> None:
    facts = runtime_facts({"engine": "duckdb", "duckdb": "1.5.5"}, "1.0")

    assert (facts["duckdb"], facts["salesetl"]) == ("1.5.5", "1.0")
    assert facts["python"].startswith("3.")


def test_a_moment_is_written_in_utc_to_the_microsecond() -> None:
    moment = datetime(2025, 9, 10, 6, 5, 4, 32, tzinfo=UTC)

    text = timestamp_text(moment)

    assert text == "2025-09-10T06:05:04.000032Z"
