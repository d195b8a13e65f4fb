"""Contracts of the retail pipeline: what is delivered and what the lake holds."""

from salesetl.model.day_rules import day_rules
from salesetl.model.line_totals import DERIVED, TOLERANCE, TOTAL_RULE
from salesetl.model.rules import Rule
from salesetl.model.strategies import Merge
from salesetl.model.table import PROJECTED_YEARS, SOURCE_FILE, Table, column
from salesetl.model.text_rules import DAY_FIRST, DECIMAL_COMMA, MONTH_FIRST, text_rules
from salesetl.model.types import T

NAMESPACE = "retail"

PRICE = T.DecimalType(12, 4)
AMOUNT = T.DecimalType(18, 2)

# Every file lies in the folder of its delivery, such as delivered=2025-01-31.
DELIVERED_ON = column(
    "delivered_on",
    T.DateType(),
    "Day of the delivery, from the folder of its file",
    is_optional=True,
    folder="delivered",
    projected=["2000-01-01", "NOW"],
)

_DATE_REMEDY = (
    "a date is written like 2025-12-31; if the file has another form, name it as date_format in a"
    " source profile"
)
_EMAIL = "^[^@ ]+@[^@ ]+[.][^@ .]+$"

_CUSTOMER = [
    column("customer_id", T.StringType(), "Identifies the customer"),
    column("first_name", T.StringType(), "First name"),
    column("last_name", T.StringType(), "Last name"),
    column("email", T.StringType(), "E-mail address"),
    column("registration_date", T.DateType(), "Day the customer registered"),
]

RAW_CUSTOMERS = Table(
    name="customers",
    namespace=NAMESPACE,
    grain="one customer as delivered on a day, among all customers",
    schema=T.StructType([*_CUSTOMER, DELIVERED_ON]),
    key=("customer_id", "delivered_on"),
    last_line_wins=True,
    rules=(
        Rule("customer_id_is_present", "customer_id is not null"),
        *text_rules(T.StructType(_CUSTOMER), ("customer_id",)),
        Rule(
            "registration_date_is_valid",
            "registration_date is not null",
            remedy=_DATE_REMEDY,
            causes=(DAY_FIRST, MONTH_FIRST),
        ),
        Rule(
            "email_is_valid",
            f"email is null or email rlike '{_EMAIL}'",
            level="warn",
        ),
    ),
)

_PRODUCT = [
    column("product_id", T.StringType(), "Identifies the product"),
    column("product_name", T.StringType(), "Name of the product"),
    column("category", T.StringType(), "Category of the product"),
    column("price", PRICE, "Price of one unit on the day of the delivery"),
    column("stock_quantity", T.IntegerType(), "Units in stock; null if not delivered"),
]

RAW_PRODUCTS = Table(
    name="products",
    namespace=NAMESPACE,
    grain="one product as delivered on a day, among all products",
    schema=T.StructType([*_PRODUCT, DELIVERED_ON]),
    key=("product_id", "delivered_on"),
    last_line_wins=True,
    rules=(
        Rule("product_id_is_present", "product_id is not null"),
        *text_rules(T.StructType(_PRODUCT), ("product_id",)),
        Rule(
            "price_is_valid",
            "price >= 0",
            remedy="a price is a number ≥ 0 with a decimal point and at most 4 decimals; for a"
            " decimal comma set decimal_comma in a source profile",
            causes=(DECIMAL_COMMA,),
        ),
        Rule("stock_quantity_is_valid", "stock_quantity >= 0", level="warn"),
    ),
)

_ORDER_LINE = [
    column("order_id", T.StringType(), "Identifies the order"),
    column(
        "line_number",
        T.IntegerType(),
        "Place of the line in its order, from 1",
        is_optional=True,
        place_in=["order_id"],
    ),
    column("customer_id", T.StringType(), "Buyer, as known to customers"),
    column("product_id", T.StringType(), "Product, as known to products"),
    column("order_date", T.DateType(), "Day of the order"),
    column("quantity", T.IntegerType(), "Units sold; negative for a return"),
    column("unit_price", PRICE, "Price of one unit"),
    column(
        "total_amount",
        AMOUNT,
        "quantity × unit_price, to the cent; negative for a return",
        is_rounded=True,
    ),
]

