"""Contracts of the events pipeline: what is delivered and what the lake holds."""

from decimal import Decimal

from salesetl.model.day_rules import day_rules, time_rule
from salesetl.model.freshness import Freshness
from salesetl.model.lineage_columns import FILE_ROW_NUMBER, LOADED_AT
from salesetl.model.rules import Rule, Setting
from salesetl.model.strategies import Append
from salesetl.model.table import SOURCE_FILE, Table, column
from salesetl.model.text_rules import text_rules, values_rule
from salesetl.model.types import T
from salesetl.money import CURRENCIES

NAMESPACE = "events"

PRICE = T.DecimalType(12, 4)
AMOUNT = T.DecimalType(18, 2)
# JSON readers may pass a number through a double, which is exact up to so many digits.
DELIVERED_AMOUNT = T.DecimalType(15, 2)

# In the order in which a visit has them; a cart may be abandoned, an order cancelled.
EVENT_TYPES = [
    "product_view",
    "cart_add",
    "cart_abandon",
    "checkout_start",
    "order_create",
    "order_paid",
    "order_fulfilled",
    "order_cancelled",
]


def _object(**types: T.DataType) -> T.StructType:
    """Declare an object of which each value may be missing."""
    return T.StructType(
        [
            T.StructField(name, data_type, True, {"is_optional": True})
            for name, data_type in types.items()
        ]
    )


_PRODUCT = _object(
    product_id=T.StringType(),
    name=T.StringType(),
    category=T.StringType(),
    price=PRICE,
)

# An event as delivered: its type and time, the customer, the visit, and a product or an order.
EVENTS_DELIVERED = T.StructType(
    [
        T.StructField("event_id", T.StringType()),
        T.StructField("event_type", T.StringType()),
        T.StructField("session_id", T.StringType()),
        T.StructField("event_timestamp", T.StringType()),
        T.StructField(
            "customer",
            _object(
                customer_id=T.StringType(),
                name=T.StringType(),
                email=T.StringType(),
                country=T.StringType(),
            ),
        ),
        T.StructField(
            "session", _object(channel=T.StringType(), device=T.StringType())
        ),
        T.StructField("product", _PRODUCT),
        T.StructField(
            "order",
            _object(
                order_id=T.StringType(),
                status=T.StringType(),
                subtotal=DELIVERED_AMOUNT,
                tax=DELIVERED_AMOUNT,
                shipping=DELIVERED_AMOUNT,
                total_amount=DELIVERED_AMOUNT,
                currency=T.StringType(),
                items=T.ArrayType(_object(product=_PRODUCT, quantity=T.IntegerType())),
            ),
        ),
    ]
)

# A line of an order.
ITEM = T.StructType(
    [
        column("product_id", T.StringType(), "Identifies the product"),
        column("product_name", T.StringType(), "Name of the product at that time"),
        column("category", T.StringType(), "Category of the product at that time"),
        column("quantity", T.IntegerType(), "Units"),
        column("unit_price", PRICE, "Price of one unit"),
    ]
)

_ORDER_AMOUNTS = {
    "order_subtotal": "Sum of the lines of the order, without tax and shipping",
    "order_tax": "Tax on the order",
    "order_shipping": "Shipping of the order",
    "order_total": "What the buyer pays: order_subtotal + order_tax + order_shipping",
}

_EVENT = [
    column("event_id", T.StringType(), "Identifies the event"),
    column(
        "event_type",
        T.StringType(),
        "What has happened",
        values=EVENT_TYPES,
        is_open=True,
    ),
    column("session_id", T.StringType(), "Visit that the event is part of"),
    column(
        "event_timestamp",
        T.TimestampType(),
        "When it happened: ISO 8601, or milliseconds or nanoseconds since 1970",
    ),
    column("customer_id", T.StringType(), "Who did it"),
    column("customer_name", T.StringType(), "Name at that time"),
    column("customer_email", T.StringType(), "E-mail address at that time"),
    column("customer_country", T.StringType(), "Country at that time"),
    column("channel", T.StringType(), "What the visit came through, such as Google"),
    column("device", T.StringType(), "mobile, desktop or tablet"),
    column("product_id", T.StringType(), "Product of a view"),
    column("product_name", T.StringType(), "Its name"),
    column("product_category", T.StringType(), "Its category"),
    column("product_price", PRICE, "Its price as shown"),
    column("order_id", T.StringType(), "Order that the event is about"),
    column("order_status", T.StringType(), "State of the order as of this event"),
    *(
        column(name, DELIVERED_AMOUNT, comment, is_optional=True)
        for name, comment in _ORDER_AMOUNTS.items()
    ),
    column(
        "currency",
        T.StringType(),
        "Currency of the amounts of the order",
        values=CURRENCIES,
        is_optional=True,
    ),
]

