"""What the charts of events are drawn from, by the name of the query."""

_OF_PAID = (
    "currency, count(*) as orders, sum(merchandise) as merchandise, sum(tax) as tax,"
    " sum(shipping) as shipping, sum(order_total) as revenue"
    " from analytics_orders where is_paid group by"
)
_LINES = (
    "sum(quantity) as units, sum(line_total) as merchandise"
    " from analytics_order_items where is_paid group by"
)
# Each step of a visit, in order.
STEPS = {
    "visits": "product_view",
    "carts": "cart_add",
    "checkouts": "checkout_start",
    "orders": "order_create",
    "paid": "order_paid",
    "fulfilled": "order_fulfilled",
}


def _reached(step: str) -> str:
    """Write the number of visits that have an event of a step and of all steps before."""
    names = list(STEPS)
    before = " and ".join(f"has_{name}" for name in names[: names.index(step) + 1])
    return f"count(*) filter (where {before}) as {step}"


EVENTS_QUERIES = {
    # A shop may have visits before it has orders.
    "days": (
        "select event_date, count(distinct session_id) as visits"
        " from staging.events group by event_date order by event_date"
    ),
    "revenue": f"select order_date, {_OF_PAID} order_date, currency order by order_date, currency",
    "hours": f"select order_hour, {_OF_PAID} order_hour, currency order by currency, order_hour",
    "channels": (
        f"select channel, {_OF_PAID} channel, currency"
        " order by currency, revenue desc, channel"
    ),
    "countries": (
        f"select customer_country, {_OF_PAID} customer_country, currency"
        " order by currency, revenue desc, customer_country"
    ),
    "categories": (
        f"select category, currency, {_LINES} category, currency"
        " order by currency, merchandise desc, category"
    ),
    # A product may have changed its name.
    "products": (
        "select product_id, product_name, currency, units, merchandise"
        " from (select product_id, max(product_name) as product_name, row_number() over"
        " (partition by currency order by sum(line_total) desc, product_id) as place,"
        f" currency, {_LINES} product_id, currency) as products"
        " where place <= 10 order by currency, place"
    ),
    # A visit has one channel.
    "funnel": (
        "select channel, count(*) as sessions, "
        + ", ".join(map(_reached, STEPS))
        + " from (select session_id, min(channel) as channel, "
        + ", ".join(
            f"bool_or(event_type = '{event_type}') as has_{name}"
            for name, event_type in STEPS.items()
        )
        + " from staging.events where session_id is not null group by session_id) as visits"
        " group by channel order by visits desc, channel"
    ),
    "without_visit": (
        "select count(*) as events from staging.events where session_id is null"
    ),
    "customers": (
        "select count(distinct customers.customer_id) as customers,"
        " count(distinct buyers.customer_id) as buyers"
        " from dim_customers as customers"
        " left join analytics_customer_summary as buyers"
        " on customers.customer_id = buyers.customer_id"
    ),
    "segments": (
        "select segment, currency, count(*) as customers, sum(orders) as orders,"
        " sum(lifetime_value) as lifetime_value from analytics_customer_summary"
        " group by segment, currency order by currency, lifetime_value desc, segment"
    ),
    "fifths": (
        "select monetary_score, currency, count(*) as customers,"
        " sum(lifetime_value) as lifetime_value from analytics_customer_summary"
        " group by monetary_score, currency order by currency, monetary_score"
    ),
}
