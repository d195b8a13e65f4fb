"""The map of countries by revenue, and their ranking."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import altair as alt

from salesetl.money import sum_of
from salesetl.report.bars import bars, named_amount
from salesetl.report.country_grid import HEIGHT, PLACES, WIDTH, code_of
from salesetl.report.picture import (
    COUNT,
    ROOM,
    Panel,
    Picture,
    Rows,
    by_currency,
    drawing,
    in_currency,
    named,
    panel,
    titled,
    where,
)

_ROW_PIXELS = 17
# Between tiles, as a share of their size.
_GAP = 0.08
# Share of the highest revenue from which on a tile is so dark that only white can be read on it.
_DARK = Decimal("0.85")


def countries(
    name: str, title: str, told: str, rows: Rows, column: str, period: str
) -> Picture:
    """Draw revenue by country as a map of tiles and as bars; what is not on the map has its own."""
    return Picture(
        name,
        titled(title, rows, period),
        f"{told}. A tile is a country, at its rough place; the bluer, the more revenue",
        by_currency(rows, lambda own, currency: _panels(own, column, currency)),
        rows,
    )


def _panels(rows: Rows, column: str, currency: str) -> list[Panel]:
    money = in_currency(currency)
    others = [row for row in rows if code_of(row[column]) is None]
    return [
        world_map(rows, column, f"Map{money}"),
        bars(_bars(rows, column), f"Ranking{money}"),
        *([bars(_bars(others, column), f"Not on the map{money}")] if others else []),
    ]


def world_map(rows: Rows, column: str, title: str = "") -> Panel:
    """Draw revenue by country as shades of tiles; what is not on the map is left out."""
    values = _tiles(rows, column)
    world = [
        {"column": across, "row": down, "country": code}
        for code, (across, down) in PLACES.items()
    ]
    base = drawing(values)
    shade = alt.Color(
        "revenue:Q",
        scale=alt.Scale(domainMin=0),
        legend=alt.Legend(title=None, format=COUNT, tickCount=3),
    )
    tooltip = ["country:N", alt.Tooltip("revenue:Q", format=",.2f")]
    size = alt.ExprRef(f"min(11, {ROOM} / {WIDTH} * 0.635)")
    text = base.mark_text(fontSize=size).encode(text="country:N")
    land = drawing(world).mark_rect(color="#888888", opacity=0.16)
    layers = (
        land,
        base.mark_rect(stroke="#0072B2", strokeWidth=1).encode(
            color=shade, tooltip=tooltip
        ),
        *where(text, "is_light", values),
        *where(text.encode(color=alt.value("white")), "is_dark", values),
    )
    drawn = panel(
        values,
        *(_placed(layer) for layer in layers),
        title=title,
        nothing="no country is on the map",
    )
    return Panel(drawn.chart, title, HEIGHT * _ROW_PIXELS) if values else drawn


def _placed(layer: alt.Chart) -> alt.Chart:
    """Place tiles on the grid."""
    across, down = (
        alt.Scale(domain=list(range(size)), padding=_GAP) for size in (WIDTH, HEIGHT)
    )
    return layer.encode(
        x=alt.X("column:O", axis=None, scale=across),
        y=alt.Y("row:O", axis=None, scale=down),
    )


def _tiles(rows: Rows, column: str) -> list[dict[str, Any]]:
    amounts: dict[str, list[Decimal]] = defaultdict(list)
    for row in rows:
        code = code_of(row[column])
        if code:
            amounts[code].append(row["revenue"])
    totals = {code: sum_of(own) for code, own in amounts.items()}
    highest = max(totals.values(), default=Decimal(0))
    return [
        {
            "column": PLACES[code][0],
            "row": PLACES[code][1],
            "country": code,
            "revenue": float(total),
            "is_dark": total > highest * _DARK,
            "is_light": total <= highest * _DARK,
        }
        for code, total in totals.items()
    ]


def _bars(rows: Rows, column: str) -> list[dict[str, Any]]:
    return [named_amount(named(row[column]), row["revenue"]) for row in rows]
