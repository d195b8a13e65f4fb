"""Retail: deliveries of customers, products and order lines, as staging tables hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.conforming import conform
from salesetl.pipelines.retail.contracts import (
    CUSTOMERS,
    ORDER_LINES,
    PRODUCTS,
    REJECTED_CUSTOMERS,
    REJECTED_PRODUCTS,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


def join_dimensions(
    order_lines: DataFrame, customers: DataFrame, products: DataFrame
) -> DataFrame:
    """Add `is_known_customer`, `registration_date` and `is_known_product`; null if not known.

    One row out for each line. A customer or a product is known if any delivery has it.
    """
    buyers = (
        customers.groupBy("customer_id")
        .agg(F.min("registration_date").alias("registration_date"))
        .withColumn("is_known_customer", F.lit(True))
    )
    sold = (
        products.select("product_id")
        .distinct()
        .withColumn("is_known_product", F.lit(True))
    )
    # Selected right away: SQLFrame may take a key in a later expression for that of the other side.
    with_buyers = order_lines.join(buyers, on="customer_id", how="left").select(
        *order_lines.columns, "registration_date", "is_known_customer"
    )
    return with_buyers.join(sold, on="product_id", how="left").select(
        *with_buyers.columns, "is_known_product"
    )


def build_customers(customers: DataFrame) -> DataFrame:
    """Bring delivered customers into the shape of CUSTOMERS; one row out for each row in."""
    return conform(customers, CUSTOMERS)


def build_products(products: DataFrame) -> DataFrame:
    """Bring delivered products into the shape of PRODUCTS; one row out for each row in."""
    return conform(products, PRODUCTS)


def build_rejected_customers(rejected: DataFrame) -> DataFrame:
    """Return which customer each rejected row is, null where it may be any."""
    return with_sure_id(rejected, "customer_id").transform(conform, REJECTED_CUSTOMERS)


def build_rejected_products(rejected: DataFrame) -> DataFrame:
    """Return which product each rejected row is, null where it may be any."""
    return with_sure_id(rejected, "product_id").transform(conform, REJECTED_PRODUCTS)


def with_sure_id(rejected: DataFrame, name: str) -> DataFrame:
    """Keep an id only where no reason is about texts: it may have been spoilt."""
    is_spoilt = F.expr("reasons rlike 'text_is|identifiers_are'")
    return rejected.withColumn(name, F.when(~is_spoilt, F.col(name)))


def build_order_lines(orders: DataFrame) -> DataFrame:
    """Bring delivered lines into the shape of ORDER_LINES; one row out for each row in."""
    return orders.withColumns(
        {"year": F.year("order_date"), "month": F.month("order_date")}
    ).transform(conform, ORDER_LINES)
