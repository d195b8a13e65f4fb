"""Contracts as text: the data dictionary."""

import json
from collections.abc import Iterable
from typing import Any

from salesetl.schemas.table import Table, item_fields, json_path
from salesetl.schemas.types import T


def data_dictionary(tables: Iterable[Table]) -> str:
    """Describe tables, their columns and their rules as a Markdown page."""
    parts = [
        "# Data dictionary\n\nMade from the contracts in `src/salesetl/schemas/` by `make docs`.\n"
    ]
    return "\n".join([*parts, *(_section(table) for table in tables)])


def _section(table: Table) -> str:
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
        f"| {field.name} | {field.dataType.simpleString().upper()} | {field.metadata['comment']} |"
        for field in table.schema
    ]
    if any(
        json_path(field) != [field.name] or item_fields(field) for field in table.schema
    ):
        shape = json.dumps(_delivered(table.schema), indent=2)
        lines += ["", "As delivered:", "", "```json", shape, "```"]
    if table.rules:
        lines += ["", "| rule | if broken | what must be true |", "|---|---|---|"]
        lines += [
            f"| {rule.name} | {rule.level} | `{rule.condition.replace('|', chr(92) + '|')}` |"
            for rule in table.rules
        ]
    return "\n".join(lines) + "\n"


def _delivered(schema: T.StructType) -> dict[str, Any]:
    """Lay out the columns of a schema as they are in a JSON object, with their types as values."""
    root: dict[str, Any] = {}
    for field in schema:
        *above, name = json_path(field)
        place = root
        for each in above:
            place = place.setdefault(each, {})
        items = item_fields(field)
        place[name] = (
            [_delivered(T.StructType(items))]
            if items
            else field.dataType.simpleString()
        )
    return root


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
