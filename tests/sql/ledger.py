"""The metrics of orders once more, in plain Python from the orders as they were delivered."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.sql.orders import Order, line_total, total

Rows = list[dict[str, Any]]


def share(part: Decimal | int, whole: Decimal | int, places: int) -> Decimal | None:
    """Divide exactly and round half up; None by zero."""
    if not whole:
        return None
    unit = Decimal(1).scaleb(-places)
    return (Decimal(part) / Decimal(whole)).quantize(unit, ROUND_HALF_UP)


def month_of(one: Order) -> date:
    """Return the first day of an order's month."""
    return date(one["day"].year, one["day"].month, 1)


def after(month: date, months: int = 1) -> date:
    """Return the first day of a month some months on."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def is_ended(month: date, orders: Sequence[Order]) -> bool:
    """Tell whether orders, of any status, go up to the last day of a month."""
    last: date = max(one["day"] for one in orders)
    return (after(month) - last).days <= 1


def is_complete(month: date, orders: Sequence[Order]) -> bool:
    """Tell whether orders begin by the first day of a month, too."""
    return min(one["day"] for one in orders) <= month and is_ended(month, orders)


def months_of(orders: Sequence[Order]) -> list[date]:
    """Return all months from the first order to the last, also those without."""
    months = [min(map(month_of, orders))]
    while months[-1] < max(map(month_of, orders)):
        months.append(after(months[-1]))
    return months


def paid(orders: Iterable[Order]) -> list[Order]:
    """Keep the orders that are revenue."""
    return [one for one in orders if one["status"] == "paid"]


def monthly_revenue(orders: Sequence[Order]) -> Rows:
    """Revenue of each month and currency."""
    groups = defaultdict(list)
    for one in orders:
        groups[month_of(one), one["currency"]].append(one)
    rows = []
    for (month, currency), group in sorted(groups.items()):
        counts: dict[str, Any] = {}
        for status in ("paid", "refunded", "cancelled"):
            found = [one for one in group if one["status"] == status]
            counts[status] = (len(found), sum(map(total, found), Decimal("0.00")))
        rows.append(
            {
                "order_month_start": month,
                "currency": currency,
                "orders": counts["paid"][0],
                "revenue": counts["paid"][1],
                "net_revenue": counts["paid"][1]
                - sum(one.get("refund", Decimal(0)) for one in paid(group)),
                "avg_order_value": share(counts["paid"][1], counts["paid"][0], 2),
                "refunded_orders": counts["refunded"][0],
                "refunded_amount": counts["refunded"][1],
                "cancelled_orders": counts["cancelled"][0],
                "cancelled_amount": counts["cancelled"][1],
                "is_complete_month": is_complete(month, orders),
            }
        )
    return rows


def revenue_mom(orders: Sequence[Order]) -> Rows:
    """Revenue beside that of the month before."""
    months = monthly_revenue(orders)
    by_month = {(row["order_month_start"], row["currency"]): row for row in months}
    rows = []
    for row in months:
        month, currency = row["order_month_start"], row["currency"]
        before = by_month.get((after(month, -1), currency))
        change = growth = None
        if before and row["is_complete_month"] and before["is_complete_month"]:
            change = row["revenue"] - before["revenue"]
            growth = share(change, before["revenue"], 6)
        rows.append(
            {
                "order_month_start": month,
                "currency": currency,
                "revenue": row["revenue"],
                "revenue_change": change,
                "revenue_growth_rate": growth,
                "running_revenue": sum(
                    total(one)
                    for one in paid(orders)
                    if one["currency"] == currency and month_of(one) <= month
                ),
                "is_complete_month": row["is_complete_month"],
            }
        )
    return rows


def category_sales_monthly(orders: Sequence[Order]) -> Rows:
    """Revenue, units and price of each month, currency and category."""
    groups = defaultdict(list)
    months: dict[Any, Decimal] = defaultdict(Decimal)
    for one in paid(orders):
        for category, quantity, price in one["items"]:
            groups[month_of(one), one["currency"], category].append((quantity, price))
            months[month_of(one), one["currency"]] += line_total(quantity, price)
    rows = []
    for (month, currency, category), lines in groups.items():
        revenue = sum((line_total(*line) for line in lines), Decimal(0))
        exact = sum((quantity * price for quantity, price in lines), Decimal(0))
        units = sum(quantity for quantity, _ in lines)
        rows.append(
            {
                "order_month_start": month,
                "currency": currency,
                "category": category,
                "revenue": revenue,
                "units_sold": units,
                "revenue_share": share(revenue, months[month, currency], 6),
                "avg_unit_price": share(exact, units, 4),
                "is_complete_month": is_complete(month, orders),
            }
        )
    return rows


def active_customers(orders: Sequence[Order]) -> dict[date, set[str]]:
    """Return who paid for an order, by month."""
    active: dict[date, set[str]] = {month: set() for month in months_of(orders)}
    for one in paid(orders):
        if one["customer_id"]:
            active[month_of(one)].add(one["customer_id"])
    return active


def monthly_active_customers(orders: Sequence[Order]) -> Rows:
    """Distinct customers of each month."""
    return [
        {
            "order_month_start": month,
            "active_customers": len(customers),
            "is_complete_month": is_complete(month, orders),
        }
        for month, customers in active_customers(orders).items()
    ]


def cohort_retention(orders: Sequence[Order]) -> Rows:
    """Who of a cohort came back, by month."""
    active = active_customers(orders)
    rows = []
    seen: set[str] = set()
    for cohort, customers in active.items():
        members = customers - seen
        seen |= customers
        for number, month in enumerate(month for month in active if month >= cohort):
            if members and is_ended(month, orders):
                back = len(members & active[month])
                rows.append(
                    {
                        "cohort_month": cohort,
                        "months_since_cohort": number,
                        "cohort_size": len(members),
                        "active_customers": back,
                        "retention_rate": share(back, len(members), 6),
                        "is_complete_month": is_complete(cohort, orders),
                    }
                )
    return rows


def cohort_retention_first_6_months(orders: Sequence[Order]) -> Rows:
    """The first six months of each cohort."""
    return [row for row in cohort_retention(orders) if row["months_since_cohort"] < 6]


def monthly_churn(orders: Sequence[Order]) -> Rows:
    """Who was active in a month and not in the next."""
    active = active_customers(orders)
    rows = []
    for month, customers in active.items():
        if not customers:
            continue
        is_known = is_complete(after(month), orders)
        lost = len(customers - active[after(month)]) if is_known else None
        rows.append(
            {
                "order_month_start": month,
                "active_customers": len(customers),
                "churned_customers": lost,
                "churn_rate": None if lost is None else share(lost, len(customers), 6),
                "is_complete_month": is_complete(month, orders),
            }
        )
    return rows


def active_customers_by_country(orders: Sequence[Order]) -> Rows:
    """Who of a country paid for an order in a month."""
    customers = defaultdict(set)
    for one in paid(orders):
        if one["customer_id"]:
            customers[month_of(one), one["country"]].add(one["customer_id"])
    return [
        {
            "order_month_start": month,
            "customer_country": country,
            "active_customers": len(names),
            "is_complete_month": is_complete(month, orders),
        }
        for (month, country), names in customers.items()
    ]


def engagement_by_country(orders: Sequence[Order]) -> Rows:
    """What a customer of a country orders in a month."""
    groups = defaultdict(list)
    for one in paid(orders):
        if one["customer_id"]:
            groups[month_of(one), one["country"], one["currency"]].append(one)
    rows = []
    for (month, country, currency), group in groups.items():
        customers = len({one["customer_id"] for one in group})
        revenue = sum(map(total, group), Decimal(0))
        rows.append(
            {
                "order_month_start": month,
                "customer_country": country,
                "currency": currency,
                "active_customers": customers,
                "orders": len(group),
                "revenue": revenue,
                "orders_per_active_customer": share(len(group), customers, 4),
                "revenue_per_active_customer": share(revenue, customers, 2),
                "is_complete_month": is_complete(month, orders),
            }
        )
    return rows
