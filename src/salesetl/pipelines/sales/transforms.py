"""Sales: from typed rows to enriched sales and their monthly summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.conforming import conform
from salesetl.engines.decimals import exact_average
from salesetl.pipelines.sales.contracts import (
    ENRICHED_SALES,
    PARTS_OF_TOTAL,
    RAW_CUSTOMERS,
    SALES_SUMMARY,
    TOTAL,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

# What is known of a buyer.
_ATTRIBUTES = [name for name in RAW_CUSTOMERS.columns if name != "customer_id"]
_LACKS_ATTRIBUTES = " and ".join(f"{name} is null" for name in _ATTRIBUTES)


def join_customers(sales: DataFrame, customers: DataFrame) -> DataFrame:
    """Add the buyer's attributes and `is_known_customer`, null for a buyer who is not known.

    One row out for each sale, so `customers` must have one row a customer.
    """
    known = customers.select("customer_id", *_ATTRIBUTES).withColumn(
        "is_known_customer", F.lit(True)
    )
    # Selected right away: SQLFrame may take a key in a later expression for that of the other side.
    return sales.join(known, on="customer_id", how="left").select(
        *sales.columns, *_ATTRIBUTES, "is_known_customer"
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
    renewed = {
        name: F.when(F.col("_is_known"), F.col(f"_{name}")).otherwise(F.col(name))
        for name in _ATTRIBUTES
    }
    return joined.withColumns(renewed).transform(conform, ENRICHED_SALES)


def keep_late_buyers(enriched_sales: DataFrame, customers: DataFrame) -> DataFrame:
    """Keep the sales without attributes of their buyers whose buyers have some now."""
    known = customers.where(f"not ({_LACKS_ATTRIBUTES})").select("customer_id")
    return enriched_sales.where(
        f"customer_id is not null and {_LACKS_ATTRIBUTES}"
    ).join(known, on="customer_id", how="left_semi")


def build_enriched_sales(sales: DataFrame) -> DataFrame:
    """Give sales that were joined with their customers the shape of ENRICHED_SALES."""
    return (
        sales.transform(with_return_flag)
        .transform(with_calendar)
        .transform(conform, ENRICHED_SALES)
    )


def with_return_flag(sales: DataFrame) -> DataFrame:
    """Add `is_return`: goods came back, which a negative quantity says."""
    return sales.withColumn("is_return", F.col("quantity") < 0)


def with_calendar(sales: DataFrame) -> DataFrame:
    """Add `year`, `month` and `day` of the date of sale."""
    return sales.withColumns(
        {"year": F.year("date"), "month": F.month("date"), "day": F.dayofmonth("date")}
    )


def summarize_sales(enriched_sales: DataFrame) -> DataFrame:
    """Sum up sales by currency, region, product and month, in the shape of SALES_SUMMARY.

    Revenue is net: returns are in it, and stand beside it in `return_amount`. The average is
    rounded half-up to the cent. Sales without a currency, a region or a product have a row of their
    own.
    """
    returned = F.when(F.col("is_return"), F.col("total_amount")).otherwise(F.lit(0))
    return (
        enriched_sales.groupBy(*SALES_SUMMARY.key)
        .agg(
            F.sum("total_amount").cast(TOTAL.simpleString()).alias("total_revenue"),
            F.count("transaction_id").alias("transaction_count"),
            F.sum("quantity").alias("units_sold"),
            F.sum(returned).alias("return_amount"),
            *(
                # Rows of a lake that is older than these columns have none.
                F.sum(F.coalesce(name, F.lit(0))).alias(name)
                for name in PARTS_OF_TOTAL
            ),
            F.countDistinct("customer_id").alias("customer_count"),
        )
        .withColumn(
            "avg_transaction_value",
            exact_average("total_revenue", "transaction_count"),
        )
        .transform(conform, SALES_SUMMARY)
    )
