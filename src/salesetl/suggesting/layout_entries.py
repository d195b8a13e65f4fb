"""Writes how the text of a sample is laid out into a profile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from salesetl.suggesting.draft import Draft
from salesetl.suggesting.table_samples import NULLS, Column, TableSample


def put_layout(draft: Draft, sample: TableSample) -> None:
    """Write delimiter, encoding and header, as far as they are not the usual ones."""
    for name, value in layout_of(draft, sample).items():
        draft.put(name, value)


def layout_of(draft: Draft, sample: TableSample) -> dict[str, Any]:
    """Return the entries for how a sample is laid out, and remark what is a guess."""
    text = sample.text
    entries: dict[str, Any] = {}
    if sample.delimiter != "," and not (text.is_table or sample.says_delimiter):
        entries["delimiter"] = sample.delimiter
    if text.encoding != "UTF-8" and not text.is_table:
        entries["encoding"] = text.encoding
        if text.is_guessed:
            draft.remarks.append(
                f"the encoding is a guess: {text.encoding}; see that names with accents are right"
            )
    if sample.skip_lines:
        entries["skip_lines"] = sample.skip_lines
    elif sample.header_lines > 1:
        entries["header_lines"] = sample.header_lines
    if sample.skip_lines or not sample.header_lines:
        entries["header"] = False
        entries["names"] = [each.name for each in sample.columns]
    return entries


def put_nulls(draft: Draft, columns: Iterable[Column]) -> None:
    """Write the texts in some columns that say that there is no value.

    A text that may be a value in one of them is none in all of them.
    """
    columns = list(columns)
    found = {text for column in columns for text in column.nulls}
    for text in NULLS:
        names = sorted(each.name for each in columns if text in each.filled)
        if names:
            found.discard(text)
            draft.remarks.append(
                f"{text!r} in {', '.join(map(repr, names))} is taken as a value; if it says that"
                " there is none, add it to nulls"
            )
    if found:
        draft.put("nulls", [text for text in NULLS if text in found])
