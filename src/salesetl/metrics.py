"""Tells CloudWatch what a run has done: lines of a log from which it makes metrics.

The format is the Embedded Metric Format of CloudWatch, which its user guide specifies.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from salesetl.runs import RunReport

NAMESPACE = "salesetl"
# The dimension of all metrics: the name of the job or function, which has the environment in it.
DIMENSION = "job"
# What the rows of the main source came to.
OUTCOMES = {
    "RowsLoaded": "rows_loaded",
    "RowsQuarantined": "rows_quarantined",
    "DuplicatesRemoved": "duplicates_removed",
    "RowsFiltered": "rows_filtered",
}


def metric_lines(report: RunReport, name: str) -> str:
    """Write the metrics of a run of the job or function `name`, a line of JSON each.

    Duration and lag are in seconds. The lag is the age of the newest file at the end of the run.
    Amounts are those of the main source that this run has loaded, by currency, to the cent.
    """
    seconds = _seconds_between(report.started_at, report.finished_at)
    values: dict[str, Any] = {
        "DurationSeconds": seconds,
        "RowsRead": report.rows_read,
        **{metric: getattr(report, field) for metric, field in OUTCOMES.items()},
        "BytesRead": report.bytes_read,
    }
    if report.newest_file_at:
        values["LagSeconds"] = _seconds_between(
            report.newest_file_at, report.finished_at
        )
    lines = [_line(report, {DIMENSION: name}, values)]
    for amount, by_currency in report.amounts.items():
        for currency, sums in by_currency.items():
            of = {DIMENSION: name, "amount": amount, "currency": currency or "none"}
            # A text goes in as it is, for a float would not keep the cents of a large sum.
            line = _line(report, of, {"AmountLoaded": 0})
            lines.append(line.replace("0", sums["loaded"], 1))
    return "".join(f"{line}\n" for line in lines)


def _line(
    report: RunReport, dimensions: Mapping[str, str], values: Mapping[str, Any]
) -> str:
    moment = datetime.fromisoformat(report.finished_at)
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": metric, "Unit": _unit(metric)} for metric in values],
    }
    metadata = {
        "Timestamp": int(moment.timestamp() * 1000),
        "CloudWatchMetrics": [directive],
    }
    run = {"run_id": report.run_id, "status": report.status}
    return json.dumps({**values, **dimensions, **run, "_aws": metadata})


def _unit(metric: str) -> str:
    if metric.endswith("Seconds"):
        return "Seconds"
    return {"BytesRead": "Bytes", "AmountLoaded": "None"}.get(metric, "Count")


def _seconds_between(first: str, last: str) -> float:
    begin, end = map(datetime.fromisoformat, (first, last))
    return max(0.0, round((end - begin).total_seconds(), 3))
