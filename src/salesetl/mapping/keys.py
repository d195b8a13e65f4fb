"""Makes keys from several columns of a file, by a profile."""

from collections.abc import Mapping

from salesetl import parsing
from salesetl.characters import name_key, trimmed
from salesetl.mapping.sections import Key
from salesetl.model.table import Table

_SEPARATOR = "chr(31)"


def key_text(key: Key, positions: Mapping[str, str], table: Table) -> str:
    """SQL for the key of a row; null where its first part is missing.

    Different parts never make the same key. With `line_number` it is made of the values of all
    columns of the contract too, and not of the line: a row keeps its key when it is delivered again
    in another order or encoding, with blanks around its values or among more columns.
    """
    first, *others = [trimmed(positions[name_key(name)]) for name in key.parts]
    parts = [first, *(f"coalesce({part}, '')" for part in others)]
    if len(parts) > 1 or key.line_number:
        parts = [_escaped(part, key.separator) for part in parts]
    separator = parsing.text_literal(key.separator)
    joined = f"concat({f', {separator}, '.join(parts)})"
    if not key.line_number:
        return joined
    values = _values(key, table)
    # Numbered among the rows of its file that are alike, so that a row has the same key when it
    # comes again without the rows around it, as in a replay.
    alike = f"_source_file, {joined}, {values}"
    number = f"row_number() over (partition by {alike} order by {joined})"
    parts = [joined, f"substring(md5({values}), 1, 12)", f"cast({number} as string)"]
    return f"concat({f', {separator}, '.join(parts)})"


def _escaped(part: str, separator: str) -> str:
    """SQL for a part in which a separator, and what escapes it, is written with a backslash."""
    escape = parsing.text_literal("\\")
    for character in ("\\", separator):
        literal = parsing.text_literal(character)
        part = f"replace({part}, {literal}, concat({escape}, {literal}))"
    return part


def _values(key: Key, table: Table) -> str:
    """SQL for the values of a row, each as its type writes it, or as text without its form.

    The columns are trimmed texts.
    """
    texts = (
        f"coalesce(cast({parsing.parsed(field, f'`{field.name}`')} as string), `{field.name}`, '')"
        for field in table.schema
        if field.name != key.column
    )
    return f"concat_ws({_SEPARATOR}, {', '.join(texts)})"
