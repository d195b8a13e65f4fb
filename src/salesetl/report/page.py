"""The report: one page that needs no server and no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import vl_convert
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from salesetl.report.data_quality import Quality
from salesetl.report.figures import Figure
from salesetl.report.picture import Picture, look
from salesetl.report.rendering import specification
from salesetl.report.shares import moment, words
from salesetl.report.wording import FILTERS
from salesetl.runs import RunReport

_RUNS_SHOWN = 10
# What the script of the page needs of the library.
_GLOBALS = "window.vegaEmbed = vegaEmbed;"


@dataclass(frozen=True)
class Section:
    """The section of a pipeline on the page.

    `extent` tells from when to when the data is.
    """

    name: str
    extent: str
    figures: Sequence[Figure]
    pictures: Sequence[Picture]
    quality: Quality


def page(sections: Sequence[Section], reports: Sequence[RunReport]) -> str:
    """Lay out the page as one file; the same lake gives the same bytes."""
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters |= FILTERS
    newest = sorted(reports, key=lambda run: run.started_at, reverse=True)
    return environment.from_string(_file("report.html")).render(
        sections=sections,
        runs=[(_told(run), run.error) for run in newest[:_RUNS_SHOWN]],
        count_of_runs=len(newest),
        charts=_charts(sections),
        looks={"light": look(is_dark=False), "dark": look(is_dark=True)},
        style=_own(_file("report.css")),
        script=_own(_file("report.js")),
        vega=_own(vl_convert.javascript_bundle(_GLOBALS)),
    )


def _own(text: str) -> Markup:
    """Let a file of the package go onto the page as it is; what comes from the lake is escaped."""
    return Markup(text)  # nosec B704


def _told(run: RunReport) -> dict[str, Any]:
    return {
        "run": run.run_id,
        "job": words(run.job),
        "status": run.status,
        "finished": moment(run.finished_at),
        "rows read": run.rows_read,
        "loaded": run.rows_loaded,
        "quarantined": run.rows_quarantined,
        "duplicates": run.duplicates_removed,
        "filtered": run.rows_filtered,
    }


def _charts(sections: Sequence[Section]) -> dict[str, Any]:
    return {
        f"{picture.name}-{number}": specification(panel, picture)
        for section in sections
        for picture in (*section.pictures, *section.quality.pictures)
        for number, panel in enumerate(picture.panels)
    }


def _file(name: str) -> str:
    folder = resources.files("salesetl") / "report"
    return (folder / name).read_text(encoding="utf-8")
