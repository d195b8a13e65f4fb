"""Draws the way of the data, from delivered files to what is looked at, as a Markdown page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from salesetl.model.pipeline import Pipeline

_HEAD = """\
# Lineage

Made from the pipelines and the dbt models by `make docs`. An arrow leads from what is read to what
is made of it. Of a run, the files, tables, columns and rows are in an event of OpenLineage:
`<lake>/<pipeline>/_lineage/<run_id>.json`. Where a lake has runs, `salesetl warehouse load` and
`unload` leave events beside theirs (`warehouse-load-….json`): of the tables of the lake and their
copies, and of the tables that are served and their files. `build` leaves one where `--output_path`
names the lake, for it has no other need of it: of the copies and what is served, without the models
between. An event of what has failed tells why, and has no outputs.
"""
_READ = re.compile(r"(ref|source)\(\s*'(\w+)'(?:\s*,\s*'(\w+)')?\s*\)")
# Of a table of the lake, the schema stands before it.
_ASKED = re.compile(r"\b(?:from|join) (?:(\w+)\.)?(\w+)")
_ALIAS = re.compile(r"\bconfig\([^)]*\balias='(\w+)'")


def lineage_page(
    pipelines: Iterable[Pipeline],
    models: Mapping[str, Mapping[str, str]],
    tiles: Mapping[str, Mapping[str, str]],
) -> str:
    """Draw each pipeline.

    `models` are the texts of the models that read its tables, by name; `tiles` what its page reads,
    by the name of the query.
    """
    parts = [_HEAD]
    for pipeline in pipelines:
        own = models.get(pipeline.name, {})
        lines = [
            *_runs(pipeline),
            *_modelled(own),
            *_shown(tiles.get(pipeline.name, {}), own),
        ]
        drawn = "\n".join(["flowchart LR", *(f"    {line}" for line in lines)])
        parts.append(f"## {pipeline.name}\n\n```mermaid\n{drawn}\n```\n")
    return "\n".join(parts)


def _runs(pipeline: Pipeline) -> list[str]:
    """Draw from files to the tables of the lake."""
    lines = [
        f"file_{source.name}([{source.name} as delivered]) --> {pipeline.job}{{{{{pipeline.job}}}}}"
        for source in pipeline.sources
    ]
    for output in pipeline.outputs:
        above = pipeline.above(output)
        begin = f"t_{above.table.name}" if above else pipeline.job
        lines.append(f"{begin} --> t_{output.table.name}[({output.table.name})]")
    return lines


def _modelled(models: Mapping[str, str]) -> list[str]:
    """Draw from tables to models, and between models."""
    lines = []
    for name, text in sorted(models.items()):
        found = dict.fromkeys(_READ.findall(text))
        for kind, one, other in found:
            begin = f"t_{other}" if kind == "source" else f"m_{one}"
            lines.append(f"{begin} --> m_{name}[{served_name(name, text)}]")
    return lines


def _shown(tiles: Mapping[str, str], models: Mapping[str, str]) -> list[str]:
    """Draw from models, and from tables of the lake, to the tiles of the page."""
    by_alias = {served_name(name, text): name for name, text in models.items()}
    lines = []
    for tile, query in tiles.items():
        for schema, table in dict.fromkeys(_ASKED.findall(query)):
            if schema:
                lines.append(f"t_{table} --> p_{tile}>{tile}]")
            elif table in by_alias:
                lines.append(f"m_{by_alias[table]} --> p_{tile}>{tile}]")
    return lines


def served_name(name: str, text: str) -> str:
    """Return the name of the table that a model makes."""
    found = _ALIAS.search(text)
    return found[1] if found else name
