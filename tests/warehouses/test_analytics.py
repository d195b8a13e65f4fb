"""The analytics of retail and shop are what plain Python makes of the same rows."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations, pairwise
from random import Random
from typing import Any

import duckdb
import pytest

from tests.warehouses.compiled_models import compiled_models
from tests.warehouses.dbt_program import needs_dbt

pytestmark = [needs_dbt, pytest.mark.slow]

FIRST = date(2024, 11, 25)
CATEGORIES = {"P1": "Books", "P2": "Books", "P3": "Sports", "P4": "Clothing"}
# In the order in which they read each other.
RETAIL = """customer_versions product_versions dim_customers dim_products dim_date fact_order_lines
    order_totals revenue_by_day revenue_by_category top_products top_customers basket_sizes
    repeat_intervals product_pairs customer_segments revenue_by_weekday weekend_and_weekday
    revenue_by_season""".split()
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """An order line; without a customer or a product it is an orphan."""

    order: str
    number: int
    customer: str | None
    product: str | None
    day: date
    quantity: int
    price: Decimal

    @property
    def total(self) -> Decimal:
        """What the line is worth."""
        return (self.quantity * self.price).quantize(CENT)


def made_lines() -> list[Line]:
    """Make orders of two months, some of unknown customers, some returned."""
    random = Random(7)
    lines = []
    for number in range(150):
        customer = random.choice(["C1", "C2", "C3", "C4", "C5", "C6", "C7", None])
        day = FIRST + timedelta(random.randrange(60))
        for place in range(1, random.randrange(1, 5) + 1):
            product = random.choice([*CATEGORIES, "P9", None])
            quantity = random.choice([1, 1, 2, 3, -1])
            price = Decimal(random.randrange(1, 100_000)) / 100
            line = (f"O{number}", place, customer, product, day, quantity, price)
            lines.append(Line(*line))
    return lines


LINES = made_lines()
# Products and customers that the snapshots know.
KNOWN = {line.customer for line in LINES if line.customer} - {"C7"}


@pytest.fixture(scope="module")
def star(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Make the star and the analytics of the lines."""
    models = compiled_models(tmp_path_factory.mktemp("dbt"))
    opened = duckdb.connect()
    opened.execute("""
        create table customers (customer_id varchar, first_name varchar, last_name varchar,
            email varchar, registration_date date, delivered_on date);
        create table products (product_id varchar, product_name varchar, category varchar,
            price decimal(12, 4), stock_quantity integer, delivered_on date);
        create table rejected_customers (customer_id varchar, delivered_on date);
        create table rejected_products (product_id varchar, delivered_on date);
        create table order_lines (order_id varchar, line_number integer, customer_id varchar,
            product_id varchar, order_date date, quantity integer, unit_price decimal(12, 4),
            total_amount decimal(18, 2));
        """)
    for name in sorted(KNOWN):
        row = [name, "Ann", "Lee", "x", FIRST, FIRST]
        opened.execute("insert into customers values (?, ?, ?, ?, ?, ?)", row)
    for name, category in CATEGORIES.items():
        row = [name, f"Product {name}", category, 1, 1, FIRST]
        opened.execute("insert into products values (?, ?, ?, ?, ?, ?)", row)
    opened.executemany(
        "insert into order_lines values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            [
                line.order,
                line.number,
                line.customer,
                line.product,
                line.day,
                line.quantity,
                line.price,
                line.total,
            ]
            for line in LINES
        ],
    )
    for name in RETAIL:
        opened.execute(f"create table {name} as {models[name]}")
    yield opened
    opened.close()


