"""Columns for the last runs, stacked by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import altair as alt

from salesetl.report.picture import COUNT, ROOM, Panel, Rows, drawing, panel, roomy
from salesetl.runs import RunReport

# There is room for no more runs.
RUNS_SHOWN = 30
# What a label needs, and how wide a column of few runs is.
_PIXELS, _WIDEST = 40, 48
# So many have a line each.
_FEW = 5
# Vermilion, which can be seen on both grounds.
_FAILED = "#D55E00"


def run_names(runs: Sequence[RunReport]) -> list[str]:
    """Name runs after their place and the minute that they began in."""
    return [
        f"{place:02} {run.started_at[:10]} {run.started_at[11:16]}"
        for place, run in enumerate(runs)
    ]


def run_columns(
    runs: Sequence[RunReport],
    counts: Sequence[Mapping[str, Decimal | int]],
    kinds: Sequence[str],
    title: str = "",
    *,
    labels: Sequence[str] = (),
    axis: str = COUNT,
    nothing: str = "",
) -> Panel:
    """Draw what each run has of each kind; `labels` stand above the columns.

    `kinds` are all that there could be, so that each has the same colour on every page.
    """
    values = [
        {"run": name, "kind": kind, "place": place, "amount": float(own[kind])}
        for name, own in zip(run_names(runs), counts, strict=True)
        for place, kind in enumerate(kinds)
        if own.get(kind)
    ]
    found = [kind for kind in kinds if any(each["kind"] == kind for each in values)]
    stacked = drawing(values).encode(
        x=_runs_axis(runs),
        y=alt.Y("amount:Q", title=None, axis=_amounts_axis(counts, axis)),
        color=alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(domain=list(kinds)),
            legend=alt.Legend(values=found, columns=3),
        ),
        order="place:Q",
        tooltip=["run:N", "kind:N", alt.Tooltip("amount:Q", format=axis)],
    )
    width = alt.ExprRef(f"min({ROOM} / {max(len(runs), 1)} * 0.8, {_WIDEST})")
    return panel(
        values,
        stacked.mark_bar(width=width),
        *_failures(runs),
        *_labels(runs, counts, labels),
        title=title,
        nothing=nothing,
    )


def _amounts_axis(counts: Sequence[Mapping[str, Decimal | int]], text: str) -> alt.Axis:
    """Lay out the axis; of few things there are no halves."""
    highest = max((sum(own.values()) for own in counts), default=0)
    few = range(int(highest) + 2) if text == COUNT and highest <= _FEW else None
    more: dict[str, Any] = {"values": list(few)} if few else {}
    return alt.Axis(format=text, **more)


def _runs_axis(runs: Sequence[RunReport]) -> alt.X:
    day, minute = "slice(datum.value, 3, 13)", "slice(datum.value, 14)"
    return alt.X(
        "run:O",
        title=None,
        scale=alt.Scale(domain=run_names(runs)),
        axis=alt.Axis(labelAngle=0, labelOverlap=True, labelExpr=f"[{day}, {minute}]"),
    )


def _failures(runs: Sequence[RunReport]) -> list[alt.Chart]:
    """Draw a cross below each run that has published nothing."""
    values = [
        {"run": name, "status": run.status, "zero": 0}
        for name, run in zip(run_names(runs), runs, strict=True)
        if run.status != "succeeded"
    ]
    cross = drawing(values).mark_point(
        shape="cross", angle=45, filled=True, size=110, opacity=1, color=_FAILED
    )
    drawn = cross.encode(x=_runs_axis(runs), y="zero:Q", tooltip=["run:N", "status:N"])
    return [drawn] if values else []


def _labels(
    runs: Sequence[RunReport],
    counts: Sequence[Mapping[str, Decimal | int]],
    labels: Sequence[str],
) -> list[alt.Chart]:
    values: Rows = [
        {
            "run": name,
            "top": float(sum(max(amount, 0) for amount in own.values())),
            "label": label,
        }
        for name, own, label in zip(run_names(runs), counts, labels, strict=False)
        if label
    ]
    text = drawing(values).mark_text(dy=-7, opacity=roomy(len(runs) * _PIXELS))
    drawn = text.encode(x=_runs_axis(runs), y="top:Q", text="label:N")
    return [drawn] if values else []
