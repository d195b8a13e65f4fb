"""Contracts of the orders pipeline: what is delivered and what the lake holds."""

from decimal import Decimal

from salesetl.model.day_rules import day_rules, time_rule
from salesetl.model.rules import Cause, Rule, Setting
from salesetl.model.strategies import Merge
from salesetl.model.table import PROJECTED_YEARS, SOURCE_FILE, Table, column
from salesetl.model.text_rules import text_rules, values_rule
from salesetl.model.types import T
from salesetl.money import CURRENCIES

NAMESPACE = "orders"

UNIT_PRICE = T.DecimalType(12, 4)
AMOUNT = T.DecimalType(18, 2)
# JSON readers may pass a number through a double, which is exact up to so many digits.
DELIVERED_AMOUNT = T.DecimalType(15, 2)

ITEM = T.StructType(
    [
        column("product_id", T.StringType(), "Identifies the product"),
        column("category", T.StringType(), "Category of the product"),
        column("quantity", T.IntegerType(), "Units; negative for a refund"),
        column("unit_price", UNIT_PRICE, "Price of one unit"),
    ]
)

# An order as delivered: an object with its buyer, its payment and its lines inside.
ORDERS_DELIVERED = T.StructType(
    [
        T.StructField("order_id", T.StringType()),
        T.StructField("order_timestamp", T.StringType()),
        T.StructField(
            "customer",
            T.StructType(
                [
                    T.StructField("customer_id", T.StringType()),
                    T.StructField("country", T.StringType()),
                    T.StructField("segment", T.StringType()),
                ]
            ),
        ),
        T.StructField("sales_channel", T.StringType()),
        T.StructField(
            "payment",
            T.StructType(
                [
                    T.StructField("method", T.StringType()),
                    T.StructField("status", T.StringType()),
                ]
            ),
        ),
        T.StructField("currency", T.StringType()),
        T.StructField("order_total", DELIVERED_AMOUNT),
        *(
            T.StructField(name, DELIVERED_AMOUNT, True, {"is_optional": True})
            for name in ("discount", "tax", "shipping", "refund")
        ),
        T.StructField("items", T.ArrayType(ITEM)),
    ]
)

# What may be in the total of an order beside its lines, and what was given back of it.
_PARTS = {
    "discount_amount": "Discount that is in order_total, above zero",
    "tax_amount": "Tax that is in order_total beside the prices",
    "shipping_amount": "Shipping that is in order_total",
    "refund_amount": "What was given back of order_total later, above zero",
}

# The typed contract of an order: one flat row, with its lines as a list.
ORDER = T.StructType(
    [
        column("order_id", T.StringType(), "Identifies the order"),
        column(
            "order_timestamp",
            T.TimestampType(),
            "When it was placed: ISO 8601, or milliseconds or nanoseconds since 1970",
        ),
        column(
            "order_date",
            T.DateType(),
            "Day of the order, in UTC or in the time zone of its source profile",
            is_optional=True,
            day_of="order_timestamp",
        ),
        column("customer_id", T.StringType(), "Buyer"),
        column("customer_country", T.StringType(), "Country of the buyer"),
        column("customer_segment", T.StringType(), "Segment of the buyer"),
        column("sales_channel", T.StringType(), "online, store or mobile_app"),
        column("payment_method", T.StringType(), "How it was paid"),
        column(
            "payment_status",
            T.StringType(),
            "paid, refunded, cancelled or pending",
            values=["cancelled", "paid", "pending", "refunded"],
            is_open=True,
        ),
        column(
            "currency",
            T.StringType(),
            "Currency of all its amounts",
            values=CURRENCIES,
        ),
        column(
            "order_total",
            DELIVERED_AMOUNT,
            "What the buyer pays, to the cent: the sum of its lines - discount_amount"
            " + tax_amount + shipping_amount; negative for a refund",
            is_rounded=True,
        ),
        *(
            column(
                name,
                DELIVERED_AMOUNT,
                comment,
                is_optional=True,
                default="0",
                is_rounded=True,
            )
            for name, comment in _PARTS.items()
        ),
        column("items", T.ArrayType(ITEM), "Its lines, in order"),
    ]
)

_IS_INCOMPLETE = " or ".join(
    f"{name} is null" for name in ("order_total", "items_total", *_PARTS)
)

