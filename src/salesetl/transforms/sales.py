"""Sales: from delivered rows to enriched sales and their monthly summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl import columns
from salesetl.engines import functions as F
from salesetl.schemas.sales import (
    ENRICHED_SALES,
    RAW_CUSTOMERS,
    RAW_SALES,
    SALES_SUMMARY,
    TOTAL,
)
from salesetl.transforms.contract import conform, parse_fields

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# What is known of a buyer.
_ATTRIBUTES = [name for name in RAW_CUSTOMERS.columns if name != "customer_id"]


def clean_sales(raw_sales: DataFrame) -> DataFrame:
    """Give every field of a delivered sale its type; one row out for each row in."""
    return parse_fields(raw_sales, RAW_SALES)


def join_customers(sales: DataFrame, customers: DataFrame) -> DataFrame:
    """Add the buyer's attributes and `is_known_customer`, null for a buyer who is not known.

    One row out for each sale, so `customers` must have one row a customer.
    """
    known = customers.select(
        "customer_id",
        "age_group",
        "membership_tier",
        "signup_date",
        F.lit(True).alias("is_known_customer"),
    )
    attributes = [name for name in known.columns if name != "customer_id"]
    # Selected right away: SQLFrame may take a key in a later expression for that of the other side.
    return sales.join(known, on="customer_id", how="left").select(
        *sales.columns, *attributes
    )


def renew_customers(enriched_sales: DataFrame, customers: DataFrame) -> DataFrame:
    """Give sales the attributes that their buyers have now; of a buyer who is not known, they stay.

    One row out for each sale, in the shape of ENRICHED_SALES.
    """
    now = customers.select(
        "customer_id",
        F.lit(True).alias("_is_known"),
        *(F.col(name).alias(f"_{name}") for name in _ATTRIBUTES),
    )
    joined = enriched_sales.join(now, on="customer_id", how="left").select(
        *enriched_sales.columns, *now.columns[1:]
    )
    return joined.withColumns(
        {
            name: F.expr(f"case when _is_known then _{name} else {name} end")
            for name in _ATTRIBUTES
        }
    ).transform(conform, ENRICHED_SALES)


def keep_late_buyers(enriched_sales: DataFrame, customers: DataFrame) -> DataFrame:
    """Keep the sales without attributes of their buyers whose buyers have some now."""
    without = " and ".join(f"{name} is null" for name in _ATTRIBUTES)
    known = customers.where(f"not ({without})").select("customer_id")
    return enriched_sales.where(f"customer_id is not null and {without}").join(
        known, on="customer_id", how="left_semi"
    )


def build_enriched_sales(sales: DataFrame) -> DataFrame:
    """Give sales that were joined with their customers the shape of ENRICHED_SALES."""
    return (
        sales.transform(with_return_flag)
        .transform(with_calendar)
        .transform(conform, ENRICHED_SALES)
    )


def with_return_flag(sales: DataFrame) -> DataFrame:
    """Add `is_return`: goods came back, which a negative quantity says."""
    return sales.withColumn("is_return", F.expr("quantity < 0"))


def with_calendar(sales: DataFrame) -> DataFrame:
    """Add `year`, `month` and `day` of the date of sale."""
    return sales.withColumns(
        {"year": F.year("date"), "month": F.month("date"), "day": F.dayofmonth("date")}
    )


def summarize_sales(enriched_sales: DataFrame) -> DataFrame:
    """Sum up sales by region, product and month, in the shape of SALES_SUMMARY.

    Revenue is net: returns are in it, and stand beside it in `return_amount`. The average is
    rounded half-up to the cent. Sales without a region or a product have a row of their own.
    """
    return (
        enriched_sales.groupBy(*SALES_SUMMARY.key)
        .agg(
            F.sum("total_amount").cast(TOTAL.simpleString()).alias("total_revenue"),
            F.count("transaction_id").alias("transaction_count"),
            F.sum("quantity").alias("units_sold"),
            F.expr("sum(case when is_return then total_amount else 0 end)").alias(
                "return_amount"
            ),
            F.countDistinct("customer_id").alias("customer_count"),
        )
        .withColumn(
            "avg_transaction_value",
            F.expr(columns.average_amount("total_revenue", "transaction_count")),
        )
        .transform(conform, SALES_SUMMARY)
    )
