"""Orders: from delivered documents to a row an order and a row a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.conforming import conform
from salesetl.pipelines.orders.contracts import (
    FACT_ORDER_ITEMS,
    FACT_ORDERS,
    ITEM,
)

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame
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


def with_totals(orders: DataFrame) -> DataFrame:
    """Add `item_count` and `items_total`, the sum of an order's lines to the cent.

    `items_total` is null where a line lacks a quantity or a price of its type, or there is no list
    of lines. How many lines such an order has, engines tell each in its own way.
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
