"""Orders: from delivered documents to a row an order and a row a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.engines import functions as F
from salesetl.schemas.orders import FACT_ORDER_ITEMS, FACT_ORDERS, RAW_ORDERS
from salesetl.transforms.contract import conform, parse_fields

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_LINE_TOTAL = "cast(round(item.quantity * item.unit_price, 2) as decimal(18, 2))"


def clean_orders(raw_orders: DataFrame) -> DataFrame:
    """Give every field of a delivered order its type; one row out for each row in.

    Adds `item_count` and `items_total`, the sum of its lines to the cent, null where a line has no
    sound quantity or price.
    """
    totals = f"transform(items, item -> {_LINE_TOTAL})"
    zero = "cast(0 as decimal(18, 2))"
    added = "cast(total + line as decimal(18, 2))"
    return parse_fields(raw_orders, RAW_ORDERS).withColumns(
        {
            "item_count": F.expr("size(items)"),
            "items_total": F.expr(
                f"aggregate({totals}, {zero}, (total, line) -> {added})"
            ),
        }
    )


def build_fact_orders(orders: DataFrame) -> DataFrame:
    """Return one row for each accepted order, in the shape of FACT_ORDERS."""
    return orders.transform(with_month).transform(conform, FACT_ORDERS)


def build_fact_order_items(orders: DataFrame) -> DataFrame:
    """Return one row for each line of accepted orders, in the shape of FACT_ORDER_ITEMS."""
    lines = orders.transform(with_month).select(
        "order_id", "order_date", "order_year", "order_month", F.posexplode("items")
    )
    return lines.select(
        "order_id",
        "order_date",
        "order_year",
        "order_month",
        F.expr("pos + 1").alias("line_number"),
        *(F.expr(f"col.`{name}`").alias(name) for name in ITEM_COLUMNS),
        F.expr(_LINE_TOTAL.replace("item.", "col.")).alias("line_total"),
    ).transform(conform, FACT_ORDER_ITEMS)


ITEM_COLUMNS = RAW_ORDERS.field("items").dataType.elementType.fieldNames()


def with_month(orders: DataFrame) -> DataFrame:
    """Add `order_date`, the day of an order in UTC, and its year and month as the lake has them."""
    return orders.withColumn(
        "order_date", F.expr("cast(order_timestamp as date)")
    ).withColumns(
        {
            "order_year": F.expr("lpad(cast(year(order_date) as string), 4, '0')"),
            "order_month": F.expr("lpad(cast(month(order_date) as string), 2, '0')"),
        }
    )
