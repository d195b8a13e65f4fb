"""Reads JSON of another shape than the contract's, by the paths that a source profile names.

A path may lead anywhere, also into the items of a list, which no engine does alike. So Python takes
the values out, and the engines are given lines of texts (docs/decisions/0020).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from salesetl.characters import name_key
from salesetl.engines.engine import Engine
from salesetl.mapping.mapped import with_contract_columns
from salesetl.mapping.profile import IS_FILTERED, Profile
from salesetl.mapping.sections import ListProfile
from salesetl.model.table import Table
from salesetl.readers.documents import objects_of
from salesetl.readers.files import read_whole
from salesetl.readers.json_values import path_of, records_at
from salesetl.readers.raw_rows import LINEAGE, RawRows, in_one, with_file_names
from salesetl.readers.unpacked_files import Unpacked
from salesetl.readers.wanted_paths import WantedPaths
from salesetl.storage import StoredFile, join, storage_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

# What is written at once, so that a large file does not fill the memory.
_RECORDS_AT_ONCE = 50_000


def read_profiled_json(
    engine: Engine,
    files: Sequence[tuple[StoredFile, bool]],
    table: Table,
    profile: Profile,
    defaults: Mapping[str, str],
    default_lists: Mapping[str, ListProfile],
    staging: str,
) -> RawRows:
    """Read every record of some files, each contract column as text.

    Records are objects, a line each, in an array, or in the list that `records` of the profile
    names. Of each file it is known whether they may span lines. `defaults` and `default_lists` are
    the paths of columns and lists of which the profile says nothing.
    """
    operands = {*profile.columns.values(), *profile.operands}
    profile = _with_defaults(profile, defaults, default_lists)
    wanted = WantedPaths.of(table, profile)
    names: dict[str, str] = {}
    for number, (file, is_across) in enumerate(files):
        texts = _records(file, is_across, profile)
        written = _written(texts, wanted, join(staging, str(number)))
        names |= dict.fromkeys(written, file.path)
    # All files in one frame: a plan of hundreds of frames takes minutes to make.
    rows = []
    if names:
        lines = engine.read_json_lines(
            list(names), wanted.shape, is_ordered=table.is_ordered
        )
        named = with_file_names(engine, lines, names)
        rows.append(_mapped(engine, named, table, profile, wanted))
    return RawRows(
        in_one(engine, rows, table),
        [file for file, _ in files],
        [],
        wanted.delivered(operands),
        unpacked={file.path: file for file, _ in files if isinstance(file, Unpacked)},
    )


def _records(file: StoredFile, is_across: bool, profile: Profile) -> Iterator[str]:
    texts = objects_of(file) if is_across else None
    if texts is None:
        content = read_whole(file).decode(errors="replace")
        texts = [line for line in content.split("\n") if line.strip()]
    for text in texts:
        found = None
        if profile.records:
            try:
                found = records_at(text.strip(), path_of(profile.records))
            except (ValueError, RecursionError):
                found = None
        yield from [text.strip()] if found is None else found


def _written(texts: Iterator[str], wanted: WantedPaths, folder: str) -> Iterator[str]:
    """Write lines for an engine, some at a time, and yield the paths of their files."""
    lines: list[str] = []
    part = 0

    def write() -> str:
        path = join(folder, f"{part}.ndjson")
        storage_of(path).write(path, "\n".join(lines).encode())
        lines.clear()
        return path

    for text in texts:
        # Within a JSON text a line break stands only between tokens.
        raw = text.replace("\r", " ").replace("\n", " ")
        lines.append(json.dumps(wanted.line(raw) | {"raw": raw}, ensure_ascii=False))
        if len(lines) == _RECORDS_AT_ONCE:
            yield write()
            part += 1
    if lines:
        yield write()


def _mapped(
    engine: Engine,
    lines: DataFrame,
    table: Table,
    profile: Profile,
    wanted: WantedPaths,
) -> DataFrame:
    rows = lines.withColumns(
        {
            "_raw_record": F.col("raw"),
            "_fault": F.col("fault"),
            # What a profile makes of an object is not known to be plain.
            "_is_plain": F.lit(False),
        }
    )
    items = {
        name: {name_key(path): f"item.`i{n}`" for n, path in enumerate(inner)}
        for name, (_, inner) in wanted.lists.items()
    }
    mapped = rows.transform(
        with_contract_columns,
        wanted.positions(),
        table,
        profile,
        {},
        engine.quotient,
        items,
    )
    has_filter = profile.filter is not None and profile.filter.keep is not None
    filtered = [F.expr(f"_fault = '' and {IS_FILTERED}").alias(IS_FILTERED)]
    return mapped.withColumns(
        {
            "_source_header": F.lit(None).cast("string"),
            "_names": F.col("names"),
        }
    ).select(
        *(
            F.expr(f"case when _fault = '' then `{name}` end").alias(name)
            for name in table.columns
        ),
        *LINEAGE,
        *(filtered if has_filter else []),
    )


def _with_defaults(
    profile: Profile, paths: Mapping[str, str], lists: Mapping[str, ListProfile]
) -> Profile:
    """Return a profile in which columns and lists without a path have that of the contract."""
    made = {*profile.constants, *profile.expressions}
    made |= {profile.key.column} if profile.key else set()
    defaults = {name: path for name, path in paths.items() if name not in made}
    merged = {
        name: replace(
            own, path=default.path, columns={**default.columns, **own.columns}
        )
        for name, default in lists.items()
        if not (own := profile.list_of(name)).path
    }
    return replace(
        profile, columns=defaults | profile.columns, lists={**profile.lists, **merged}
    )
