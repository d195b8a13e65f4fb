"""Orders: from delivered documents to a row an order and a row a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.engines import functions as F
from salesetl.schemas.orders import FACT_ORDER_ITEMS, FACT_ORDERS, RAW_ORDERS
from salesetl.schemas.table import item_fields
from salesetl.transforms.contract import conform, parse_fields

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Wide enough for any quantity at any price: one absurd line must not stop a run.
_TOTAL = "decimal(38, 2)"
_LINE_TOTAL = f"cast(round(cast(item.quantity as decimal(20, 0)) * item.unit_price, 2) as {_TOTAL})"


def clean_orders(raw_orders: DataFrame) -> DataFrame:
    """Give every field of a delivered order its type; one row out for each row in.

    Adds `item_count` and `items_total`, the sum of its lines to the cent: null where a line lacks
    a quantity or a price of its type, or there is no list of lines. How many lines such an order
    has, engines tell each in its own way.
    """
    totals = f"transform(items, item -> {_LINE_TOTAL})"
    zero, added = f"cast(0 as {_TOTAL})", f"cast(total + line as {_TOTAL})"
    return parse_fields(raw_orders, RAW_ORDERS).withColumns(
        {
            "item_count": F.expr("size(items)"),
            "items_total": F.expr(
                f"aggregate({totals}, {zero}, (total, line) -> {added})"
            ),
        }
    )


def build_fact_orders(orders: DataFrame) -> DataFrame:
    """Bring orders into the shape of FACT_ORDERS; one row out for each row in."""
    return orders.transform(with_month).transform(conform, FACT_ORDERS)


def build_fact_order_items(orders: DataFrame) -> DataFrame:
    """Return one row for each line of orders, in the shape of FACT_ORDER_ITEMS."""
    of_order = ("order_id", "order_date", "currency", "order_year", "order_month")
    lines = orders.transform(with_month).select(*of_order, F.posexplode("items"))
    return lines.select(
        *of_order,
        F.expr("pos + 1").alias("line_number"),
        *(
            F.expr(f"col.`{each.name}`").alias(each.name)
            for each in item_fields(RAW_ORDERS.field("items"))
        ),
        F.expr(_LINE_TOTAL.replace("item.", "col.")).alias("line_total"),
    ).transform(conform, FACT_ORDER_ITEMS)


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
