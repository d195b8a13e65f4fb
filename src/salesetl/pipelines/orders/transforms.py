"""Orders: from delivered documents to a row an order and a row a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.conforming import conform
from salesetl.item_totals import line_total
from salesetl.pipelines.orders.contracts import (
    FACT_ORDER_ITEMS,
    FACT_ORDERS,
    ITEM,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


# What a delivered order may have beside its lines.
_PARTS = ("discount", "tax", "shipping", "refund")


def flatten_orders(delivered: DataFrame) -> DataFrame:
    """Return one flat row for each delivered order: its buyer, payment and amounts as columns.

    `delivered` has the shape of ORDERS_DELIVERED, with which Spark reads JSON. Values keep their
    types, lines stay a list, and other columns stay as they are.
    """
    return delivered.withColumns(
        {
            "customer_id": F.col("customer.customer_id"),
            "customer_country": F.col("customer.country"),
            "customer_segment": F.col("customer.segment"),
            "payment_method": F.col("payment.method"),
            "payment_status": F.col("payment.status"),
            **{f"{name}_amount": F.col(name) for name in _PARTS},
        }
    ).drop("customer", "payment", *_PARTS)


def build_fact_orders(orders: DataFrame) -> DataFrame:
    """Bring orders into the shape of FACT_ORDERS; one row out for each row in."""
    return orders.transform(with_month).transform(conform, FACT_ORDERS)


def build_fact_order_items(orders: DataFrame) -> DataFrame:
    """Return one row for each line of orders, in the shape of FACT_ORDER_ITEMS."""
    of_order = ("order_id", "order_date", "currency", "order_year", "order_month")
    lines = orders.transform(with_month).select(*of_order, F.posexplode("items"))
    item = F.col("col")
    return lines.select(
        *of_order,
        (F.col("pos") + 1).alias("line_number"),
        *(item.getField(name).alias(name) for name in ITEM.fieldNames()),
        line_total(item).alias("line_total"),
    ).transform(conform, FACT_ORDER_ITEMS)


def with_month(orders: DataFrame) -> DataFrame:
    """Add year and month of `order_date`, which is the day in UTC where orders lack it."""
    if "order_date" not in orders.columns:
        orders = orders.withColumn("order_date", F.col("order_timestamp").cast("date"))
    return orders.withColumns(
        {
            "order_year": F.lpad(F.year("order_date").cast("string"), 4, "0"),
            "order_month": F.lpad(F.month("order_date").cast("string"), 2, "0"),
        }
    )
