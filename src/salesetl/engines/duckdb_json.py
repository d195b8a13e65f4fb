"""JSON for DuckDB: SQL that takes records whole or not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from salesetl.engines.base import NAME_SEPARATOR, risky_number
from salesetl.engines.duckdb_text import literal
from salesetl.schemas.table import item_fields, json_parents, json_path
from salesetl.schemas.types import T

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
    texts = [_path(field) for field in schema if not item_fields(field)]
    parents = [_quoted(parent.split(".")) for parent in json_parents(schema)]
    objects = f"select *, {is_object} as _is_well_formed from ({lines})"
    exact = f"select *, {_exact(schema)} as _object from ({objects})"
    found = {
        "_texts": f"_object ->> {literal(texts)}",
        "_kinds": f"json_type(_record, {literal([*texts, *parents])})",
        "_keys": f"json_keys(_record, {literal(['$', *parents])})",
        **{f"_keys_{name}": _item_keys(field) for name, field in _lists(schema)},
    }
    parsed = ", ".join(
        f"case when _is_well_formed then {value} end as {name}"
        for name, value in found.items()
    )
    places = {path: place for place, path in enumerate(texts, start=1)}
    values = ", ".join(
        f'case when _is_well_formed then {_value(field, places)} end as "{field.name}"'
        for field in schema
    )
    return (
        f"select {values}, _record, _source_file, _place, _is_well_formed,"
        f" {_has_key_twice(schema)} as _has_key_twice,"
        f" {_has_other_kind(schema, len(texts))} as _has_other_kind,"
        f" {_names(schema)} as _names"
        f" from (select *, {parsed} from ({exact}))"
    )


def _lists(schema: T.StructType) -> list[tuple[str, T.StructField]]:
    """Return the columns that are lists of structs, with their names."""
    return [(field.name, field) for field in schema if item_fields(field)]


def _item_keys(field: T.StructField) -> str:
    """SQL for the lists of keys that the objects in a list have."""
    items = f"json_extract(_record, {literal(f'{_path(field)}[*]')})"
    return f"list_transform({items}, lambda item: json_keys(item))"


def _has_key_twice(schema: T.StructType) -> str:
    lists = ["_keys", *(f"_keys_{name}" for name, _ in _lists(schema))]
    twice = "lambda keys: len(keys) <> len(list_distinct(keys))"
    return " or ".join(
        f"coalesce(len(list_filter({keys}, {twice})) > 0, false)" for keys in lists
    )


def _has_other_kind(schema: T.StructType, texts: int) -> str:
    """SQL that tells whether a value is of another kind than its column; `texts` are first."""
    nested = "list_has_any({}, ['OBJECT', 'ARRAY'])"
    other = "len(list_filter({}, lambda kind: kind not in ('OBJECT', 'NULL'))) > 0"
    claims = [
        nested.format(f"_kinds[:{texts}]"),
        other.format(f"_kinds[{texts + 1}:]"),
    ]
    for _, field in _lists(schema):
        kinds = f"json_type(_record, {literal(f'{_path(field)}[*]')})"
        claims.append(other.format(kinds))
        for each in item_fields(field):
            inner = literal(f'{_path(field)}[*]."{each.name}"')
            claims.append(nested.format(f"json_type(_record, {inner})"))
    told = " or ".join(f"coalesce({claim}, false)" for claim in claims)
    return f"case when _is_well_formed then {told} else false end"


def _names(schema: T.StructType) -> str:
    """SQL for the names of all keys, those in objects and lists with the names of these before."""
    prefixes = ["", *(f"{parent}." for parent in json_parents(schema))]
    lists = [
        f"list_transform(_keys[{place}], lambda key: concat({literal(prefix)}, key))"
        for place, prefix in enumerate(prefixes, start=1)
    ]
    for name, field in _lists(schema):
        prefix = literal(".".join([*json_path(field), ""]))
        lists.append(
            f"list_transform(flatten(_keys_{name}), lambda key: concat({prefix}, key))"
        )
    names = f"list_distinct(flatten([{', '.join(lists)}]))"
    return f"array_to_string(list_sort({names}), {literal(NAME_SEPARATOR)})"


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
    others = f"list_filter({kinds}, lambda kind: kind not in ('OBJECT', 'NULL'))"
    items = f"_object -> {literal(path)}"
    structs = f"json_transform({items}, {literal(json.dumps([names]))})"
    return f"case when len({others}) = 0 then {structs} end"


def _path(field: T.StructField) -> str:
    """Path to a column in an object, as DuckDB writes it."""
    return _quoted(json_path(field))


def _quoted(names: Sequence[str]) -> str:
    return "$" + "".join(f'."{name}"' for name in names)
