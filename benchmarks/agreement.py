"""Do contenders agree? What they wrote is compared before a ratio counts."""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb

Answer = dict[Any, Any]


def answer_of(out: Path) -> Answer:
    """Return rows, revenue to the cent, and every line of the summary, from what was written."""
    enriched = _rows(
        "select count(*), count(distinct transaction_id), sum(total_amount)", out
    )
    summary = _rows(
        "select region, product, cast(year as int), cast(month as int), total_revenue,"
        " transaction_count, cast(units_sold as bigint), customer_count",
        out,
        "sales_summary",
    )
    [(rows, keys, revenue)] = enriched
    lines = {
        line[:4]: (_cents(line[4]), *(int(number) for number in line[5:]))
        for line in summary
    }
    return {"rows": rows, "keys": keys, "revenue": _cents(revenue), "summary": lines}


def differences(answers: dict[str, Answer]) -> list[str]:
    """Name the contenders whose answer is not that of the first."""
    first = next(iter(answers.values()))
    return [name for name, answer in answers.items() if answer != first]


def _rows(select: str, out: Path, table: str = "enriched_sales") -> list[Any]:
    files = f"read_parquet('{out}/{table}/**/*.parquet', hive_partitioning = true)"
    return duckdb.sql(f"{select} from {files}").fetchall()


def _cents(amount: Any) -> Decimal:
    # The usual script has doubles, which are meant to the cent.
    return Decimal(str(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)