_ITEMS = column(
    "items",
    T.ArrayType(ITEM),
    "Lines of the order, in order",
    is_optional=True,
)

EVENT_DATE = column(
    "event_date",
    T.DateType(),
    "Day of the event, in UTC or in the time zone of its source profile",
    is_optional=True,
    day_of="event_timestamp",
    projected=["2000-01-01", "NOW"],
)

RAW_EVENTS = Table(
    name="events",
    namespace=NAMESPACE,
    grain="one event as delivered",
    schema=T.StructType([*_EVENT, _ITEMS, FILE_ROW_NUMBER, EVENT_DATE]),
    key=("event_id",),
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
        Rule("event_id_is_present", "event_id is not null"),
        *text_rules(
            T.StructType([*_EVENT, _ITEMS]),
            ("event_id", "session_id", "customer_id", "product_id", "order_id"),
        ),
        Rule("event_type_is_present", "event_type is not null"),
        time_rule("event_timestamp"),
        Rule(
            "event_date_is_valid", "event_date is not null or event_timestamp is null"
        ),
        *day_rules("event", "event_date"),
        Rule(
            "order_is_present",
            "order_id is not null or event_type is null or event_type not like 'order%'",
            remedy="an event of an order has the order, with its order_id",
        ),
        *(
            Rule(
                f"{name}_is_valid",
                f"order_id is null or {name} >= 0",
                remedy="an amount of an order is a decimal ≥ 0",
            )
            for name in _ORDER_AMOUNTS
        ),
        Rule(
            "currency_is_known",
            f"order_id is null or currency in ({', '.join(map(repr, CURRENCIES))})",
        ),
        Rule(
            "order_total_is_sum_of_parts",
            "order_id is null or "
            + "".join(f"{name} is null or " for name in _ORDER_AMOUNTS)
            + "abs(order_total - (order_subtotal + order_tax + order_shipping))"
            " <= :order_total_tolerance",
            remedy="order_total is order_subtotal + order_tax + order_shipping; map or compute what"
            " the events have in a source profile",
        ),
        Rule("order_has_items", "order_id is null or size(items) > 0"),
        Rule(
            "quantities_are_positive",
            "order_id is null"
            " or size(filter(items, item -> coalesce(item.quantity, 0) <= 0)) = 0",
            remedy="a quantity is a whole number above zero",
        ),
        Rule(
            "unit_prices_are_valid",
            "order_id is null"
            " or size(filter(items, item -> coalesce(item.unit_price, -1) < 0)) = 0",
            remedy="a price is a decimal ≥ 0 with at most 4 decimals",
        ),
        Rule(
            "order_subtotal_is_sum_of_items",
            "order_id is null or order_subtotal is null or items_total is null"
            " or abs(order_subtotal - items_total) <= :order_total_tolerance",
            remedy="order_subtotal is the sum of quantity × price of its lines; map or compute what"
            " the events have in a source profile",
        ),
        Rule("session_id_is_present", "session_id is not null", level="warn"),
        Rule("customer_id_is_present", "customer_id is not null", level="warn"),
        values_rule("event_type_is_known", T.StructType(_EVENT), "event_type"),
    ),
)

# An event never changes, so a later delivery of the same event_id is not loaded.
EVENTS = Table(
    name="events",
    namespace=NAMESPACE,
    grain="one event",
    schema=T.StructType(
        [
            *(
                (
                    column(
                        each.name, AMOUNT, each.metadata["comment"], is_optional=True
                    )
                    if each.name in _ORDER_AMOUNTS
                    else each
                )
                for each in _EVENT
            ),
            column(
                "event_data",
                T.StringType(),
                "The event as delivered, with the lines of its order",
                is_lineage=True,
            ),
            SOURCE_FILE,
            FILE_ROW_NUMBER,
            LOADED_AT,
            EVENT_DATE,
        ]
    ),
    key=("event_id",),
    partition_by=("event_date",),
    strategy=Append(),
    amounts=("order_total",),
    currency="currency",
    date_column="event_date",
    freshness=Freshness(warn_after_hours=1, error_after_hours=24),
)

ORDER_ITEMS = Table(
    name="order_items",
    namespace=NAMESPACE,
    grain="one line of an order, as an event has it",
    schema=T.StructType(
        [
            RAW_EVENTS.field("event_id"),
            RAW_EVENTS.field("order_id"),
            column("line_number", T.IntegerType(), "Place in its order, from 1"),
            *ITEM.fields,
            column("line_total", AMOUNT, "quantity × unit_price, to the cent"),
            RAW_EVENTS.field("currency"),
            LOADED_AT,
            EVENT_DATE,
        ]
    ),
    key=("event_id", "line_number"),
    partition_by=("event_date",),
    strategy=Append(),
    amounts=("line_total",),
    currency="currency",
    date_column="event_date",
)
