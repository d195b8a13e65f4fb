"""Do contenders agree? What they wrote is compared before a ratio counts."""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb

Answer = dict[Any, Any]

# A double has 15 to 17 digits, of which a sum of ten million lost about five.
_FLOAT_LOSS = Decimal("1e-10")


def sales_answer(out: Path) -> Answer:
    """Return rows, revenue to the cent, and every line of the summary, from what was written."""
    enriched = _rows(
        "select '', count(*), count(distinct transaction_id), sum(total_amount)",
        f"{out}/sales/enriched_sales",
    )
    summary = _rows(
        "select region, product, cast(year as int), cast(month as int), total_revenue,"
        " transaction_count, cast(units_sold as bigint), customer_count",
        f"{out}/sales/sales_summary",
    )
    return _answer(enriched, summary, 4)


def orders_answer(out: Path) -> Answer:
    """Return orders, their totals to the cent, and every month of both tables likewise.

    Amounts are by currency, which a line has from its order.
    """
    whole = _rows(
        "select currency, count(*), count(distinct order_id), sum(order_total)",
        f"{out}/orders/fact_orders",
        "group by currency",
    )
    amounts = {"fact_orders": "order_total", "fact_order_items": "line_total"}
    currencies = _query("select order_id, currency", f"{out}/orders/fact_orders")
    months = [
        (table, *month)
        for table, amount in amounts.items()
        for month in _rows(
            "select cast(order_year as int), cast(order_month as int), of_orders.currency,"
            f" sum({amount}), count(*), count(distinct order_id)",
            f"{out}/orders/{table}",
            f"inner join ({currencies}) as of_orders using (order_id)"
            " group by order_year, order_month, of_orders.currency",
        )
    ]
    return _answer(whole, months, 4)


def events_answer(out: Path) -> Answer:
    """Return events, the amounts of their orders by currency, and both of every day."""
    table, amount = f"{out}/events/events", "coalesce(sum(order_total), 0)"
    whole = _rows(
        f"select currency, count(*), count(distinct event_id), {amount}",
        table,
        "group by currency",
    )
    days = _rows(
        f"select event_date, currency, {amount}, count(*)",
        table,
        "group by event_date, currency",
    )
    return _answer(whole, days, 2)


def agree(answer: Answer, exact: Answer, *, is_exact: bool) -> bool:
    """Tell whether two answers are the same; sums of floats may be off by what floats lose."""
    if is_exact:
        return answer == exact
    lines, exact_lines = answer["summary"], exact["summary"]
    return (
        (answer["rows"], answer["keys"]) == (exact["rows"], exact["keys"])
        and answer["revenue"].keys() == exact["revenue"].keys()
        and all(
            _is_near(answer["revenue"][currency], amount)
            for currency, amount in exact["revenue"].items()
        )
        and lines.keys() == exact_lines.keys()
        and all(
            _is_near(lines[key][0], line[0]) and lines[key][1:] == line[1:]
            for key, line in exact_lines.items()
        )
    )


def sums_off(answer: Answer, exact: Answer) -> int:
    """Count the lines of an answer whose amount is not that of the exact answer to the cent."""
    return sum(answer["summary"][key] != line for key, line in exact["summary"].items())


def _is_near(amount: Decimal, exact: Decimal) -> bool:
    return abs(amount - exact) <= max(abs(exact) * _FLOAT_LOSS, Decimal("0.01"))


def _rows(select: str, table: str, group: str = "") -> list[Any]:
    return duckdb.sql(f"{_query(select, table)} {group}").fetchall()


def _query(select: str, table: str) -> str:
    files = f"read_parquet('{table}/**/*.parquet', hive_partitioning = true)"
    return f"{select} from {files}"


def _answer(whole: list[Any], lines: list[Any], width: int) -> Answer:
    """Make an answer of lines whose key is so wide; an amount and counts come after it.

    Of the whole there is a row for each currency: what it is called, rows, keys and amount.
    """
    summary = {
        line[:width]: (
            _cents(line[width]),
            *(int(number) for number in line[width + 1 :]),
        )
        for line in lines
    }
    return {
        "rows": sum(rows for _, rows, _, _ in whole),
        "keys": sum(keys for _, _, keys, _ in whole),
        "revenue": {name: _cents(amount) for name, _, _, amount in whole},
        "summary": summary,
    }


def _cents(amount: Any) -> Decimal:
    # The usual script has doubles, which are meant to the cent.
    return Decimal(str(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)