def rows(star: Any, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    found: list[tuple[Any, ...]] = star.execute(query).fetchall()
    return found


def orders() -> dict[str, list[Line]]:
    """Return the lines of each order."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in LINES:
        found[line.order].append(line)
    return found


def average(total: Decimal, count: int) -> Decimal:
    """Divide to the cent, half away from zero."""
    return (total / count).quantize(CENT, ROUND_HALF_UP)


def test_orphans_and_known_lines_are_all_lines(star: Any) -> None:
    found = rows(
        star,
        "select customer_key = -1, product_key = -1, count(*), sum(total_amount)"
        " from fact_order_lines group by all order by all",
    )

    due: dict[tuple[bool, bool], list[Line]] = defaultdict(list)
    for line in LINES:
        is_orphan = line.customer not in KNOWN, line.product not in CATEGORIES
        due[is_orphan].append(line)
    assert found == [
        (*key, len(own), sum(line.total for line in own))
        for key, own in sorted(due.items())
    ]
    assert sum(row[2] for row in found) == len(LINES)


def test_revenue_of_each_day_is_that_of_its_lines_also_of_none(star: Any) -> None:
    found = rows(
        star, "select full_date, orders, units, revenue from revenue_by_day order by 1"
    )

    days = [line.day for line in LINES]
    due = []
    for number in range((max(days) - min(days)).days + 1):
        day = min(days) + timedelta(number)
        own = [line for line in LINES if line.day == day]
        totals = sum((line.total for line in own), Decimal(0))
        count = len({line.order for line in own})
        due.append((day, count, sum(line.quantity for line in own), totals))
    assert found == due


def test_categories_products_and_customers_by_revenue(star: Any) -> None:
    categories: Counter[str] = Counter()
    products: Counter[str] = Counter()
    customers: Counter[str] = Counter()
    for line in LINES:
        categories[CATEGORIES.get(line.product or "", "Unknown")] += line.total  # type: ignore[assignment]
        if line.product in CATEGORIES:
            products[line.product or ""] += line.total  # type: ignore[assignment]
        if line.customer in KNOWN:
            customers[line.customer or ""] += line.total  # type: ignore[assignment]

    assert dict(rows(star, "select category, revenue from revenue_by_category")) == (
        categories
    )
    ranked = rows(
        star, "select product_id, revenue from top_products order by product_rank"
    )
    assert ranked == sorted(products.items(), key=lambda each: (-each[1], each[0]))
    ranked = rows(
        star, "select customer_id, revenue from top_customers order by customer_rank"
    )
    assert ranked == sorted(customers.items(), key=lambda each: (-each[1], each[0]))


def test_baskets_are_counted_by_their_lines(star: Any) -> None:
    sizes: dict[int, list[Decimal]] = defaultdict(list)
    for own in orders().values():
        sizes[len(own)].append(sum((line.total for line in own), Decimal(0)))

    found = rows(
        star,
        "select lines, orders, revenue, avg_order_value from basket_sizes order by 1",
    )

    assert found == [
        (size, len(own), sum(own), average(sum(own, Decimal(0)), len(own)))
        for size, own in sorted(sizes.items())
    ]


def test_repeats_are_the_days_between_orders_of_a_customer(star: Any) -> None:
    days: dict[str, list[date]] = defaultdict(list)
    for own in orders().values():
        if own[0].customer in KNOWN:
            days[own[0].customer or ""].append(own[0].day)
    due = Counter(
        (later - earlier).days
        for own in days.values()
        for earlier, later in pairwise(sorted(own))
    )

    assert dict(rows(star, "select days_between, orders from repeat_intervals")) == due


def test_pairs_are_products_of_one_order(star: Any) -> None:
    due: Counter[tuple[str, str]] = Counter()
    for own in orders().values():
        known = sorted({line.product for line in own if line.product in CATEGORIES})
        due.update(combinations(known, 2))

    found = rows(star, "select product_id, other_product_id, orders from product_pairs")
    assert {(one, other): count for one, other, count in found} == due


def test_segments_have_everybody_once_and_scores_by_fifths(star: Any) -> None:
    found = rows(
        star,
        "select customer_id, days_since_order, orders, revenue, recency_score,"
        " frequency_score, monetary_score, segment from customer_segments order by 1",
    )

    last = max(line.day for line in LINES)
    assert [row[0] for row in found] == sorted(KNOWN)
    by_revenue = sorted(found, key=lambda row: (row[3], row[0]))
    # Six customers in five groups: the first group has one more.
    assert [row[6] for row in by_revenue] == [1, 1, 2, 3, 4, 5]
    for customer, days_since, count, revenue, *_ in found:
        own = [line for line in LINES if line.customer == customer]
        assert days_since == (last - max(line.day for line in own)).days
        assert count == len({line.order for line in own})
        assert revenue == sum(line.total for line in own)
    names = {row[7] for row in found}
    known = {"Champions", "At risk", "Loyal", "Recent", "Lost", "Occasional"}
    assert names <= known


def test_weekdays_weekends_and_seasons_have_all_revenue(star: Any) -> None:
    weekdays: dict[int, list[Line]] = defaultdict(list)
    weekends: dict[bool, list[Line]] = defaultdict(list)
    seasons: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    names = {11: "Autumn", 12: "Winter", 1: "Winter"}
    for line in LINES:
        weekdays[line.day.isoweekday()].append(line)
        weekends[line.day.isoweekday() >= 6].append(line)
        seasons[line.day.year, names[line.day.month]] += line.total

    def told(own: list[Line]) -> tuple[int, int, Decimal, Decimal]:
        days = len({line.day for line in own})
        total = sum((line.total for line in own), Decimal(0))
        return days, len({line.order for line in own}), total, average(total, days)

    columns = "days_with_orders, orders, revenue, avg_daily_revenue"
    found = rows(
        star, f"select day_of_week, {columns} from revenue_by_weekday order by 1"
    )
    assert found == [(day, *told(own)) for day, own in sorted(weekdays.items())]
    found = rows(
        star, f"select is_weekend, {columns} from weekend_and_weekday order by 1"
    )
    assert found == [(each, *told(own)) for each, own in sorted(weekends.items())]
    found = rows(star, "select year, season, revenue from revenue_by_season")
    assert {(year, season): revenue for year, season, revenue in found} == seasons


def test_the_shop_by_city_category_way_to_pay_and_hour(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    models = compiled_models(tmp_path_factory.mktemp("dbt"))
    random = Random(3)
    sales = [
        (
            f"S{number}",
            random.choice(["1", "2", "9"]),
            random.choice(["A", "B", "Z"]),
            random.choice(["UPI", "Wallet"]),
            datetime(2025, 1, 31, random.randrange(24)),
            Decimal(random.randrange(1, 10_000)) / 100,
        )
        for number in range(60)
    ]
    opened = duckdb.connect()
    opened.execute("""
        create table users as select * from (values ('1', 'A', '1', 'Pune'), ('2', 'B', '2', 'Agra'))
            as users (user_id, name, phone_number, city);
        create table products as select * from (values ('A', 'Mouse', 'Gadgets', 1.00),
            ('B', 'Screen', 'Computing', 1.00))
            as products (product_id, product_name, category, current_price);
        create table staged (order_id varchar, user_id varchar, product_id varchar,
            payment_type varchar, order_time timestamp, total_amount decimal(18, 2));
        """)
    opened.executemany("insert into staged values (?, ?, ?, ?, ?, ?)", sales)
    opened.execute(f"create view dim_users as {models['dim_users']}")
    # In the warehouse the dimension and what it is made of have one name in two schemas.
    own = models["shop_dim_products"]
    opened.execute(f"create view shop_dim_products as {own}")
    fact = models["shop_fact_sales"].replace(
        "join dim_products", "join shop_dim_products"
    )
    opened.execute(
        "create view fact_sales as select *, cast(order_time as date) as sale_date,"
        " 1 as quantity, total_amount as unit_price from staged"
    )
    opened.execute(f"create table fact as {fact}")
    cities = {"1": "Pune", "2": "Agra"}
    categories = {"A": "Gadgets", "B": "Computing"}

    def grouped(place: int, names: dict[Any, str] | None = None) -> dict[Any, Decimal]:
        found: dict[Any, Decimal] = defaultdict(Decimal)
        for sale in sales:
            key = sale[place]
            found[names.get(key, "Unknown") if names else key] += sale[5]
        return found

    hours: dict[int, Decimal] = defaultdict(Decimal)
    for sale in sales:
        hours[sale[4].hour] += sale[5]
    for model, column, due in (
        ("revenue_by_city", "city", grouped(1, cities)),
        ("revenue_by_shop_category", "category", grouped(2, categories)),
        ("revenue_by_payment_type", "payment_type", grouped(3)),
        ("revenue_by_hour", "sale_hour", hours),
    ):
        text = models[model].replace("from fact_sales", "from fact")
        text = text.replace("join dim_products", "join shop_dim_products")
        found = opened.execute(f"select {column}, revenue from ({text})").fetchall()
        assert dict(found) == due
