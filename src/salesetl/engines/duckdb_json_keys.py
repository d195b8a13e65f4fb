"""The keys of JSON objects for DuckDB, and the kinds of their values."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from salesetl.engines.duckdb_text import literal
from salesetl.engines.engine import NAME_SEPARATOR
from salesetl.model.shapes import item_parents, json_parents, json_path
from salesetl.model.table import item_fields
from salesetl.model.types import T

_COLON = r"[ \t]*:[ \t]*"


def key_columns(schema: T.StructType) -> dict[str, str]:
    """SQL for the columns of a record that the other functions of this module are about."""
    parents = [_quoted(parent.split(".")) for parent in json_parents(schema)]
    return {
        "_keys": f"json_keys(_record, {literal(['$', *parents])})",
        **{
            _keys_of(field, parent): _item_keys(field, parent)
            for field, parent in _listed(schema)
        },
        "_has_odd_kind": f"regexp_matches(_record, {literal(_odd_kind(schema))})",
    }


def has_key_twice(schema: T.StructType) -> str:
    """SQL that tells whether an object has a key twice."""
    lists = ["_keys", *(_keys_of(*each) for each in _listed(schema))]
    twice = "lambda keys: len(keys) <> len(list_distinct(keys))"
    return " or ".join(
        f"coalesce(len(list_filter({keys}, {twice})) > 0, false)" for keys in lists
    )


def has_other_kind(schema: T.StructType) -> str:
    """SQL that tells whether a value is of another kind than its column.

    Where a pattern has found none, only the items of a list are left to be told.
    """
    lists = _lists(schema)
    texts = [path_of(field) for field in schema if field not in lists]
    parents = [_quoted(parent.split(".")) for parent in json_parents(schema)]
    claims = [_has_any(_kinds(texts), "['OBJECT', 'ARRAY']")]
    claims.append(_has_others(_kinds(parents), "('OBJECT', 'NULL')"))
    claims.append(
        _has_others(_kinds([path_of(each) for each in lists]), "('ARRAY', 'NULL')")
    )
    for field in lists:
        for each in item_fields(field):
            kinds = f"json_type(_record, {literal(_item_path(field, json_path(each)))})"
            claims.append(_has_any(kinds, "['OBJECT', 'ARRAY']"))
        for parent in item_parents(field):
            inner = _item_path(field, parent.split("."))
            kinds = f"json_type(_record, {literal(inner)})"
            claims.append(_has_others(kinds, "('OBJECT', 'NULL')"))
    # A list of anything but objects is not read at all.
    lost = [
        f'("{field.name}" is null'
        f" and coalesce(json_type(_record, {literal(path_of(field))}) = 'ARRAY', false))"
        for field in lists
    ]
    exact = f"case when _has_odd_kind then {' or '.join(claims)} else false end"
    told = " or ".join([exact, *lost])
    # Nothing is asked of what is no JSON, which would stop the query.
    return f"case when _is_well_formed then {told} else false end"


def names_of(schema: T.StructType) -> str:
    """SQL for the names of all keys, those in objects and lists with the names of these before."""
    separator = literal(NAME_SEPARATOR)
    prefixes = ["", *(f"{parent}." for parent in json_parents(schema))]
    lists = [
        _prefixed(f"_keys[{place}]", prefix)
        for place, prefix in enumerate(prefixes, start=1)
    ]
    for field, parent in _listed(schema):
        prefix = ".".join([*json_path(field), *filter(None, [parent]), ""])
        keys = f"list_distinct(flatten({_keys_of(field, parent)}))"
        # What a list of other items has is not asked, as the list is not read.
        keys = f'case when "{field.name}" is null then [] else {keys} end'
        lists.append(_prefixed(keys, prefix))
    texts = (f"array_to_string({names}, {separator})" for names in lists)
    return f"concat_ws({separator}, {', '.join(texts)})"


def path_of(field: T.StructField) -> str:
    """Path to a column in an object, as DuckDB writes it."""
    return _quoted(json_path(field))


def _lists(schema: T.StructType) -> list[T.StructField]:
    """Return the columns that are lists of structs."""
    return [field for field in schema if item_fields(field)]


def _listed(schema: T.StructType) -> list[tuple[T.StructField, str]]:
    """Return each list with '' for its items, and with each object that these have."""
    return [
        (field, parent)
        for field in _lists(schema)
        for parent in ("", *item_parents(field))
    ]


def _keys_of(field: T.StructField, parent: str) -> str:
    """Name of the column with the keys of the objects in a list, or of those in these."""
    return f'"_keys_{field.name}/{parent}"'


def _item_keys(field: T.StructField, parent: str) -> str:
    """SQL for the lists of keys that the objects in a list have, or those in these."""
    path = _item_path(field, parent.split(".") if parent else [])
    items = f"json_extract(_record, {literal(path)})"
    return f"list_transform({items}, lambda item: json_keys(item))"


def _item_path(field: T.StructField, names: Sequence[str]) -> str:
    """Path to a value in all items of a list."""
    return f"{path_of(field)}[*]{_quoted(names).removeprefix('$')}"


def _odd_kind(schema: T.StructType) -> str:
    """Pattern of a record that may have a value of another kind than its column.

    Names in objects of other names are found too, and nothing inside a text, where quotes are
    written otherwise.
    """
    lists = _lists(schema)
    names = [json_path(field)[-1] for field in schema if field not in lists]
    names += [json_path(each)[-1] for field in lists for each in item_fields(field)]
    above = [*json_parents(schema), *chain(*map(item_parents, lists))]
    parents = dict.fromkeys(parent.rpartition(".")[2] for parent in above)
    claims = [f'"({"|".join(names)})"{_COLON}[{{\\[]']
    if parents:
        claims.append(f'"({"|".join(parents)})"{_COLON}[^{{ \\tn]')
    if lists:
        listed = "|".join(json_path(field)[-1] for field in lists)
        claims.append(f'"({listed})"{_COLON}[^\\[ \\tn]')
    return "|".join(claims)


def _kinds(paths: Sequence[str]) -> str:
    return f"json_type(_record, {literal(list(paths))})"


def _has_any(kinds: str, wanted: str) -> str:
    return f"coalesce(list_has_any({kinds}, {wanted}), false)"


def _has_others(kinds: str, allowed: str) -> str:
    others = f"list_filter({kinds}, lambda kind: kind not in {allowed})"
    return f"coalesce(len({others}) > 0, false)"


def _prefixed(names: str, prefix: str) -> str:
    if not prefix:
        return names
    return f"list_transform({names}, lambda key: concat({literal(prefix)}, key))"


def _quoted(names: Sequence[str]) -> str:
    return "$" + "".join(f'."{name}"' for name in names)
