"""The orders pipeline: nested JSON to a row an order and a row a line."""

from dataclasses import dataclass

from salesetl.item_totals import with_totals
from salesetl.model.options import InputPath, LoadOptions, option
from salesetl.model.pipeline import Output, Pipeline, SameSum
from salesetl.model.source import Json, Source
from salesetl.pipelines.orders.contracts import (
    FACT_ORDER_ITEMS,
    FACT_ORDERS,
    NAMESPACE,
    ORDERS_DELIVERED,
    RAW_ORDERS,
)
from salesetl.pipelines.orders.transforms import (
    build_fact_order_items,
    build_fact_orders,
    flatten_orders,
)


@dataclass(frozen=True, kw_only=True)
class OrdersOptions(LoadOptions):
    """Load delivered orders into `fact_orders` and `fact_order_items`, an order with its lines."""

    orders_path: InputPath = option(
        "JSON files of orders, plain or .gz, one object a line or an array"
    )


ORDERS = Pipeline(
    name=NAMESPACE,
    job="flatten_orders",
    options=OrdersOptions,
    sources=(
        Source(RAW_ORDERS, Json(ORDERS_DELIVERED, flatten_orders), prepare=with_totals),
    ),
    outputs=(
        Output(FACT_ORDERS, build_fact_orders, of="orders"),
        Output(
            FACT_ORDER_ITEMS,
            build_fact_order_items,
            of="orders",
            rows="item_count",
            sums={"line_total": "items_total"},
        ),
    ),
    checks=(SameSum(FACT_ORDERS, "items_total", FACT_ORDER_ITEMS, "line_total"),),
)
