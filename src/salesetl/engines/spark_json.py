"""JSON for Spark: SQL that accepts or rejects whole records, because its parser is lenient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from salesetl.engines.engine import risky_number
from salesetl.model.shapes import is_nested, json_path, nested
from salesetl.model.table import item_fields
from salesetl.model.types import T

STRICT = "'allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false'"
# An escape of half a character stands for none; Spark would read a question mark in its place. What
# is taken out first are escaped backslashes and escapes of both halves.
_HAS_HALF_CHARACTER = (
    r"(instr(_record, '\\u') > 0"
    r" and regexp_replace(_record, '\\\\\\\\|\\\\u[dD][89abAB]..\\\\u[dD][c-fC-F]', '')"
    r" rlike '\\\\u[dD][89a-fA-F]')"
)

# A number, and all that is before it since the last one, so that none is found inside a text. What
# is taken is never given back, for which Java needs no stack.
_NUMBER = (
    r'\\G((?:[^"0-9-]++|"[^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+")*+)'
    r"(-?(?:0|[1-9][0-9]*+)(?:\\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+)(?=[\\s,}\\]])"
)


def parsed_record(schema: T.StructType) -> str:
    """SQL that parses `_record` to a list: the record, and a proof that nothing follows it.

    Spark reads on to the end of the first value and takes no notice of the rest of the text.
    """
    text = f"concat('[', {_exact(schema)}, ', {{\"_end\": \"\"}}]')"
    return f"from_json({text}, 'array<{_struct(schema)}>', map({STRICT}))"


def is_object(schema: T.StructType) -> str:
    """SQL that tells whether `_record`, parsed as `_found`, is a JSON object from end to end."""
    gaps = " or ".join(_gap(field) for field in schema)
    return (
        "coalesce(left(trim(leading ' \t' from _record), 1) = '{' and size(_found) = 2"
        " and get(_found, 0) is not null and get(_found, 1)._end = ''"
        f" and not {_HAS_HALF_CHARACTER} and (not ({gaps}) or {_is_sound(schema)}), false)"
    )


def json_value(field: T.StructField) -> str:
    """SQL for the text of a column in `_found`, or for its list of structs."""
    found = f"get(_found, 0).{_quoted(json_path(field))}"
    items = item_fields(field)
    if not is_nested(items):
        return found
    values = (f"'{each.name}', item.{_quoted(json_path(each))}" for each in items)
    return f"transform({found}, item -> named_struct({', '.join(values)}))"


def _exact(schema: T.StructType) -> str:
    """SQL for `_record` with its numbers as texts, if any may not come through as it is."""
    return (
        f"case when _record rlike '{risky_number(schema)}'"
        f" then regexp_replace(_record, '{_NUMBER}', '$1\"$2\"') else _record end"
    )


def _gap(field: T.StructField) -> str:
    """SQL that tells whether any part of a column was not found."""
    value = json_value(field)
    names = [f"item.`{each.name}` is null" for each in item_fields(field)]
    items = f" or exists({value}, item -> {' or '.join(names)})" if names else ""
    return f"{value} is null{items}"


def _is_sound(schema: T.StructType) -> str:
    """SQL that tells whether all of `_record` is JSON.

    Of a value that is not, Spark makes a null and reads on; only if every value is asked for as
    text, so that none can be of a wrong type, does its column of broken records show that.
    """
    names = dict.fromkeys(json_path(field)[0] for field in schema)
    fields = ", ".join(f"`{name}`: string" for name in (*names, "_broken"))
    options = f"map({STRICT}, 'columnNameOfCorruptRecord', '_broken')"
    return f"from_json(_record, 'struct<{fields}>', {options})._broken is null"


def _struct(schema: T.StructType) -> str:
    """Type to parse an object to: every value as text, where the contract says it is."""
    tree: dict[str, Any] = {"_end": "string"}

    def written(node: Any) -> str:
        if isinstance(node, str):
            return node
        inner = ", ".join(f"`{name}`: {written(each)}" for name, each in node.items())
        return f"struct<{inner}>"

    def type_of(field: T.StructField) -> str:
        items = item_fields(field)
        if not items:
            return "string"
        return f"array<{written(nested(items, lambda each: 'string'))}>"

    return written(tree | nested(schema.fields, type_of))


def _quoted(path: Sequence[str]) -> str:
    return ".".join(f"`{name}`" for name in path)
