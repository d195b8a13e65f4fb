"""Do contenders agree? What they wrote is compared before a ratio counts."""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb

Answer = dict[Any, Any]

# A double has 15 to 17 digits, of which sums of many lose some.
_FLOAT_LOSS = Decimal("1e-11")


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


def agree(answer: Answer, exact: Answer, *, is_exact: bool) -> bool:
    """Tell whether two answers are the same; sums of floats may be off by what floats lose."""
    if is_exact:
        return answer == exact
    lines, exact_lines = answer["summary"], exact["summary"]
    return (
        (answer["rows"], answer["keys"]) == (exact["rows"], exact["keys"])
        and _is_near(answer["revenue"], exact["revenue"])
        and lines.keys() == exact_lines.keys()
        and all(
            _is_near(lines[key][0], line[0]) and lines[key][1:] == line[1:]
            for key, line in exact_lines.items()
        )
    )


def lines_off(answer: Answer, exact: Answer) -> int:
    """Count the lines of the summary whose revenue is not that of the exact answer to the cent."""
    return sum(answer["summary"][key] != line for key, line in exact["summary"].items())


def _is_near(amount: Decimal, exact: Decimal) -> bool:
    return abs(amount - exact) <= max(abs(exact) * _FLOAT_LOSS, Decimal("0.01"))


def _rows(select: str, out: Path, table: str = "enriched_sales") -> list[Any]:
    files = f"read_parquet('{out}/{table}/**/*.parquet', hive_partitioning = true)"
    return duckdb.sql(f"{select} from {files}").fetchall()


def _cents(amount: Any) -> Decimal:
    # The usual script has doubles, which are meant to the cent.
    return Decimal(str(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)
