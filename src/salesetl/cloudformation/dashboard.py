"""Lay out the CloudWatch dashboard of an environment, from the metrics that runs write."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from salesetl.metrics import DIMENSION, NAMESPACE, OUTCOMES

_WIDTH, _HEIGHT = 8, 6
_HOUR = 3600
_CHARTS = (
    ("rows by outcome", list(OUTCOMES), "Sum"),
    ("seconds", ["DurationSeconds", "LagSeconds"], "Maximum"),
    ("bytes read", ["BytesRead"], "Sum"),
)


def dashboard(jobs: Sequence[str]) -> dict[str, Any]:
    """Return the dashboard: a row of charts for each job, and one of the amounts of all."""
    names = {job: f"salesetl-${{Env}}-{job}" for job in jobs}
    widgets = [
        _widget(column, row, 1, _chart(job, name, *chart))
        for row, (job, name) in enumerate(names.items())
        for column, chart in enumerate(_CHARTS)
    ]
    widgets.append(_widget(0, len(jobs), len(_CHARTS), _amounts(list(names.values()))))
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": "salesetl-${Env}",
            # A template may not be large, and every blank counts.
            "DashboardBody": json.dumps({"widgets": widgets}, separators=(",", ":")),
        },
    }


def _chart(
    job: str, name: str, title: str, metrics: Sequence[str], statistic: str
) -> dict[str, Any]:
    first = [NAMESPACE, metrics[0], DIMENSION, name]
    # A dot stands for what is above it.
    others = [[".", metric, ".", "."] for metric in metrics[1:]]
    return {"title": f"{job}: {title}", "stat": statistic, "metrics": [first, *others]}


def _amounts(names: Sequence[str]) -> dict[str, Any]:
    """Search for the amounts of this environment: which currencies there are, runs tell."""
    jobs = " OR ".join(f'"{name}"' for name in names)
    search = (
        f'SEARCH(\'{{{NAMESPACE},{DIMENSION},amount,currency}} MetricName="AmountLoaded"'
        f" {DIMENSION}=({jobs})', 'Sum', {_HOUR})"
    )
    return {
        "title": "amounts loaded, by currency",
        "metrics": [[{"expression": search, "id": "amounts"}]],
    }


def _widget(
    column: int, row: int, columns: int, chart: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "type": "metric",
        "x": column * _WIDTH,
        "y": row * _HEIGHT,
        "width": columns * _WIDTH,
        "height": _HEIGHT,
        "properties": {"region": "${AWS::Region}", "period": _HOUR, **chart},
    }
