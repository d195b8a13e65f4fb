"""Runs tell CloudWatch what they have done, exactly, in its embedded metric format."""

import json
from decimal import Decimal
from typing import Any

from salesetl.metrics import metric_lines
from salesetl.runs import RunReport

REPORT = RunReport(
    run_id="run-1",
    job="enrich_sales",
    status="succeeded",
    started_at="2025-12-18T04:00:00.000000Z",
    finished_at="2025-12-18T04:01:30.500000Z",
    bytes_read=1000,
    newest_file_at="2025-12-18T03:00:00Z",
    rows_read=10,
    rows_loaded=7,
    rows_quarantined=2,
    duplicates_removed=1,
    amounts={
        "total_amount": {
            "EUR": {"loaded": "90071992547409931.27", "rejected": "1.00"},
            "": {"loaded": "-0.10"},
        }
    },
)


def documents(report: RunReport) -> list[dict[str, Any]]:
    """Read the lines, with amounts to the cent."""
    lines = metric_lines(report, "salesetl-dev-enrich_sales").splitlines()
    return [json.loads(line, parse_float=Decimal) for line in lines]


def test_a_run_tells_duration_lag_bytes_and_the_outcome_of_each_row() -> None:
    [told, *_] = documents(REPORT)

    assert told["job"] == "salesetl-dev-enrich_sales"
    assert (told["DurationSeconds"], told["LagSeconds"]) == (Decimal("90.5"), 3690.5)
    assert told["BytesRead"] == 1000
    outcomes = ("RowsLoaded", "RowsQuarantined", "DuplicatesRemoved", "RowsFiltered")
    assert sum(told[name] for name in outcomes) == told["RowsRead"] == 10
    assert (told["run_id"], told["status"]) == ("run-1", "succeeded")


def test_amounts_are_told_by_currency_and_to_the_cent() -> None:
    [_, *amounts] = documents(REPORT)

    assert [(each["currency"], each["AmountLoaded"]) for each in amounts] == [
        ("EUR", Decimal("90071992547409931.27")),
        ("none", Decimal("-0.10")),
    ]
    assert all(each["amount"] == "total_amount" for each in amounts)


def test_a_line_is_what_cloudwatch_makes_metrics_of() -> None:
    for told in documents(REPORT):
        metadata = told["_aws"]
        [directive] = metadata["CloudWatchMetrics"]
        # 2025-12-18 04:01:30.5 UTC.
        assert metadata["Timestamp"] == 1766030490500
        assert directive["Namespace"] == "salesetl"
        [dimensions] = directive["Dimensions"]
        assert all(isinstance(told[name], str) for name in dimensions)
        named = {metric["Name"] for metric in directive["Metrics"]}
        assert named and named <= set(told)


def test_a_run_without_a_file_has_no_lag() -> None:
    [told, *_] = documents(
        RunReport("r", "j", "succeeded", REPORT.started_at, REPORT.finished_at)
    )

    assert "LagSeconds" not in told
    assert told["RowsRead"] == 0
