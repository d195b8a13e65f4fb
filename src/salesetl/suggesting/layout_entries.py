"""Writes how the text of a sample is laid out into a profile."""

from __future__ import annotations

from collections.abc import Iterable

from salesetl.suggesting.draft import Draft
from salesetl.suggesting.table_samples import NULLS, Column, TableSample


def put_layout(draft: Draft, sample: TableSample) -> None:
    """Write delimiter, encoding and header, as far as they are not the usual ones."""
    text = sample.text
    if sample.delimiter != "," and not (text.is_table or sample.says_delimiter):
        draft.put("delimiter", sample.delimiter)
    if text.encoding != "UTF-8" and not text.is_table:
        draft.put("encoding", text.encoding)
    if sample.header_lines > 1:
        draft.put("header_lines", sample.header_lines)
    if not sample.header_lines:
        draft.put("header", value=False)
        draft.put("names", [each.name for each in sample.columns])


def put_nulls(draft: Draft, columns: Iterable[Column]) -> None:
    """Write the texts in some columns that say that there is no value."""
    found = {text for column in columns for text in column.nulls}
    if found:
        draft.put("nulls", [text for text in NULLS if text in found])
