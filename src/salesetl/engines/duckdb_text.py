"""Records of text files for DuckDB: by its own reader where that is sure to cut them right."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator, Sequence

from salesetl.engines.base import field_pattern, json_path
from salesetl.engines.records import BLANKS, is_packed, is_plain, records_of, unpacked
from salesetl.errors import InputError
from salesetl.schemas.types import T
from salesetl.storage import S3_SCHEMES

_LINES = (
    "columns = {'_record': 'VARCHAR'}, delim = chr(1), quote = '', escape = '',"
    " header = false, auto_detect = false, filename = '_source_file'"
)
_RECORDS_AT_ONCE = 100_000


class RecordReader:
    """Makes queries for the records of files; what it must cut itself it keeps in a folder."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._numbers = itertools.count()

    def query(
        self, paths: Sequence[str], encoding: str, skipped: int, *, is_multiline: bool
    ) -> str:
        """Return a query for the records of files and their paths."""
        plain = {p for p in paths if not is_multiline and _is_plain(p, encoding)}
        queries = []
        if plain:
            files = literal([exact_path(path) for path in sorted(plain)])
            queries.append(
                f"select _record, _source_file from read_csv({files}, {_LINES},"
                f" skip = {skipped})"
                f" where not regexp_full_match(_record, {literal(f'[{BLANKS}]*')})"
            )
        for path in paths:
            if path not in plain:
                records = self._cut(path, encoding, bool(skipped), is_multiline)
                queries.append(
                    f"select _record, {literal(path)} as _source_file"
                    f" from read_parquet({literal(records)})"
                )
        return " union all ".join(queries)

    def _cut(
        self, path: str, encoding: str, has_header: bool, is_multiline: bool
    ) -> str:
        """Write the records of a file that DuckDB itself cannot cut, and return their file."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        target = os.path.join(self._folder, f"{next(self._numbers)}.parquet")
        schema = pa.schema([("_record", pa.string())])
        with open(path, "rb") as file, pq.ParquetWriter(target, schema) as writer:
            records = records_of(
                unpacked(file, path),
                encoding,
                is_multiline=is_multiline,
                has_header=has_header,
            )
            for batch in _batches(records):
                writer.write_table(pa.table([batch], schema=schema))
        return target


def _is_plain(path: str, encoding: str) -> bool:
    if is_packed(path) or encoding.upper() not in ("UTF-8", "US-ASCII"):
        return False
    with open(path, "rb") as file:
        return is_plain(file)


def _batches(records: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(itertools.islice(records, _RECORDS_AT_ONCE)):
        yield batch


def fields_of(delimiter: str) -> str:
    """SQL for the fields of `_record`, with their quotes; none when a quote is out of place."""
    field = field_pattern(delimiter)
    return (
        f"case when not contains(_record, '\"') then string_split(_record, '{delimiter}')"
        f" when regexp_full_match(_record, '({field})([{delimiter}]({field}))*', 's')"
        f" then regexp_extract_all(_record || '{delimiter}', '({field})[{delimiter}]', 1)"
        " else [] end"
    )


def is_strict_json() -> str:
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


def json_value(field: T.StructField) -> str:
    """SQL for the text of a column in the JSON object `_record`, or for its list of structs."""
    path = literal("$" + "".join(f'."{name}"' for name in json_path(field)))
    if not isinstance(field.dataType, T.ArrayType):
        return f"_record ->> {path}"
    texts = {each.name: "VARCHAR" for each in field.dataType.elementType}
    kinds = f"json_type(_record, {path[:-1]}[*]')"
    others = f"list_filter({kinds}, kind -> kind not in ('OBJECT', 'NULL'))"
    structs = f"json_transform(_record -> {path}, {literal(json.dumps([texts]))})"
    return f"case when len({others}) = 0 then {structs} end"


def exact_path(path: str) -> str:
    """Write a local path so that DuckDB takes every character of it as it stands."""
    if path.partition("://")[0] in S3_SCHEMES:
        raise InputError(
            f"{path}: the embedded engine reads local files; pass --engine spark"
        )
    return "".join(f"[{char}]" if char in "*?[" else char for char in path)


def literal(value: object) -> str:
    """Write a value as DuckDB does."""
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return "'{}'".format(str(value).replace("'", "''"))
