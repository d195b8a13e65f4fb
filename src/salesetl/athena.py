"""Contracts as tables of Athena, and dbt models as its views."""

import re
from itertools import takewhile

from salesetl.catalog.projection import injected_columns, projected
from salesetl.catalog.tables import grain_text
from salesetl.errors import InputError
from salesetl.model.table import Table, type_text
from salesetl.model.types import T

_NOTE = """\
-- Grain: {grain}.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix."""
_REPAIR = """\
-- Run `msck repair table {name}` then, and when a run has added a partition."""
_PROJECTED = """\
-- Partitions follow from their names and need no registering; registered ones are not looked at."""
_UNPARTITIONED = "-- It has no partitions."
_INJECTED = """
-- A query must name a {name}, such as `where {name} = '…'`; without that it fails."""

_REFERENCE = re.compile(
    r"{{ (?:ref\('([a-z0-9_]+)'\)|source\('[a-z0-9_]+', '([a-z0-9_]+)'\)) }}"
)


def external_table(table: Table) -> str:
    """Write `create external table`, for partitions that are registered."""
    note = _REPAIR.format(name=table.sql_name) if table.partition_by else _UNPARTITIONED
    return _statement(table, note, {})


def projected_table(table: Table) -> str:
    """Write `create external table` with partition projection."""
    properties = projected(table, _location(table))
    note = _PROJECTED if properties else _UNPARTITIONED
    for name in injected_columns(properties):
        note += _INJECTED.format(name=name)
    return _statement(table, note, properties)


def view(name: str, model: str) -> str:
    """Write `create or replace view` from the text of a dbt model; InputError for other Jinja."""
    text = _REFERENCE.sub(lambda found: found[1] or found[2], model)
    if "{{" in text or "{%" in text or "{#" in text:
        raise InputError(
            f"model {name}: a view can be made only of ref('…') and source('…', '…')"
        )
    lines = text.splitlines()
    comments = list(takewhile(lambda line: line.startswith("--"), lines))
    query = lines[len(comments) :]
    return "\n".join([*comments, f"create or replace view {name} as", *query]) + "\n"


def _statement(table: Table, note: str, properties: dict[str, str]) -> str:
    inside = table.data_fields
    outside = [table.field(name) for name in table.partition_by]
    entries = {"classification": "parquet", **properties}
    return "\n".join(
        [
            _NOTE.format(grain=table.grain),
            note,
            f"create external table if not exists {table.sql_name} (",
            _columns(inside),
            ")",
            f"comment {_text(grain_text(table))}",
            *(["partitioned by (", _columns(outside), ")"] if outside else []),
            "stored as parquet",
            f"location {_text(_location(table))}",
            "tblproperties (",
            ",\n".join(
                f"    {_text(key)} = {_text(value)}" for key, value in entries.items()
            ),
            ")\n",
        ]
    )


def _columns(fields: list[T.StructField]) -> str:
    return ",\n".join(
        f"    `{field.name}` {type_text(field.dataType)}"
        f" comment {_text(field.metadata['comment'])}"
        for field in fields
    )


def _location(table: Table) -> str:
    return f"${{lake}}/{table.folder}/"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
