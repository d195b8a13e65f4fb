"""The parts of a chart, and one look for all charts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import altair as alt

Row = Mapping[str, Any]
Rows = Sequence[Row]

NOT_KNOWN = "unknown"
NO_CURRENCY = "no currency"
# Thousands are separated; decimals are there where there are some.
COUNT = ",~f"

# Okabe and Ito's palette, which the colour-blind can tell apart; on light ground as dark as thin
# lines must be to be seen, with grey for its yellow.
_PALETTE = ("#0072B2", "#C77D00", "#009E73", "#B8578F", "#D55E00", "#555555")
_DARK_PALETTE = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#F0E442")
COLOURS = len(_PALETTE)
# The parameters of every drawing that say how many pixels wide it is, without its axis and whole.
ROOM, WHOLE = "room", "whole"
_UNITS = {"B": Decimal("1e9"), "M": Decimal("1e6"), "k": Decimal("1e3")}


@dataclass(frozen=True)
class Panel:
    """One drawing of a picture; a picture of several gives each a title.

    `height` is in pixels, where it needs more than others.
    """

    chart: alt.LayerChart
    title: str = ""
    height: int | None = None


@dataclass(frozen=True)
class Picture:
    """A chart: what it shows and in which unit, its panels, and the rows it is drawn from.

    Amounts are floats in the drawing, where no cent can be seen, and decimals in the rows.
    """

    name: str
    title: str
    subtitle: str
    panels: Sequence[Panel]
    rows: Rows


def look(*, is_dark: bool) -> dict[str, Any]:
    """Return the Vega-Lite configuration of all charts, on light or dark ground."""
    ink, faint, lines = (
        ("#E8E8E8", "#B4B4B4", "#3A3F45")
        if is_dark
        else ("#222222", "#5F5F5F", "#E3E3E3")
    )
    palette = _DARK_PALETTE if is_dark else _PALETTE
    return {
        "background": None if is_dark else "white",
        "font": "Helvetica, Arial, Liberation Sans, sans-serif",
        "view": {"stroke": None},
        "mark": {"color": palette[0]},
        "text": {"color": ink, "fontSize": 11},
        "axis": {
            "domain": False,
            "ticks": False,
            "labelColor": ink,
            "labelFontSize": 11,
            "labelPadding": 6,
            "titleColor": faint,
            "titleFontWeight": "normal",
            "gridColor": lines,
        },
        "axisQuantitative": {"tickCount": 5},
        "legend": {"labelColor": ink, "titleColor": faint, "orient": "top"},
        "title": {"color": ink, "subtitleColor": faint, "anchor": "start"},
        "range": {
            "category": list(palette),
            "heatmap": ["#1B2A35", "#0072B2"] if is_dark else ["#EEF5FA", "#0072B2"],
        },
    }


def drawing(rows: Sequence[Mapping[str, Any]]) -> alt.Chart:
    """Begin a drawing of rows whose values are texts, numbers and truths."""
    return alt.Chart(alt.Data.from_dict({"values": [dict(row) for row in rows]}))


def panel(
    values: Sequence[Mapping[str, Any]],
    *layers: alt.Chart,
    title: str = "",
    nothing: str = "",
) -> Panel:
    """Lay drawings of values over each other; without values, say that there is `nothing`."""
    if not values:
        told = drawing([{"text": nothing or "nothing to draw yet"}])
        layers = (told.mark_text(fontSize=13).encode(text="text:N"),)
    return Panel(alt.LayerChart(layer=list(layers)), title)


def by_currency(
    rows: Rows, draw: Callable[[Rows, str], Sequence[Panel]]
) -> list[Panel]:
    """Draw the panels of each currency; the title of the picture has the name of a single one."""
    of_currency: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_currency[row["currency"] or NO_CURRENCY].append(row)
    if len(of_currency) < 2:
        return list(draw(rows, ""))
    return [
        drawn
        for currency, own in sorted(of_currency.items())
        for drawn in draw(own, currency)
    ]


def titled(name: str, rows: Rows, period: str) -> str:
    """Write the title of a picture: what it shows, in which currency if in one, and of when."""
    currencies = {row.get("currency") for row in rows}
    unit = currencies.pop() if len(currencies) == 1 else None
    return ", ".join(filter(None, (name, unit, period)))


def in_currency(currency: str) -> str:
    """Write what follows the name of an amount in a currency; nothing without one."""
    return f" in {currency}" if currency else ""


def named(value: Any) -> str:
    """Name a group; a group of unknown customers is named "unknown"."""
    return NOT_KNOWN if value is None else str(value)


def short_text(value: Decimal) -> str:
    """Write an amount in three digits, such as 634k and 1.11M; one below ten to the cent."""
    for unit, size in _UNITS.items():
        if abs(value) >= size:
            return _three_digits(value / size) + unit
    return _three_digits(value)


def _three_digits(value: Decimal) -> str:
    decimals = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{decimals}f}"


def roomy(pixels: int) -> alt.ExprRef:
    """Return the opacity of labels that need so many pixels: they are seen if there is room."""
    return alt.ExprRef(f"{ROOM} >= {pixels} ? 1 : 0")


def where(
    chart: alt.Chart, name: str, values: Sequence[Mapping[str, Any]]
) -> list[alt.Chart]:
    """Draw a chart only of the values with a true `name`; nothing if there are none.

    A drawing without values would make the library warn of a scale without extent.
    """
    return (
        [chart.transform_filter(f"datum.{name}")]
        if any(v[name] for v in values)
        else []
    )


def amounts_axis(field: str) -> alt.Y:
    """Encode amounts or counts upwards."""
    return alt.Y(f"{field}:Q", title=None, axis=alt.Axis(format=COUNT))
