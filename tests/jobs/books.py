"""All that a run has left, for comparing one engine with another."""

from collections.abc import Sequence
from typing import Any

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
    for name in ("run_id", "started_at", "finished_at", "runtime", "arguments"):
        del told[name]
    del told["seconds_by_stage"]
    for partition in told["partitions"]:
        del partition["bytes"]
    rejected = [
        {name: row[name] for name in ("raw_record", "source_header", "source_file")}
        | {"reasons": row["reasons"]}
        for name, counts in {feed: report.as_dict(), **report.sources}.items()
        if counts["rows_quarantined"]
        for row in shop.quarantine(lake, name)
    ]
    is_there = any(shop.months(lake, tables[0]).values())
    return {
        "report": told,
        "quarantine": sorted(rejected, key=str),
        **{table.name: shop.rows(table, lake) for table in tables if is_there},
    }
