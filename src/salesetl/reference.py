"""Writes the data dictionary, and the page of jobs and their arguments."""

import inspect
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from salesetl.local import LocalOptions
from salesetl.model.options import Option, options_of
from salesetl.model.pipeline import Pipeline
from salesetl.model.quarantine_table import QUARANTINE
from salesetl.model.source import Json
from salesetl.model.table import Table, item_fields, type_text
from salesetl.model.types import T

_ARGUMENTS = ["| argument | value | default | meaning |", "|---|---|---|---|"]


def data_dictionary(
    pipelines: Iterable[Pipeline], stars: Mapping[str, Iterable[Mapping[str, Any]]]
) -> str:
    """Describe tables, their columns and their rules as a Markdown page.

    `stars` are the models that a warehouse serves, by pipeline, as their declaration has them.
    """
    parts = [
        "# Data dictionary\n\nMade from the contracts of the pipelines by `make docs`.\n"
    ]
    for pipeline in pipelines:
        for source in pipeline.sources:
            delivered = (
                source.reader.delivered if isinstance(source.reader, Json) else None
            )
            parts.append(_section(source.contract, delivered))
        parts += [_section(table) for table in pipeline.tables]
    parts.append(_section(QUARANTINE))
    for namespace, models in stars.items():
        parts += [_model_section(namespace, model) for model in models]
    return "\n".join(parts)


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
        lines += [f"## {pipeline.job}", "", promise, "", *_ARGUMENTS]
        lines += [_argument(option) for option in options_of(pipeline.options)]
    lines += [
        "",
        "## All jobs",
        "",
        *_ARGUMENTS,
        *map(_argument, options_of(LocalOptions)),
    ]
    return "\n".join(lines) + "\n"


def _section(table: Table, delivered: T.StructType | None = None) -> str:
    facts = [f"Grain: {table.grain}."]
    if table.key:
        facts.append(f"Key: {_names(table.key)}.")
    if table.partition_by:
        facts.append(f"Partitions: {_names(table.partition_by)}.")
    lines = [
        f"## {table.name}",
        "",
        " ".join(facts),
        "",
        "| column | type | meaning |",
        "|---|---|---|",
    ]
    lines += [
        f"| {field.name} | {type_text(field.dataType).upper()} | {field.metadata['comment']} |"
        for field in table.schema
    ]
    if delivered and any(map(_is_nested, delivered)):
        shape = json.dumps(_shape(delivered), indent=2)
        lines += ["", "As delivered:", "", "```json", shape, "```"]
    if table.rules:
        lines += ["", "| rule | if broken | what must be true |", "|---|---|---|"]
        lines += [
            f"| {rule.name} | {rule.level} | `{_shown(rule.condition)}` |"
            for rule in table.rules
        ]
    return "\n".join(lines) + "\n"


def _model_section(namespace: str, model: Mapping[str, Any]) -> str:
    lines = [
        f"## {namespace}.{model['name']}",
        "",
        f"{model['description']} Served by a warehouse.",
        "",
        "| column | type | meaning |",
        "|---|---|---|",
    ]
    lines += [
        f"| {each['name']} | {each['data_type'].upper()} | {each['description']} |"
        for each in model["columns"]
    ]
    return "\n".join(lines) + "\n"


def _shape(data_type: T.DataType) -> Any:
    """Lay out a type as JSON, with the types of its values as texts."""
    match data_type:
        case T.StructType():
            return {field.name: _shape(field.dataType) for field in data_type}
        case T.ArrayType():
            return [_shape(data_type.elementType)]
        case _:
            return type_text(data_type)


def _is_nested(field: T.StructField) -> bool:
    return isinstance(field.dataType, T.StructType) or bool(item_fields(field))


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _argument(option: Option) -> str:
    default = "required" if option.is_required else option.default
    return f"| `--{option.name}` | {option.kind} | {default} | {option.help} |"


def _shown(condition: str) -> str:
    """Write a condition into a table, a long list of values by its ends."""
    listed = re.sub(r"\(('\w+'), (?:'\w+', ){20,}('\w+')\)", r"(\1, …, \2)", condition)
    return listed.replace("|", "\\|")
