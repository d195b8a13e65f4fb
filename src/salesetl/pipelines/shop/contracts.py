"""Contracts of the shop pipeline: what is delivered and what the lake holds."""

from salesetl.model.day_rules import day_rules, time_rule
from salesetl.model.line_totals import DERIVED, TOLERANCE, TOTAL_RULE
from salesetl.model.rules import Rule
from salesetl.model.table import SOURCE_FILE, Table, column
from salesetl.model.text_rules import text_rules, values_rule
from salesetl.model.types import T

NAMESPACE = "shop"

PRICE = T.DecimalType(12, 4)
AMOUNT = T.DecimalType(18, 2)

_PHONE = "^[+]?[0-9][0-9 ()-]{5,}[0-9]$"

SALE = T.StructType(
    [
        column("order_id", T.StringType(), "Identifies the sale"),
        column("user_id", T.StringType(), "Buyer, as known to users"),
        column("product_id", T.StringType(), "Product, as known to products"),
        column("quantity", T.IntegerType(), "Units sold; negative for a return"),
        column("unit_price", PRICE, "Price of one unit"),
        column(
            "total_amount",
            AMOUNT,
            "quantity × unit_price, to the cent; negative for a return",
            is_rounded=True,
        ),
        column(
            "payment_type",
            T.StringType(),
            "How it was paid",
            values=["Credit Card", "Debit Card", "Net Banking", "UPI", "Wallet"],
            is_open=True,
        ),
        column(
            "order_time",
            T.TimestampType(),
            "When it was sold: ISO 8601, or milliseconds or nanoseconds since 1970",
        ),
        column(
            "sale_date",
            T.DateType(),
            "Day of the sale, in UTC or in the time zone of its source profile",
            is_optional=True,
            day_of="order_time",
        ),
    ]
)

RAW_SALES = Table(
    name="sales",
    namespace=NAMESPACE,
    grain="one sale as delivered",
    schema=SALE,
    key=("order_id",),
    amounts=("total_amount",),
    derived=DERIVED,
    settings=(TOLERANCE,),
    rules=(
        Rule("order_id_is_present", "order_id is not null"),
        *text_rules(SALE, ("order_id", "user_id", "product_id")),
        time_rule("order_time"),
        Rule("sale_date_is_valid", "sale_date is not null or order_time is null"),
        *day_rules("sale", "sale_date"),
        Rule(
            "quantity_is_valid",
            "quantity <> 0",
            remedy="a quantity is a whole number, not zero",
        ),
        Rule(
            "unit_price_is_valid",
            "unit_price >= 0",
            remedy="a price is a decimal ≥ 0 with at most 4 decimals",
        ),
        Rule("total_amount_is_decimal", "total_amount is not null"),
        TOTAL_RULE,
        values_rule("payment_type_is_known", SALE, "payment_type"),
        Rule(
            "user_is_known",
            "user_id is not null and is_known_user",
            level="warn",
            needs="users",
        ),
        Rule(
            "product_is_known",
            "product_id is not null and is_known_product",
            level="warn",
            needs="products",
        ),
    ),
)

USER = T.StructType(
    [
        column("user_id", T.StringType(), "Identifies the user"),
        column("name", T.StringType(), "Name"),
        column("phone_number", T.StringType(), "Phone number"),
        column("city", T.StringType(), "City of the user"),
    ]
)

RAW_USERS = Table(
    name="users",
    namespace=NAMESPACE,
    grain="one user as delivered",
    schema=USER,
    key=("user_id",),
    last_line_wins=True,
    rules=(
        Rule("user_id_is_present", "user_id is not null"),
        *text_rules(USER, ("user_id",)),
        Rule(
            "phone_number_is_valid",
            f"phone_number is null or phone_number rlike '{_PHONE}'",
            level="warn",
        ),
    ),
)

PRODUCT = T.StructType(
    [
        column("product_id", T.StringType(), "Identifies the product"),
        column("product_name", T.StringType(), "Name of the product"),
        column("category", T.StringType(), "Category of the product"),
        column("current_price", PRICE, "Price of one unit"),
    ]
)

RAW_PRODUCTS = Table(
    name="products",
    namespace=NAMESPACE,
    grain="one product as delivered",
    schema=PRODUCT,
    key=("product_id",),
    last_line_wins=True,
    rules=(
        Rule("product_id_is_present", "product_id is not null"),
        *text_rules(PRODUCT, ("product_id",)),
        Rule(
            "current_price_is_valid",
            "current_price >= 0",
            remedy="a price is a decimal ≥ 0 with at most 4 decimals",
        ),
    ),
)

# Without partitions: files have every column of the warehouse's table, in its order, which is how a
# COPY of Parquet binds them.
FACT_SALES = Table(
    name="fact_sales",
    namespace=NAMESPACE,
    grain="one sale",
    schema=T.StructType([*SALE.fields, SOURCE_FILE]),
    key=("order_id",),
    amounts=("total_amount",),
    date_column="sale_date",
)

USERS = Table(
    name="users",
    namespace=NAMESPACE,
    grain="one user",
    schema=T.StructType([*USER.fields, SOURCE_FILE]),
    key=("user_id",),
)

PRODUCTS = Table(
    name="products",
    namespace=NAMESPACE,
    grain="one product",
    schema=T.StructType([*PRODUCT.fields, SOURCE_FILE]),
    key=("product_id",),
)