RAW_ORDERS = Table(
    name="orders",
    namespace=NAMESPACE,
    grain="one version of an order as delivered",
    schema=ORDER,
    key=("order_id",),
    amounts=("order_total",),
    prepared_amounts=("items_total",),
    currency="currency",
    settings=(
        Setting(
            "order_total_tolerance",
            Decimal("0.00"),
            1000,
            "How far order_total may be from the sum of its parts",
        ),
    ),
    rules=(
        Rule("order_id_is_present", "order_id is not null"),
        *text_rules(ORDER, ("order_id", "customer_id")),
        time_rule("order_timestamp"),
        Rule(
            "order_date_is_valid",
            "order_date is not null or order_timestamp is null",
            remedy="a date is written like 2025-12-31; if the file has another form, name it as"
            " date_format in a source profile",
        ),
        *day_rules("order", "order_date"),
        Rule("order_has_items", "size(items) > 0"),
        Rule(
            "quantities_are_positive",
            "size(filter(items, item -> coalesce(item.quantity, 0) <= 0)) = 0"
            " or coalesce(payment_status = 'refunded', false)"
            " and size(filter(items, item -> coalesce(item.quantity, 0) >= 0)) = 0",
            remedy="a quantity is a whole number above zero; all are below zero in a refund, whose"
            " payment_status is refunded",
        ),
        Rule(
            "unit_prices_are_valid",
            "size(filter(items, item -> coalesce(item.unit_price, -1) < 0)) = 0",
            remedy="a price is a decimal ≥ 0 with at most 4 decimals",
        ),
        values_rule("currency_is_known", ORDER, "currency"),
        *(
            Rule(f"{name}_is_decimal", f"{name} is not null")
            for name in ("order_total", *_PARTS)
        ),
        Rule(
            "order_total_is_sum_of_items",
            f"{_IS_INCOMPLETE} or abs(order_total - (items_total - discount_amount + tax_amount"
            " + shipping_amount)) <= :order_total_tolerance",
            remedy="order_total is the sum of the lines - discount_amount + tax_amount"
            " + shipping_amount; map or compute what the export has in a source profile",
            causes=(
                Cause(
                    "order_total > items_total and tax_amount = 0",
                    "tax or shipping seems to be in order_total: map tax_amount or shipping_amount"
                    " in a source profile",
                ),
                Cause(
                    "order_total < items_total and discount_amount = 0",
                    "a discount seems to be in order_total: map discount_amount in a source"
                    " profile",
                ),
            ),
        ),
        Rule("customer_id_is_present", "customer_id is not null", level="warn"),
        values_rule("payment_status_is_known", ORDER, "payment_status"),
        Rule(
            "products_are_present",
            "size(filter(items, item -> item.product_id is null)) = 0",
            level="warn",
        ),
    ),
)

_MONTH = [
    column(
        "order_year",
        T.StringType(),
        "Year of order_date, four digits",
        digits=4,
        projected=PROJECTED_YEARS,
    ),
    column(
        "order_month",
        T.StringType(),
        "Month of order_date, two digits",
        digits=2,
        range=[1, 12],
    ),
]

FACT_ORDERS = Table(
    name="fact_orders",
    namespace=NAMESPACE,
    grain="one order",
    schema=T.StructType(
        [
            *RAW_ORDERS.schema.fields[:10],
            column(
                "order_total",
                AMOUNT,
                "What the buyer pays; negative for a refund that is an order of its own",
            ),
            *(column(name, AMOUNT, comment) for name, comment in _PARTS.items()),
            column("item_count", T.IntegerType(), "Number of its lines"),
            column("items_total", AMOUNT, "Sum of its lines as they are in the lake"),
            SOURCE_FILE,
            *_MONTH,
        ]
    ),
    key=("order_id",),
    partition_by=("order_year", "order_month"),
    amounts=("order_total", "items_total"),
    currency="currency",
    date_column="order_date",
)

FACT_ORDER_ITEMS = Table(
    name="fact_order_items",
    namespace=NAMESPACE,
    grain="one line of an order",
    schema=T.StructType(
        [
            *RAW_ORDERS.schema.fields[:1],
            column("line_number", T.IntegerType(), "Place in its order, from 1"),
            RAW_ORDERS.field("order_date"),
            RAW_ORDERS.field("currency"),
            *ITEM.fields,
            column("line_total", AMOUNT, "quantity × unit_price, to the cent"),
            *_MONTH,
        ]
    ),
    key=("order_id", "line_number"),
    strategy=Merge(by=("order_id",)),
    partition_by=("order_year", "order_month"),
    amounts=("line_total",),
    currency="currency",
    date_column="order_date",
)
