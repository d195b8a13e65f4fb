"""Which partitions Trino reads for a filter, from its plan, and how much for a query."""

import json
from collections.abc import Iterator

from tests.trino.asking import Found, partition_columns
from tests.trino.server import Trino

# What is asked of which, and which of its tables then have one partition in the plan.
_MONTH = "order_month_start = date '2025-06-01'"
_FILTERS = {
    "stg_orders": (_MONTH, {"fact_orders"}),
    "stg_order_items": (_MONTH, {"fact_order_items"}),
    "customer_months": (_MONTH, {"fact_orders"}),
    "monthly_revenue": (_MONTH, {"fact_orders"}),
    "category_sales_monthly": (_MONTH, {"fact_orders", "fact_order_items"}),
    "active_customers_by_country": (_MONTH, {"fact_orders"}),
    "engagement_by_country": (_MONTH, {"fact_orders"}),
    "monthly_active_customers": (_MONTH, {"fact_orders"}),
    "enriched_sales": ("year = 2025 and month = 11", {"enriched_sales"}),
    "sales_summary": ("year = 2025 and month = 11", {"sales_summary"}),
}
# Queries that look up the last month or day of a table, and then read its partition only.
_LOOK_UPS = ("top_sales_of_last_month", "sales_of_last_day")


def findings(trino: Trino, schema: str, queries: dict[str, str]) -> Iterator[Found]:
    """See that filters on a month read that month only, and look-ups of the last one likewise."""
    for name, (condition, tables) in _FILTERS.items():
        sql = f"select * from {name} where {condition}"
        pruned = _pruned_tables(trino, schema, sql)
        faults = [f"reads all months of {table}" for table in sorted(tables - pruned)]
        yield Found("filter", name, 0, faults)
    for name in _LOOK_UPS:
        answer = trino.run(queries[name], schema)
        columns = ", ".join(column for column, _ in answer.columns)
        whole = trino.run(f"select {columns} from enriched_sales", schema).bytes_read
        told = f"{answer.bytes_read:,} of {whole:,} bytes are read"
        faults = [told] if 2 * answer.bytes_read > whole else []
        yield Found("look-up", name, len(answer.rows), faults)


def _pruned_tables(trino: Trino, schema: str, sql: str) -> set[str]:
    """Return the tables of which a scan in the plan has one value for each partition column."""
    [(plan,)] = trino.run(f"explain (type io, format json) {sql}", schema).rows
    pruned = set()
    for scan in json.loads(plan)["inputTableColumnInfos"]:
        table = scan["table"]["schemaTable"]["table"]
        single = {
            each["columnName"]
            for each in scan["constraint"].get("columnConstraints", [])
            if _is_single(each["domain"]["ranges"])
        }
        if single >= set(partition_columns(table)):
            pruned.add(table)
    return pruned


def _is_single(ranges: list[dict[str, dict[str, str]]]) -> bool:
    return len(ranges) == 1 and ranges[0]["low"].get("value") == ranges[0]["high"].get(
        "value"
    )
