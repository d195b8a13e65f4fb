"""All that a run has left, for comparing one engine with another."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from pyarrow.parquet import read_schema

from salesetl.errors import InputError
from salesetl.model.table import Table
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, SALES_SUMMARY
from salesetl.runs import RunReport
from tests.jobs.shop import Shop


def books_of(
    shop: Shop,
    report: RunReport,
    lake: str,
    feed: str = "sales",
    tables: Sequence[Table] = (ENRICHED_SALES, SALES_SUMMARY),
) -> dict[str, Any]:
    """Return tables, quarantine and report, but for what names the run or tells its time and place."""
    told = report.as_dict()
    times = ("started_at", "finished_at", "newest_file_at")
    for name in ("run_id", *times, "runtime", "arguments"):
        del told[name]
    del told["seconds_by_stage"]
    for partition in told["partitions"]:
        del partition["bytes"]
    is_there = any(shop.months(lake, tables[0]).values())
    return {
        "report": told,
        "quarantine": {
            name: rejected_rows(shop, lake, name) for name in (feed, *report.sources)
        },
        **{
            table.name: {
                "rows": shop.rows(table, lake),
                "files": shop.months(lake, table),
                "types": types_of(shop, table, lake),
            }
            for table in tables
            if is_there
        },
    }


def rejected_rows(shop: Shop, lake: str, feed: str) -> list[dict[str, Any]]:
    """Return all that is in quarantine of a feed, but for when and by which run."""
    names = ("raw_record", "source_header", "source_file", "reasons")
    with suppress(InputError):
        rows = shop.quarantine(lake, feed)
        return sorted(({name: row[name] for name in names} for row in rows), key=str)
    return []


def types_of(shop: Shop, table: Table, lake: str) -> list[tuple[str, str]]:
    """Return the columns that the files of a table have, which all have the same."""
    files = (shop.home / lake / table.folder).rglob("*.snappy.parquet")
    [types] = {
        tuple((field.name, str(field.type)) for field in read_schema(file))
        for file in files
    }
    return list(types)
