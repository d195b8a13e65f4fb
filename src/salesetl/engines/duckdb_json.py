"""JSON for DuckDB: SQL that takes records whole or not."""

from __future__ import annotations

import json
from collections.abc import Mapping

from salesetl.engines.base import json_path, risky_number
from salesetl.engines.duckdb_text import literal
from salesetl.schemas.table import item_fields
from salesetl.schemas.types import T

# A number, and all that is before it since the last one, so that none is found inside a text; or
# the end, so that no text is left over to begin in.
_NUMBER = r'((?:[^"0-9-]|"(?:[^"\\]|\\.)*")*)(-?[0-9][0-9.eE+-]*|$)'


def objects_query(lines: str, schema: T.StructType) -> str:
    """SQL for the columns of a schema in the JSON objects `_record` of lines, as text.

    `_is_well_formed` is false for a line that is not a JSON object.
    """
    is_valid = f"json_valid(_record) and {_is_strict()}"
    json_type = f"case when {is_valid} then json_type(_record) end"
    is_object = f"coalesce({json_type} = 'OBJECT', false)"
    # All texts at once, for each look for one would parse the object again.
    texts = [_path(field) for field in schema if not item_fields(field)]
    objects = f"select *, {is_object} as _is_well_formed from ({lines})"
    exact = f"select *, {_exact(schema)} as _object from ({objects})"
    found = f"case when _is_well_formed then _object ->> {literal(texts)} end"
    parsed = f"select *, {found} as _texts from ({exact})"
    places = {path: place for place, path in enumerate(texts, start=1)}
    values = ", ".join(
        f'case when _is_well_formed then {_value(field, places)} end as "{field.name}"'
        for field in schema
    )
    return f"select {values}, _record, _source_file, _is_well_formed from ({parsed})"


def _exact(schema: T.StructType) -> str:
    """SQL for `_record` with its numbers as texts, if any may not come through as it is."""
    texts = f"""regexp_replace(_record, {literal(_NUMBER)}, '\\1"\\2"', 'g')"""
    is_risky = f"regexp_matches(_record, {literal(risky_number(schema))})"
    # What stands for the end is taken off again.
    return (
        f"case when _is_well_formed and {is_risky} then {texts}[:-3] else _record end"
    )


def _is_strict() -> str:
    """SQL that tells whether what DuckDB takes for JSON is that to everybody.

    It allows a comma after the last item, and numbers such as NaN; but inside a text both are fine.
    """
    lenient = literal(r"(?i),\s*[}\]]|nan|inf")
    texts = literal(r'"(?:[^"\\]|\\.)*"')
    without_texts = f"regexp_replace(_record, {texts}, '', 'g')"
    return (
        f"case when regexp_matches(_record, {lenient})"
        f" then not regexp_matches({without_texts}, {lenient}) else true end"
    )


def _value(field: T.StructField, places: Mapping[str, int]) -> str:
    """SQL for the text of a column, at its place in `_texts`, or for its list of structs."""
    path = _path(field)
    names = {each.name: "VARCHAR" for each in item_fields(field)}
    if not names:
        return f"_texts[{places[path]}]"
    kinds = f"json_type(_object, {literal(f'{path}[*]')})"
    others = f"list_filter({kinds}, kind -> kind not in ('OBJECT', 'NULL'))"
    items = f"_object -> {literal(path)}"
    structs = f"json_transform({items}, {literal(json.dumps([names]))})"
    return f"case when len({others}) = 0 then {structs} end"


def _path(field: T.StructField) -> str:
    """Path to a column in an object, as DuckDB writes it."""
    return "$" + "".join(f'."{name}"' for name in json_path(field))
