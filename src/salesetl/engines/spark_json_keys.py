"""The keys of JSON objects for Spark, and the kinds of their values."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from salesetl.engines.engine import NAME_SEPARATOR
from salesetl.engines.spark_json import STRICT, json_value
from salesetl.model.shapes import item_parents, json_parents, json_path
from salesetl.model.table import item_fields
from salesetl.model.types import T

_OBJECT = "map<string, string>"
_NO_NAMES = "cast(array() as array<string>)"


def with_keys(records: DataFrame, schema: T.StructType) -> DataFrame:
    """Add a map of keys and texts for each object that columns are in, and lists of them for lists.

    Keys that are there twice are twice in the map too.
    """
    root = f"case when _is_well_formed then {_parsed('_record', _OBJECT)} end"
    records = records.withColumn(_name_of(""), F.expr(root))
    for parent in json_parents(schema):
        above, _, name = parent.rpartition(".")
        inner = _parsed(f"{_map_of(above)}['{name}']", _OBJECT)
        records = records.withColumn(_name_of(parent), F.expr(inner))
    for field in filter(item_fields, schema):
        *above_list, name = json_path(field)
        text = f"{_map_of('.'.join(above_list))}['{name}']"
        items = _parsed(text, f"array<{_OBJECT}>")
        records = records.withColumn(_name_of(_path(field)), F.expr(items))
        for parent in item_parents(field):
            above, _, name = f"{_path(field)}.{parent}".rpartition(".")
            inner = _parsed(f"item['{name}']", _OBJECT)
            objects = f"transform({_map_of(above)}, item -> {inner})"
            records = records.withColumn(
                _name_of(f"{_path(field)}.{parent}"), F.expr(objects)
            )
    return records


def has_key_twice(schema: T.StructType) -> str:
    """SQL that tells whether an object has a key twice."""
    twice = "size(map_keys({0})) <> size(array_distinct(map_keys({0})))"
    claims = [twice.format(_map_of(name)) for name in ("", *json_parents(schema))]
    claims += [
        f"exists({_map_of(path)}, item -> {twice.format('item')})"
        for path in _listed(schema)
    ]
    return _any(claims)


def has_other_kind(schema: T.StructType) -> str:
    """SQL that tells whether a value is of another kind than its column."""
    claims = []
    for field in schema:
        path, items = _path(field), item_fields(field)
        if items:
            claims += [
                _is_nested(f"item.`{each.name}`", json_path(each)[-1]) for each in items
            ]
            found = " or ".join(claims[-len(items) :])
            claims[-len(items) :] = [f"exists({json_value(field)}, item -> {found})"]
            claims.append(_is_lost(path, json_value(field)))
            claims += [
                _is_lost_in_items(path, parent) for parent in item_parents(field)
            ]
        else:
            claims.append(_is_nested(json_value(field), path.rpartition(".")[2]))
    for parent in json_parents(schema):
        struct = ".".join(f"`{name}`" for name in parent.split("."))
        claims.append(_is_lost(parent, f"get(_found, 0).{struct}"))
    return _any(claims)


def names_of(schema: T.StructType) -> str:
    """SQL for the names of all keys, those in objects and lists with the names of these before."""
    lists = [
        _prefixed(f"map_keys({_map_of(name)})", f"{name}." if name else "")
        for name in ("", *json_parents(schema))
    ]
    for path in _listed(schema):
        of_item = f"coalesce(map_keys(item), {_NO_NAMES})"
        keys = f"array_distinct(flatten(transform({_map_of(path)}, item -> {of_item})))"
        lists.append(_prefixed(keys, f"{path}."))
    texts = (f"array_join({names}, '{NAME_SEPARATOR}')" for names in lists)
    names = f"concat_ws('{NAME_SEPARATOR}', {', '.join(texts)})"
    return f"case when _is_well_formed then {names} end"


def _parsed(text: str, data_type: str) -> str:
    return f"from_json({text}, '{data_type}', map({STRICT}))"


def _name_of(path: str) -> str:
    """Name of the column with the keys of an object, or of those in a list."""
    return f"_keys_of {path}"


def _map_of(path: str) -> str:
    return f"`{_name_of(path)}`"


def _listed(schema: T.StructType) -> list[str]:
    """Return the paths of lists, and of the objects that their items have."""
    return [
        ".".join(filter(None, (_path(field), parent)))
        for field in filter(item_fields, schema)
        for parent in ("", *item_parents(field))
    ]


def _path(field: T.StructField) -> str:
    return ".".join(json_path(field))


def _is_nested(value: str, name: str) -> str:
    """SQL that tells whether the text of a value is that of an object or a list.

    Only where a text looks so is it looked for in the record, in which it has no quotes around it.
    """
    nested = f'"{name}"[ \\\\t]*:[ \\\\t]*[{{\\\\[]'
    return f"(left({value}, 1) in ('{{', '[') and _record rlike '{nested}')"


def _is_lost(path: str, found: str) -> str:
    """SQL that tells whether there is a value, but not of the kind that was looked for."""
    above, _, name = path.rpartition(".")
    return f"({_map_of(above)}['{name}'] is not null and {found} is null)"


def _is_lost_in_items(path: str, parent: str) -> str:
    """SQL that tells whether any item of a list has a value that must be an object and is none."""
    above, _, name = f"{path}.{parent}".rpartition(".")
    inner = _parsed(f"item['{name}']", _OBJECT)
    return f"exists({_map_of(above)}, item -> item['{name}'] is not null and {inner} is null)"


def _prefixed(keys: str, prefix: str) -> str:
    text = f"transform({keys}, key -> concat('{prefix}', key))" if prefix else keys
    return f"coalesce({text}, {_NO_NAMES})"


def _any(claims: list[str]) -> str:
    told = " or ".join(f"coalesce({claim}, false)" for claim in claims)
    return f"(_is_well_formed and ({told}))"
