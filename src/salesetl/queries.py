"""The shipped queries and views, run on a local lake by DuckDB in this process."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from typing import Any

from salesetl.engines.duckdb_lake import DuckDbLake
from salesetl.engines.duckdb_tables import file_query
from salesetl.errors import ArgumentError, InputError
from salesetl.model.pipeline import Pipeline
from salesetl.model.quarantine_table import is_quarantine
from salesetl.model.table import Table
from salesetl.registry import asked_tables, pipeline_of
from salesetl.runs import has_run
from salesetl.statements import Statement, statement, tables_below, views_below
from salesetl.storage import is_local, join, normalized, parquet_files, storage_of

# The folder beside the tables of a pipeline that has what a warehouse has made of them.
PROCESSED = "processed"
# What queries on these call the tables of the lake that they are made from, such as staging.events.
_STAGING = "staging"
_SOURCE = re.compile(r"\b(?:from|join) ((?:\w+\.)?\w+)")

Result = tuple[list[str], list[tuple[Any, ...]]]


def results(output_path: str, names: Sequence[str]) -> list[Result]:
    """Return the columns and rows of queries and views; ArgumentError for an unknown name.

    The rows of a view are sorted by its columns, for it has no order of its own. InputError where
    the lake lacks a table.
    """
    root = _local(output_path)
    wanted = [statement(name) for name in names]
    with closing(DuckDbLake(root)) as lake:
        for name in dict.fromkeys(_tables(wanted)):
            _add_table(lake, root, asked_tables()[name])
        for view in dict.fromkeys(_views(wanted)):
            lake.create(view.text)
        return [lake.rows(each.rows_sql) for each in wanted]


def is_processed(
    output_path: str, pipeline: Pipeline, queries: Mapping[str, str]
) -> bool:
    """Tell whether a warehouse has unloaded every table of a pipeline that queries ask for."""
    unloaded = _unloaded(_local(output_path), pipeline)
    return all(name in unloaded or "." in name for name in _sources(queries))


def processed_results(
    output_path: str, pipeline: Pipeline, queries: Mapping[str, str]
) -> dict[str, Result]:
    """Return the columns and rows of queries on what a warehouse has unloaded of a pipeline.

    By the name of the query; none where a table that they ask for was not unloaded. The tables of
    the lake itself are in the schema `staging`; InputError where the lake lacks one.
    """
    if not is_processed(output_path, pipeline, queries):
        return {}
    root = _local(output_path)
    asked = _sources(queries)
    with closing(DuckDbLake(root)) as lake:
        for name, path in _unloaded(root, pipeline).items():
            lake.create(f"create view {name} as {file_query(path)}")
        for table in pipeline.tables:
            if f"{_STAGING}.{table.sql_name}" in asked:
                _add_table(lake, root, table, schema=_STAGING)
        return {name: lake.rows(query) for name, query in queries.items()}


def _unloaded(root: str, pipeline: Pipeline) -> dict[str, str]:
    """Return the files that a warehouse has unloaded, by the name of the table."""
    folder = join(root, pipeline.name, PROCESSED)
    files = parquet_files(folder, storage_of(folder).files(folder))
    return {file.name.removesuffix(".parquet"): file.path for file in files}


def _sources(queries: Mapping[str, str]) -> set[str]:
    return set(_SOURCE.findall(" ".join(queries.values())))


def newest_day(output_path: str, pipeline: Pipeline) -> date | None:
    """Return the newest business date that a pipeline has published; None if none has one.

    InputError where the lake lacks the table.
    """
    root = _local(output_path)
    dated = [table for table in pipeline.tables if table.date_column]
    if not dated:
        return None
    with closing(DuckDbLake(root)) as lake:
        _add_table(lake, root, dated[0])
        return lake.newest_day(dated[0])


def _local(output_path: str) -> str:
    root = normalized(output_path)
    if not is_local(root):
        raise ArgumentError(
            f"--output_path {root}: this command reads local lakes only; for a lake on S3 run"
            " sql/athena on Athena"
        )
    return root


def _tables(wanted: Sequence[Statement]) -> Iterator[str]:
    for each in wanted:
        yield from tables_below(each.name)


def _views(wanted: Sequence[Statement]) -> Iterator[Statement]:
    for each in wanted:
        yield from views_below(each.name)
        if each.is_view:
            yield each


def _add_table(lake: DuckDbLake, root: str, table: Table, schema: str = "main") -> None:
    pipeline = pipeline_of(table)
    # Where a run has rejected nothing, there is no quarantine, and that is no mistake.
    may_be_empty = is_quarantine(table) and has_run(
        storage_of(root), root, pipeline.name
    )
    try:
        lake.add_table(table, may_be_empty=may_be_empty, schema=schema)
    except InputError as error:
        raise InputError(
            f"{error}; run jobs/{pipeline.job}.py first, or check --output_path"
        ) from error
