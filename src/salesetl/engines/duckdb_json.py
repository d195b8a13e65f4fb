"""JSON for DuckDB: SQL that accepts or rejects whole records."""

from __future__ import annotations

import json
from collections.abc import Mapping

from salesetl.engines.duckdb_json_keys import (
    has_key_twice,
    has_other_kind,
    key_columns,
    names_of,
    path_of,
)
from salesetl.engines.duckdb_text import literal
from salesetl.engines.engine import risky_number
from salesetl.model.shapes import is_nested, json_path, nested
from salesetl.model.table import item_fields
from salesetl.model.types import T

# A number, and all that is before it since the last one, so that none is found inside a text; or
# the end, so that no text is left over to begin in.
_NUMBER = r'((?:[^"0-9-]|"(?:[^"\\]|\\.)*")*)(-?[0-9][0-9.eE+-]*|$)'


def objects_query(lines: str, schema: T.StructType) -> str:
    """SQL for the columns of a schema in the JSON objects `_record` of lines, as text.

    Beside them it has what `Engine.read_json_lines` tells of each line.
    """
    is_valid = f"json_valid(_record) and {_is_strict()}"
    json_type = f"case when {is_valid} then json_type(_record) end"
    is_object = f"coalesce({json_type} = 'OBJECT', false)"
    # All texts at once, for each look for one would parse the object again; kinds and keys too.
    texts = [path_of(field) for field in schema if not item_fields(field)]
    objects = f"select *, {is_object} as _is_well_formed from ({lines})"
    exact = f"select *, {_exact(schema)} as _object from ({objects})"
    found = {"_texts": f"_object ->> {literal(texts)}", **key_columns(schema)}
    parsed = ", ".join(
        f"case when _is_well_formed then {value} end as {name}"
        for name, value in found.items()
    )
    places = {path: place for place, path in enumerate(texts, start=1)}
    values = ", ".join(
        f'case when _is_well_formed then {_value(field, places)} end as "{field.name}"'
        for field in schema
    )
    passed_on = ", ".join(name for name in found if name != "_texts")
    return (
        f"select * exclude ({passed_on}), {has_key_twice(schema)} as _has_key_twice,"
        f" {has_other_kind(schema)} as _has_other_kind, {names_of(schema)} as _names"
        f" from (select {values}, _record, _source_file, _place, _is_well_formed,"
        f" {passed_on} from (select *, {parsed} from ({exact})))"
    )


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
    path, fields = path_of(field), item_fields(field)
    if not fields:
        return f"_texts[{places[path]}]"
    kinds = f"json_type(_object, {literal(f'{path}[*]')})"
    others = f"list_filter({kinds}, lambda kind: kind not in ('OBJECT', 'NULL'))"
    items = f"_object -> {literal(path)}"
    shape = nested(fields, lambda each: "VARCHAR")
    structs = f"json_transform({items}, {literal(json.dumps([shape]))})"
    if is_nested(fields):
        values = ", ".join(
            f'"{each.name}" := item.{".".join(map(_name, json_path(each)))}'
            for each in fields
        )
        structs = f"list_transform({structs}, lambda item: struct_pack({values}))"
    return f"case when len({others}) = 0 then {structs} end"


def _name(name: str) -> str:
    return f'"{name}"'
