"""Contracts as text: the data dictionary."""

from collections.abc import Iterable

from salesetl.schemas.table import Table


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
    if table.rules:
        lines += ["", "| rule | if broken | what must be true |", "|---|---|---|"]
        lines += [
            f"| {rule.name} | {rule.level} | `{rule.condition.replace('|', chr(92) + '|')}` |"
            for rule in table.rules
        ]
    return "\n".join(lines) + "\n"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
