"""The shipped queries and views, run on a local lake by DuckDB in this process."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from salesetl.engines.duckdb_lake import DuckDbLake
from salesetl.errors import ArgumentError, InputError
from salesetl.pipelines import enrich_sales, flatten_orders
from salesetl.schemas import (
    ENRICHED_SALES,
    FACT_ORDER_ITEMS,
    FACT_ORDERS,
    SALES_SUMMARY,
)
from salesetl.statements import Statement, statement, tables_below, views_below
from salesetl.storage import is_local, normalized

_TABLES = {
    ENRICHED_SALES.name: (ENRICHED_SALES, enrich_sales.JOB),
    SALES_SUMMARY.name: (SALES_SUMMARY, enrich_sales.JOB),
    FACT_ORDERS.name: (FACT_ORDERS, flatten_orders.JOB),
    FACT_ORDER_ITEMS.name: (FACT_ORDER_ITEMS, flatten_orders.JOB),
}

Result = tuple[list[str], list[tuple[Any, ...]]]


def results(output_path: str, names: Sequence[str]) -> list[Result]:
    """Return the columns and rows of queries and views; ArgumentError for a name there is not.

    The rows of a view are sorted by its columns, for it has no order of its own. InputError where
    the lake lacks a table.
    """
    root = normalized(output_path)
    if not is_local(root):
        raise ArgumentError(
            f"--output_path {root}: only a local lake is read here; on S3 run sql/athena on Athena"
        )
    wanted = [statement(name) for name in names]
    with closing(DuckDbLake(root)) as lake:
        for name in dict.fromkeys(_tables(wanted)):
            _add_table(lake, name)
        for view in dict.fromkeys(_views(wanted)):
            lake.create(view.text)
        return [lake.rows(each.rows_sql) for each in wanted]


def _tables(wanted: Sequence[Statement]) -> Iterator[str]:
    for each in wanted:
        yield from tables_below(each.name)


def _views(wanted: Sequence[Statement]) -> Iterator[Statement]:
    for each in wanted:
        yield from views_below(each.name)
        if each.is_view:
            yield each


def _add_table(lake: DuckDbLake, name: str) -> None:
    table, job = _TABLES[name]
    try:
        lake.add_table(table)
    except InputError as error:
        raise InputError(
            f"{error}; run jobs/{job}.py, or check --output_path"
        ) from error
