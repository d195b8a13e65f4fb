"""Transforms of events: from delivered objects to one row an event and one row an order line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.conforming import conform
from salesetl.item_totals import line_total, with_totals
from salesetl.model.lineage_columns import RAW_RECORD
from salesetl.pipelines.events.contracts import EVENTS, ITEM, ORDER_ITEMS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


_ITEM = (
    "named_struct('product_id', item.product.product_id, 'product_name', item.product.name,"
    " 'category', item.product.category, 'quantity', item.quantity,"
    " 'unit_price', item.product.price)"
)


def flatten_events(delivered: DataFrame) -> DataFrame:
    """Return one flat row for each delivered event: customer, visit, product and order as columns.

    `delivered` has the shape of EVENTS_DELIVERED. Values keep their types, and other columns stay
    as they are.
    """
    return delivered.withColumns(
        {
            "customer_id": F.col("customer.customer_id"),
            "customer_name": F.col("customer.name"),
            "customer_email": F.col("customer.email"),
            "customer_country": F.col("customer.country"),
            "channel": F.col("session.channel"),
            "device": F.col("session.device"),
            "product_id": F.col("product.product_id"),
            "product_name": F.col("product.name"),
            "product_category": F.col("product.category"),
            "product_price": F.col("product.price"),
            "order_id": F.col("order.order_id"),
            "order_status": F.col("order.status"),
            "order_subtotal": F.col("order.subtotal"),
            "order_tax": F.col("order.tax"),
            "order_shipping": F.col("order.shipping"),
            "order_total": F.col("order.total_amount"),
            "currency": F.col("order.currency"),
            "items": F.expr(f"transform(order.items, item -> {_ITEM})"),
        }
    ).drop("customer", "session", "product", "order")


def with_item_totals(events: DataFrame) -> DataFrame:
    """Add `item_count` and `items_total` of the order of each event, null where it has none."""
    items = F.expr("case when order_id is not null then items end")
    return events.withColumn("items", items).transform(with_totals)


def build_events(events: DataFrame) -> DataFrame:
    """Bring events into the shape of EVENTS; one row out for each row in."""
    return conform(events.withColumnRenamed(RAW_RECORD.name, "event_data"), EVENTS)


def build_order_items(events: DataFrame) -> DataFrame:
    """Return one row for each line of the order of each event, in the shape of ORDER_ITEMS."""
    of_event = ("event_id", "order_id", "currency", "loaded_at", "event_date")
    lines = events.where("order_id is not null").select(
        *of_event, F.posexplode("items")
    )
    item = F.col("col")
    return lines.select(
        *of_event,
        (F.col("pos") + 1).alias("line_number"),
        *(item.getField(name).alias(name) for name in ITEM.fieldNames()),
        line_total(item).alias("line_total"),
    ).transform(conform, ORDER_ITEMS)
