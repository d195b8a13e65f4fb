"""How PostgreSQL names types, and how rows are written for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow

# The backslash is first, for the others are written with it.
_ESCAPED = (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("\r", r"\r"))


def kind(shown: str) -> str:
    """Write a type that PostgreSQL shows as the dialect does."""
    if shown == "timestamp without time zone":
        return "timestamp"
    return shown.replace("numeric", "decimal").replace("character varying", "varchar")


def copy_text(batch: pyarrow.RecordBatch) -> str:
    """Write rows in the text format of COPY, which tells an empty text from null."""
    import pyarrow
    from pyarrow import compute

    texts = []
    for column in batch.columns:
        text = column.cast(pyarrow.string())
        if column.type == pyarrow.string():
            for character, escaped in _ESCAPED:
                text = compute.replace_substring(text, character, escaped)
        texts.append(compute.fill_null(text, r"\N"))
    lines = compute.binary_join_element_wise(*texts, "\t").to_pylist()
    return "".join(f"{line}\n" for line in lines)
