"""Each metric of orders is what plain arithmetic on the delivered orders gives."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from salesetl.engines.duckdb import DuckDbEngine
from tests.sql import ledger
from tests.sql.orders import lake_of, late_orders, order, rows_of, some_orders

METRICS = [
    "monthly_revenue",
    "revenue_mom",
    "category_sales_monthly",
    "monthly_active_customers",
    "cohort_retention",
    "cohort_retention_first_6_months",
    "monthly_churn",
    "active_customers_by_country",
    "engagement_by_country",
]


@pytest.fixture(scope="module")
def shop_lake(duckdb: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Publish some hundred orders with gaps, several currencies and all statuses."""
    return lake_of(duckdb, tmp_path_factory.mktemp("shop"), some_orders(400))


@pytest.fixture(scope="module")
def late_lake(duckdb: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Publish them from 20 January on."""
    return lake_of(duckdb, tmp_path_factory.mktemp("late"), late_orders(400))


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort rows by all of their values."""
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_what_plain_arithmetic_gives(shop_lake: str, name: str) -> None:
    rows = rows_of(shop_lake, name)

    expected = getattr(ledger, name)(some_orders(400))
    assert len(expected) > 4
    assert in_order(rows) == in_order(expected)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_of_a_first_month_that_begins_late_is_what_plain_arithmetic_gives(
    late_lake: str, name: str
) -> None:
    rows = rows_of(late_lake, name)

    expected = getattr(ledger, name)(late_orders(400))
    assert {row["is_complete_month"] for row in expected} == {True, False}
    assert in_order(rows) == in_order(expected)


@pytest.mark.parametrize("name", METRICS)
def test_no_metric_is_a_floating_point_number(shop_lake: str, name: str) -> None:
    rows = rows_of(shop_lake, name)

    assert not [row for row in rows if any(isinstance(v, float) for v in row.values())]


@pytest.fixture
def publish(duckdb: DuckDbEngine, tmp_path: Path) -> Any:
    """Publish a handful of orders into a fresh lake."""
    return lambda *orders: lake_of(duckdb, tmp_path, orders)


def test_a_half_cent_of_an_average_is_rounded_up(publish: Any) -> None:
    lake = publish(
        order("O1", "2025-01-01", amount="5.00"),
        order("O2", "2025-01-02", amount="5.01"),
    )

    [row] = rows_of(lake, "monthly_revenue")

    assert row["avg_order_value"] == Decimal("5.01")


def test_only_paid_orders_are_revenue(publish: Any) -> None:
    lake = publish(
        order("O1", "2025-01-01", amount="5.00"),
        order("O2", "2025-01-02", amount="7.00", status="refunded"),
        order("O3", "2025-01-02", amount="11.00", status="cancelled"),
        order("O4", "2025-01-02", amount="13.00", status="pending"),
    )

    [row] = rows_of(lake, "monthly_revenue")

    assert (row["orders"], row["revenue"]) == (1, Decimal("5.00"))
    assert (row["refunded_orders"], row["refunded_amount"]) == (1, Decimal("7.00"))
    assert (row["cancelled_orders"], row["cancelled_amount"]) == (1, Decimal("11.00"))


def test_a_month_is_complete_with_an_order_on_its_last_day(publish: Any) -> None:
    lake = publish(
        order("O1", "2025-01-15"),
        order("O2", "2025-02-28", status="cancelled"),
        order("O3", "2024-02-28"),
    )

    complete = {
        row["order_month_start"]: row["is_complete_month"]
        for row in rows_of(lake, "monthly_revenue")
    }

    assert complete == {
        date(2024, 2, 1): False,
        date(2025, 1, 1): True,
        date(2025, 2, 1): True,
    }


def test_the_last_day_but_one_of_a_leap_february_does_not_complete_it(
    publish: Any,
) -> None:
    lake = publish(order("O1", "2024-02-28"))

    [row] = rows_of(lake, "monthly_revenue")

    assert row["is_complete_month"] is False


def test_a_first_month_that_begins_late_is_not_complete_and_nothing_grows_on_it(
    publish: Any,
) -> None:
    lake = publish(
        order("O1", "2025-01-20", amount="10.00"),
        order("O2", "2025-02-10", amount="20.00"),
        order("O3", "2025-03-31", amount="30.00"),
    )

    rows = rows_of(lake, "revenue_mom")

    assert [row["is_complete_month"] for row in rows] == [False, True, True]
    assert [row["revenue_change"] for row in rows] == [None, None, Decimal("10.00")]
    growth = [row["revenue_growth_rate"] for row in rows]
    assert growth == [None, None, Decimal("0.500000")]


def test_a_first_month_is_complete_with_an_order_on_its_first_day_of_any_status(
    publish: Any,
) -> None:
    lake = publish(
        order("O1", "2025-01-01", status="pending"), order("O2", "2025-02-10")
    )

    rows = rows_of(lake, "monthly_active_customers")

    assert [row["is_complete_month"] for row in rows] == [True, False]


def test_a_cohort_of_a_first_month_that_begins_late_is_not_complete(
    publish: Any,
) -> None:
    lake = publish(
        order("O1", "2025-01-20", "C1"),
        order("O2", "2025-02-10", "C2"),
        order("O3", "2025-03-31", "C1"),
    )

    rows = rows_of(lake, "cohort_retention")

    assert [(row["cohort_month"].month, row["is_complete_month"]) for row in rows] == [
        (1, False),
        (1, False),
        (1, False),
        (2, True),
        (2, True),
    ]


def test_growth_is_told_of_neighbouring_complete_months_only(publish: Any) -> None:
    lake = publish(
        order("O1", "2025-01-01", amount="10.00"),
        order("O2", "2025-02-10", amount="15.00"),
        order("O4", "2025-04-10", amount="30.00"),
        order("O5", "2025-05-10", amount="60.00"),
    )

    rows = rows_of(lake, "revenue_mom")

    told = [(row["revenue_change"], row["revenue_growth_rate"]) for row in rows]
    none = (None, None)
    assert told == [none, (Decimal("5.00"), Decimal("0.500000")), none, none]
    assert [row["running_revenue"] for row in rows] == [10, 25, 55, 115]


def test_after_a_month_without_revenue_there_is_a_change_but_no_growth(
    publish: Any,
) -> None:
    lake = publish(
        order("O1", "2025-01-01", status="cancelled"),
        order("O2", "2025-02-28", amount="15.00"),
    )

    row = rows_of(lake, "revenue_mom")[1]

    assert row["revenue_change"] == Decimal("15.00")
    assert row["revenue_growth_rate"] is None


def test_currencies_are_kept_apart(publish: Any) -> None:
    lake = publish(
        order("O1", "2025-01-10", amount="10.00"),
        order("O2", "2025-01-10", amount="900.00", currency="INR"),
        order("O3", "2025-02-28", amount="800.00", currency="INR"),
    )

    revenue = rows_of(lake, "revenue_mom")
    shares = rows_of(lake, "category_sales_monthly")
    countries = rows_of(lake, "engagement_by_country")

    assert [(row["currency"], row["running_revenue"]) for row in revenue] == [
        ("INR", 900),
        ("USD", 10),
        ("INR", 1700),
    ]
    assert {row["revenue_share"] for row in shares} == {1}
    assert [row["revenue"] for row in countries] == [900, 10, 800]


def test_who_pays_in_two_currencies_is_one_customer_of_a_country(publish: Any) -> None:
    lake = publish(
        order("O1", "2025-01-10", "C1"),
        order("O2", "2025-01-11", "C1", currency="EUR"),
        order("O3", "2025-01-12", "C2", country="DE"),
    )

    rows = rows_of(lake, "active_customers_by_country")

    assert [(row["customer_country"], row["active_customers"]) for row in rows] == [
        ("DE", 1),
        ("US", 1),
    ]


def test_a_refunded_first_order_starts_no_cohort(publish: Any) -> None:
    lake = publish(
        order("O1", "2025-01-10", "C1", status="refunded"),
        order("O2", "2025-01-10", "C2"),
        order("O3", "2025-02-28", "C1"),
    )

    rows = rows_of(lake, "cohort_retention")

    assert [tuple(row.values())[:4] for row in rows] == [
        (date(2025, 1, 1), 0, 1, 1),
        (date(2025, 1, 1), 1, 1, 0),
        (date(2025, 2, 1), 0, 1, 1),
    ]


def test_retention_is_zero_in_a_month_without_orders_and_absent_in_a_partial_one(
    publish: Any,
) -> None:
    lake = publish(
        order("O1", "2025-01-10"), order("O2", "2025-03-31"), order("O3", "2025-04-02")
    )

    rows = rows_of(lake, "cohort_retention")

    assert [(row["months_since_cohort"], row["retention_rate"]) for row in rows] == [
        (0, 1),
        (1, 0),
        (2, 1),
    ]


def test_retention_goes_on_beyond_the_sixth_month(publish: Any) -> None:
    lake = publish(order("O1", "2024-11-10"), order("O2", "2025-06-30"))

    everything = rows_of(lake, "cohort_retention")
    first = rows_of(lake, "cohort_retention_first_6_months")

    assert [row["active_customers"] for row in everything] == [1, 0, 0, 0, 0, 0, 0, 1]
    assert first == everything[:6]


def test_churn_is_whole_before_a_month_without_orders_and_unknown_in_the_last_one(
    publish: Any,
) -> None:
    lake = publish(
        order("O1", "2025-01-10", "C1"),
        order("O2", "2025-03-10", "C1"),
        order("O3", "2025-03-10", "C2"),
        order("O4", "2025-04-30", "C2"),
    )

    rows = rows_of(lake, "monthly_churn")

    assert [tuple(row.values()) for row in rows] == [
        (date(2025, 1, 1), 1, 1, Decimal("1.000000"), False),
        (date(2025, 3, 1), 2, 1, Decimal("0.500000"), True),
        (date(2025, 4, 1), 1, None, None, True),
    ]


def test_churn_waits_for_the_next_month_to_be_complete(publish: Any) -> None:
    lake = publish(order("O1", "2025-01-10", "C1"), order("O2", "2025-02-27", "C2"))

    rows = rows_of(lake, "monthly_churn")

    assert [row["churn_rate"] for row in rows] == [None, None]


def test_an_order_without_a_customer_is_revenue_but_nobodys_engagement(
    publish: Any,
) -> None:
    lake = publish(order("O1", "2025-01-10", None), order("O2", "2025-01-31"))

    [revenue] = rows_of(lake, "monthly_revenue")
    [customers] = rows_of(lake, "monthly_active_customers")
    [country] = rows_of(lake, "engagement_by_country")

    assert revenue["orders"] == 2
    assert customers["active_customers"] == 1
    assert country["orders"] == 1
