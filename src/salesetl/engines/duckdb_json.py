"""JSON for DuckDB: SQL that accepts or rejects whole records."""

from __future__ import annotations

import json
from typing import Any

from salesetl.engines.duckdb_json_keys import (
    has_key_twice,
    has_other_kind,
    key_columns,
    names_of,
    path_of,
)
from salesetl.engines.duckdb_json_shapes import Usual
from salesetl.engines.duckdb_text import IS_PLAIN, literal
from salesetl.engines.engine import NAME_SEPARATOR, risky_number
from salesetl.model.shapes import is_nested, json_path, nested
from salesetl.model.table import item_fields
from salesetl.model.types import T

# A number, and all that is before it since the last one, so that none is found inside a text; or
# the end, so that no text is left over to begin in.
_NUMBER = r'((?:[^"0-9-]|"(?:[^"\\]|\\.)*")*)(-?[0-9][0-9.eE+-]*|$)'

_TEXT = r'"(?:[^"\\]|\\.)*"'
_WITHOUT_TEXTS = f"regexp_replace(_record, {literal(_TEXT)}, '', 'g')"
# A usual object has no control characters but perhaps this one, and nothing escaped.
_IS_PLAIN_IF_USUAL = (
    "(strlen(_record) = length(_record) and not contains(_record, chr(127)))"
)
# Levels of objects and lists; Spark's own writer of JSON has no more.
_DEEPEST = 999


def objects_query(lines: str, schema: T.StructType, usual: Usual | None = None) -> str:
    """SQL for the columns of a schema in the JSON objects `_record` of lines, as text.

    Beside them it has what `Engine.read_json_lines` tells of each line. What is `usual` among the
    objects makes that quicker, and nothing else.
    """
    is_usual, names = "false", literal("")
    if usual:
        is_usual = f"regexp_full_match(_record, {literal(usual.pattern)})"
        names = literal(NAME_SEPARATOR.join(usual.names))
    is_valid = f"json_valid(_record) and {_is_strict()} and {_is_not_too_deep()}"
    json_type = f"case when {is_valid} then json_type(_record) end"
    strictly = f"coalesce({json_type} = 'OBJECT', false)"
    is_object = f"case when _is_usual then true else {strictly} end"
    looked_at = f"select *, {is_usual} as _is_usual from ({lines})"
    objects = f"select *, {is_object} as _is_well_formed from ({looked_at})"
    exact = f"select *, {_exact(schema)} as _object from ({objects})"
    # All values at once, for each look for one would parse the object again; keys too.
    shape = literal(json.dumps(nested(schema.fields, _shape_of)))
    read = f"json_transform(_object, {shape})"
    parsed = {"_values": f"case when _is_well_formed then {read} end"} | {
        name: f"case when _is_well_formed and not _is_usual then {value} end"
        for name, value in key_columns(schema).items()
    }
    found = ", ".join(f"{value} as {name}" for name, value in parsed.items())
    values = ", ".join(f'{_value(field)} as "{field.name}"' for field in schema)
    usually = {
        "_is_plain": (_IS_PLAIN_IF_USUAL, IS_PLAIN),
        "_has_key_twice": ("false", has_key_twice(schema)),
        "_has_other_kind": ("false", has_other_kind(schema)),
        "_names": (names, names_of(schema)),
    }
    told = [
        f"case when _is_usual then {known} else {value} end as {name}"
        for name, (known, value) in usually.items()
    ]
    passed_on = ", ".join(["_is_usual", *key_columns(schema)])
    return (
        f"select * exclude ({passed_on}),"
        f" {', '.join(told)}"
        f" from (select {values}, _record, _source_file, _place, _is_well_formed,"
        f" {passed_on} from (select *, {found} from ({exact})))"
    )


def _exact(schema: T.StructType) -> str:
    """SQL for `_record` with its numbers as texts, if any may not come through as it is."""
    texts = f"""regexp_replace(_record, {literal(_NUMBER)}, '\\1"\\2"', 'g')"""
    is_risky = f"regexp_matches(_record, {literal(risky_number(schema))})"
    # What stands for the end is taken off again.
    is_to_change = f"_is_well_formed and not _is_usual and {is_risky}"
    return f"case when {is_to_change} then {texts}[:-3] else _record end"


def _is_strict() -> str:
    """SQL that tells whether what DuckDB takes for JSON is that to everybody.

    It allows a comma after the last item, and numbers such as NaN; but inside a text both are fine.
    """
    lenient = literal(r"(?i),\s*[}\]]|nan|inf")
    return (
        f"case when regexp_matches(_record, {lenient})"
        f" then not regexp_matches({_WITHOUT_TEXTS}, {lenient}) else true end"
    )


def _is_not_too_deep() -> str:
    """SQL that tells whether a record has no more levels than Spark reads."""
    brackets = f"regexp_extract_all({_WITHOUT_TEXTS}, '[{{}}\\[\\]]')"
    levels = (
        f"list_transform({brackets}, lambda bracket: {{'level': case when bracket in ('{{', '[')"
        " then 1 else -1 end, 'deepest': 0})"
    )
    deepest = (
        f"list_reduce({levels}, lambda above, step: {{'level': above.level + step.level,"
        " 'deepest': greatest(above.deepest, above.level + step.level)},"
        " {'level': 0, 'deepest': 0}).deepest"
    )
    # Levels are counted only in a record that has brackets for as many.
    return (
        f"case when strlen(_record) < {2 * _DEEPEST} or len({brackets}) < {2 * _DEEPEST}"
        f" then true else {deepest} <= {_DEEPEST} end"
    )


def _shape_of(field: T.StructField) -> Any:
    """Return the shape of a value, or of the items of a list, for DuckDB."""
    fields = item_fields(field)
    return [nested(fields, lambda each: "VARCHAR")] if fields else "VARCHAR"


def _value(field: T.StructField) -> str:
    """SQL for the text of a column, or for its list of structs, in `_values`."""
    value, fields = f"_values.{_names_in(field)}", item_fields(field)
    if not fields:
        return value
    kinds = f"json_type(_object, {literal(f'{path_of(field)}[*]')})"
    others = f"list_filter({kinds}, lambda kind: kind not in ('OBJECT', 'NULL'))"
    is_read = (
        f"case when _is_usual then true when _is_well_formed then len({others}) = 0 end"
    )
    if is_nested(fields):
        inner = ", ".join(f'"{each.name}" := item.{_names_in(each)}' for each in fields)
        value = f"list_transform({value}, lambda item: struct_pack({inner}))"
    return f"case when {is_read} then {value} end"


def _names_in(field: T.StructField) -> str:
    return ".".join(f'"{name}"' for name in json_path(field))
