"""The shop pipeline: JSON of sales, users and products to tables that a warehouse loads."""

from dataclasses import dataclass

from salesetl.model.options import InputPath, LoadOptions, option
from salesetl.model.pipeline import Output, Pipeline
from salesetl.model.source import Json, Source
from salesetl.pipelines.shop.contracts import (
    FACT_SALES,
    NAMESPACE,
    PRODUCT,
    PRODUCTS,
    RAW_PRODUCTS,
    RAW_SALES,
    RAW_USERS,
    SALE,
    USER,
    USERS,
)
from salesetl.pipelines.shop.transforms import (
    build_fact_sales,
    build_products,
    build_users,
    join_dimensions,
)


@dataclass(frozen=True, kw_only=True)
class ShopOptions(LoadOptions):
    """Load delivered sales into `fact_sales`, with their `users` and `products`."""

    sales_path: InputPath = option(
        "JSON files of sales, plain or .gz, one object a line or an array"
    )
    users_path: InputPath | None = option("JSON files of users, likewise", None)
    products_path: InputPath | None = option("JSON files of products, likewise", None)


SHOP = Pipeline(
    name=NAMESPACE,
    job="curate_shop_sales",
    options=ShopOptions,
    sources=(
        Source(
            RAW_SALES,
            Json(SALE),
            prepare=join_dimensions,
            needs=("users", "products"),
        ),
        Source(RAW_USERS, Json(USER)),
        Source(RAW_PRODUCTS, Json(PRODUCT)),
    ),
    outputs=(
        Output(FACT_SALES, build_fact_sales, of="sales"),
        Output(USERS, build_users, of="users"),
        Output(PRODUCTS, build_products, of="products"),
    ),
    is_for_warehouse=True,
)
