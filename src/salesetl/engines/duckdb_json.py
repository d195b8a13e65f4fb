"""JSON for DuckDB: SQL that accepts or rejects whole records."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from salesetl.engines.base import NAME_SEPARATOR, risky_number
from salesetl.engines.duckdb_text import literal
from salesetl.model.shapes import json_parents, json_path
from salesetl.model.table import item_fields
from salesetl.model.types import T

# A number, and all that is before it since the last one, so that none is found inside a text; or
# the end, so that no text is left over to begin in.
_NUMBER = r'((?:[^"0-9-]|"(?:[^"\\]|\\.)*")*)(-?[0-9][0-9.eE+-]*|$)'
_COLON = r"[ \t]*:[ \t]*"


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
        "_keys": f"json_keys(_record, {literal(['$', *parents])})",
        **{_keys_of(field): _item_keys(field) for field in _lists(schema)},
        "_has_odd_kind": f"regexp_matches(_record, {literal(_odd_kind(schema))})",
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
    passed_on = ", ".join(name for name in found if name != "_texts")
    return (
        f"select * exclude ({passed_on}), {_has_key_twice(schema)} as _has_key_twice,"
        f" {_has_other_kind(schema)} as _has_other_kind, {_names(schema)} as _names"
        f" from (select {values}, _record, _source_file, _place, _is_well_formed,"
        f" {passed_on} from (select *, {parsed} from ({exact})))"
    )


def _lists(schema: T.StructType) -> list[T.StructField]:
    """Return the columns that are lists of structs."""
    return [field for field in schema if item_fields(field)]


def _keys_of(field: T.StructField) -> str:
    """Name of the column with the keys of the objects in a list."""
    return f'"_keys_{field.name}"'


def _item_keys(field: T.StructField) -> str:
    """SQL for the lists of keys that the objects in a list have."""
    items = f"json_extract(_record, {literal(f'{_path(field)}[*]')})"
    return f"list_transform({items}, lambda item: json_keys(item))"


def _has_key_twice(schema: T.StructType) -> str:
    lists = ["_keys", *map(_keys_of, _lists(schema))]
    twice = "lambda keys: len(keys) <> len(list_distinct(keys))"
    return " or ".join(
        f"coalesce(len(list_filter({keys}, {twice})) > 0, false)" for keys in lists
    )


def _odd_kind(schema: T.StructType) -> str:
    """Pattern of a record that may have a value of another kind than its column.

    Names in objects of other names are found too, and nothing inside a text, where quotes are
    written otherwise.
    """
    lists = _lists(schema)
    names = [json_path(field)[-1] for field in schema if field not in lists]
    names += [each.name for field in lists for each in item_fields(field)]
    parents = [parent.rpartition(".")[2] for parent in json_parents(schema)]
    claims = [f'"({"|".join(names)})"{_COLON}[{{\\[]']
    if parents:
        claims.append(f'"({"|".join(parents)})"{_COLON}[^{{ \\tn]')
    if lists:
        listed = "|".join(json_path(field)[-1] for field in lists)
        claims.append(f'"({listed})"{_COLON}[^\\[ \\tn]')
    return "|".join(claims)


def _has_other_kind(schema: T.StructType) -> str:
    """SQL that tells whether a value is of another kind than its column.

    Where a pattern has found none, only the items of a list are left to be told.
    """
    lists = _lists(schema)
    texts = [_path(field) for field in schema if field not in lists]
    parents = [_quoted(parent.split(".")) for parent in json_parents(schema)]
    claims = [_has_any(_kinds(texts), "['OBJECT', 'ARRAY']")]
    claims.append(_has_others(_kinds(parents), "('OBJECT', 'NULL')"))
    claims.append(
        _has_others(_kinds([_path(each) for each in lists]), "('ARRAY', 'NULL')")
    )
    for field in lists:
        for each in item_fields(field):
            kinds = (
                f"""json_type(_record, {literal(f'{_path(field)}[*]."{each.name}"')})"""
            )
            claims.append(_has_any(kinds, "['OBJECT', 'ARRAY']"))
    # A list of anything but objects is not read at all.
    lost = [
        f'("{field.name}" is null'
        f" and coalesce(json_type(_record, {literal(_path(field))}) = 'ARRAY', false))"
        for field in lists
    ]
    exact = f"case when _has_odd_kind then {' or '.join(claims)} else false end"
    told = " or ".join([exact, *lost])
    # Nothing is asked of what is no JSON, which would stop the query.
    return f"case when _is_well_formed then {told} else false end"


def _kinds(paths: Sequence[str]) -> str:
    return f"json_type(_record, {literal(list(paths))})"


def _has_any(kinds: str, wanted: str) -> str:
    return f"coalesce(list_has_any({kinds}, {wanted}), false)"


def _has_others(kinds: str, allowed: str) -> str:
    others = f"list_filter({kinds}, lambda kind: kind not in {allowed})"
    return f"coalesce(len({others}) > 0, false)"


def _names(schema: T.StructType) -> str:
    """SQL for the names of all keys, those in objects and lists with the names of these before."""
    separator = literal(NAME_SEPARATOR)
    prefixes = ["", *(f"{parent}." for parent in json_parents(schema))]
    lists = [
        _prefixed(f"_keys[{place}]", prefix)
        for place, prefix in enumerate(prefixes, start=1)
    ]
    for field in _lists(schema):
        prefix = ".".join([*json_path(field), ""])
        keys = f"list_distinct(flatten({_keys_of(field)}))"
        # What a list of other items has is not asked, as the list is not read.
        keys = f'case when "{field.name}" is null then [] else {keys} end'
        lists.append(_prefixed(keys, prefix))
    texts = (f"array_to_string({names}, {separator})" for names in lists)
    return f"concat_ws({separator}, {', '.join(texts)})"


def _prefixed(names: str, prefix: str) -> str:
    if not prefix:
        return names
    return f"list_transform({names}, lambda key: concat({literal(prefix)}, key))"


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
