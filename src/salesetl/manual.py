"""Writes the page of jobs and their arguments."""

import inspect
from collections.abc import Iterable

from salesetl.local import LocalOptions
from salesetl.model.options import Option, options_of
from salesetl.model.pipeline import Pipeline

_HEADER = ["| argument | value | default | meaning |", "|---|---|---|---|"]


def jobs_page(pipelines: Iterable[Pipeline]) -> str:
    """Describe jobs and their arguments as a Markdown page."""
    lines = [
        "# Jobs and their arguments",
        "",
        "Made from the options of the pipelines by `make docs`.",
        "",
    ]
    for pipeline in pipelines:
        promise = (inspect.getdoc(pipeline.options) or "").partition("\n")[0]
        lines += [f"## {pipeline.job}", "", promise, "", *_HEADER]
        lines += [_row(option) for option in options_of(pipeline.options)]
    lines += ["", "## All jobs", "", *_HEADER, *map(_row, options_of(LocalOptions))]
    return "\n".join(lines) + "\n"


def _row(option: Option) -> str:
    default = "required" if option.is_required else option.default
    return f"| `--{option.name}` | {option.kind} | {default} | {option.help} |"
