"""Drawings as Vega-Lite and as PNG."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import vl_convert

from salesetl.report.picture import ROOM, WHOLE, Panel, Picture, look

_WIDTH, _HEIGHT = 820, 340
_HEIGHT_ON_PAGE = 240
_PIXELS = 2


def specification(panel: Panel, picture: Picture) -> dict[str, Any]:
    """Return a panel as Vega-Lite, as wide as its container, without a look."""
    title = f"{picture.title}, {panel.title}" if panel.title else picture.title
    chart = panel.chart.properties(
        width="container",
        height=panel.height or _HEIGHT_ON_PAGE,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        description=f"{title}: {picture.subtitle}",
    )
    drawn: dict[str, Any] = chart.to_dict()
    drawn.pop("config", None)
    return _with_room(drawn, {"expr": "width"}, {"expr": "containerSize()[0]"})


def png(picture: Picture) -> bytes:
    """Draw a picture with its title; the same rows give the same bytes."""
    panels = picture.panels
    columns = 1 if len(panels) == 1 else 2
    width = (_WIDTH - 40 * (columns - 1)) // columns
    height = _HEIGHT if len(panels) <= columns else _HEIGHT // 2
    charts = [
        panel.chart.properties(
            width=width, height=panel.height or height, title=panel.title
        )
        for panel in panels
    ]
    title = alt.TitleParams(
        picture.title,
        subtitle=picture.subtitle,
        fontSize=18,
        subtitleFontSize=13,
        subtitlePadding=6,
        offset=18,
    )
    page = (
        alt.concat(*charts, columns=columns).properties(
            title=title, padding=20, config=look(is_dark=False)
        )
        # The shades of one currency say nothing of another.
        .resolve_scale(color="independent")
    )
    drawn = _with_room(page.to_dict(), {"value": width}, {"value": width})
    return bytes(vl_convert.vegalite_to_png(json.dumps(drawn), scale=_PIXELS))


def _with_room(
    drawn: dict[str, Any], room: dict[str, Any], whole: dict[str, Any]
) -> dict[str, Any]:
    """Tell a drawing how wide it is, for what depends on it."""
    told = [{"name": ROOM, **room}, {"name": WHOLE, **whole}]
    return drawn | {"params": [*told, *drawn.get("params", [])]}
