"""Fields of delimited records for DuckDB."""

from salesetl.engines.delimited import (
    TextFormat,
    field_pattern,
    first_fields,
    first_spans,
    span_fields,
)
from salesetl.engines.duckdb_text import IS_PLAIN


def _fields_of(text: TextFormat) -> str:
    """SQL for the fields of `_record`, with their quotes; none if a quote is in the wrong place."""
    if text.spans:
        fits, spans = span_fields(text.spans)
        return f"case when {fits} then [{', '.join(spans)}] else [] end"
    delimiter = text.delimiter
    field = field_pattern(delimiter)
    return (
        f"case when not _is_quoted then string_split(_record, '{delimiter}')"
        f" when regexp_full_match(_record, '({field})([{delimiter}]({field}))*', 's')"
        f" then regexp_extract_all(_record || '{delimiter}', '({field})[{delimiter}]', 1)"
        " else [] end"
    )


def with_fields(lines: str, text: TextFormat) -> str:
    """SQL for lines with their `_fields`, and with their `_first_fields` if these are asked for."""
    is_plain = f"case when _is_in_plain_file then true else {IS_PLAIN} end as _is_plain"
    is_quoted = "_is_in_quoted_file and contains(_record, '\"') as _is_quoted"
    told = f"* exclude (_is_in_plain_file, _is_in_quoted_file), {is_plain}, {is_quoted}"
    lines = f"select {told} from ({lines})"
    query = f"select *, {_fields_of(text)} as _fields from ({lines})"
    if not text.has_first_fields:
        return query
    return f"select *, {_first_fields_of(text)} as _first_fields from ({query})"


def _first_fields_of(text: TextFormat) -> str:
    """SQL for the fields before the first fault of `_record`."""
    first = first_fields(text.delimiter)
    if text.spans:
        first = f"[{', '.join(first_spans(text.spans))}]"
    return f"case when len(_fields) > 0 then _fields else {first} end"
