"""What the lines of an order are worth, where an order has its lines as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


def with_totals(orders: DataFrame) -> DataFrame:
    """Add `item_count` and `items_total`, the sum of an order's lines to the cent.

    `items` is a list of structs with `quantity` and `unit_price`. `items_total` is null where a
    line lacks a quantity or a price of its type, or there is no list of lines. How many lines such
    an order has, engines tell each in its own way.
    """
    # F.aggregate would not start from zero on DuckDB.
    total = F.expr(
        "aggregate(_line_totals, cast(0 as decimal(38, 2)),"
        " (total, line) -> cast(total + line as decimal(38, 2)))"
    )
    return (
        orders.withColumn("_line_totals", F.transform("items", line_total))
        .withColumns({"item_count": F.size("items"), "items_total": total})
        .drop("_line_totals")
    )


def line_total(item: Column) -> Column:
    """Return quantity × price of a line, to the cent, half-up."""
    # Wide enough for any quantity at any price: one absurd line must not stop a run.
    quantity = item.getField("quantity").cast("decimal(20, 0)")
    return F.round(quantity * item.getField("unit_price"), 2).cast("decimal(38, 2)")