RAW_ORDERS = Table(
    name="orders",
    namespace=NAMESPACE,
    grain="one line of an order as delivered",
    schema=T.StructType([*_ORDER_LINE, DELIVERED_ON]),
    key=("order_id", "line_number"),
    amounts=("total_amount",),
    derived=DERIVED,
    settings=(TOLERANCE,),
    rules=(
        Rule("order_id_is_present", "order_id is not null"),
        *text_rules(
            T.StructType(_ORDER_LINE), ("order_id", "customer_id", "product_id")
        ),
        Rule(
            "order_date_is_valid",
            "order_date is not null",
            remedy=_DATE_REMEDY,
            causes=(DAY_FIRST, MONTH_FIRST),
        ),
        *day_rules("order", "order_date", told="dates"),
        Rule(
            "quantity_is_valid",
            "quantity <> 0",
            remedy="a quantity is a whole number, not zero",
        ),
        Rule(
            "unit_price_is_valid",
            "unit_price >= 0",
            remedy="a price is a number ≥ 0 with a decimal point and at most 4 decimals; for a"
            " decimal comma set decimal_comma in a source profile",
            causes=(DECIMAL_COMMA,),
        ),
        Rule("total_amount_is_decimal", "total_amount is not null"),
        TOTAL_RULE,
        Rule("customer_id_is_present", "customer_id is not null", level="warn"),
        Rule("product_id_is_present", "product_id is not null", level="warn"),
        Rule(
            "customer_is_known",
            "customer_id is null or is_known_customer",
            level="warn",
            needs="customers",
        ),
        Rule(
            "product_is_known",
            "product_id is null or is_known_product",
            level="warn",
            needs="products",
        ),
        Rule(
            "order_is_not_before_registration",
            "order_date is null or registration_date is null"
            " or order_date >= registration_date",
            level="warn",
        ),
    ),
)

# Snapshots as delivered: the versions of a customer are made of them in the warehouse, so that no
# order of deliveries can leave wrong ones. A file that is delivered again replaces its rows.
_BY_FILE = Merge(of_file=True)

CUSTOMERS = Table(
    name="customers",
    namespace=NAMESPACE,
    grain="one customer as delivered on a day",
    schema=T.StructType([*_CUSTOMER, SOURCE_FILE, DELIVERED_ON]),
    key=("customer_id", "delivered_on"),
    partition_by=("delivered_on",),
    strategy=_BY_FILE,
)

PRODUCTS = Table(
    name="products",
    namespace=NAMESPACE,
    grain="one product as delivered on a day",
    schema=T.StructType([*_PRODUCT, SOURCE_FILE, DELIVERED_ON]),
    key=("product_id", "delivered_on"),
    partition_by=("delivered_on",),
    strategy=_BY_FILE,
)

# A rejected row may be of any customer if it does not tell which; that no snapshot has a customer
# means that it was deleted only where no rejected row can be it.
REJECTED_CUSTOMERS = Table(
    name="rejected_customers",
    namespace=NAMESPACE,
    grain="one rejected row of a delivery of customers",
    schema=T.StructType([*_CUSTOMER[:1], DELIVERED_ON, SOURCE_FILE]),
    key=(),
    strategy=Merge(by=(SOURCE_FILE.name,), of_file=True),
)

REJECTED_PRODUCTS = Table(
    name="rejected_products",
    namespace=NAMESPACE,
    grain="one rejected row of a delivery of products",
    schema=T.StructType([*_PRODUCT[:1], DELIVERED_ON, SOURCE_FILE]),
    key=(),
    strategy=Merge(by=(SOURCE_FILE.name,), of_file=True),
)

ORDER_LINES = Table(
    name="order_lines",
    namespace=NAMESPACE,
    grain="one line of an order, as its last delivery has it",
    schema=T.StructType(
        [
            *_ORDER_LINE,
            DELIVERED_ON,
            SOURCE_FILE,
            column(
                "year", T.IntegerType(), "Year of order_date", projected=PROJECTED_YEARS
            ),
            column(
                "month",
                T.IntegerType(),
                "Month of order_date, 1 to 12",
                range=[1, 12],
            ),
        ]
    ),
    key=("order_id", "line_number"),
    partition_by=("year", "month"),
    amounts=("total_amount",),
    date_column="order_date",
    strategy=Merge(by=("order_id",)),
)
