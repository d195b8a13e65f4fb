"""Shop: sales with what is known of their users and products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.conforming import conform
from salesetl.pipelines.shop.contracts import FACT_SALES, PRODUCTS, USERS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


def join_dimensions(
    sales: DataFrame, users: DataFrame, products: DataFrame
) -> DataFrame:
    """Add `is_known_user` and `is_known_product`, null where there is none.

    One row out for each sale, so both must have one row an id.
    """
    buyers = users.select("user_id", F.lit(True).alias("is_known_user"))
    sold = products.select("product_id", F.lit(True).alias("is_known_product"))
    # Selected right away: SQLFrame may take a key in a later expression for that of the other side.
    with_buyers = sales.join(buyers, on="user_id", how="left").select(
        *sales.columns, "is_known_user"
    )
    return with_buyers.join(sold, on="product_id", how="left").select(
        *with_buyers.columns, "is_known_product"
    )


def build_fact_sales(sales: DataFrame) -> DataFrame:
    """Bring delivered sales into the shape of FACT_SALES; one row out for each row in."""
    return conform(sales, FACT_SALES)


def build_users(users: DataFrame) -> DataFrame:
    """Bring delivered users into the shape of USERS; one row out for each row in."""
    return conform(users, USERS)


def build_products(products: DataFrame) -> DataFrame:
    """Bring delivered products into the shape of PRODUCTS; one row out for each row in."""
    return conform(products, PRODUCTS)
