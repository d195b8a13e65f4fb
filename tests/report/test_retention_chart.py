"""Retention is drawn from the first month after a cohort's own."""

from datetime import date
from decimal import Decimal

from salesetl.report.retention_chart import retention
from tests.report.drawn import values_of


def test_retention_leaves_out_the_month_in_which_it_is_everybody() -> None:
    rows = [
        {
            "cohort_month": date(2025, 1, 1),
            "months_since_cohort": months,
            "cohort_size": 1200,
            "active_customers": 1200 // (months + 1),
            "retention_rate": Decimal(1) / (months + 1),
            "is_complete_month": True,
        }
        for months in range(15)
    ]

    picture = retention(rows)

    values = values_of(picture.panels[0])
    assert [each["months"] for each in values] == list(range(1, 13))
    assert values[0]["cohort"] == "Jan 2025 (1,200)"
    assert values[0]["rate"] == 0.5


def test_rates_that_are_alike_are_coloured_alike() -> None:
    rows = [
        {
            "cohort_month": date(2025, 1, 1),
            "months_since_cohort": months,
            "cohort_size": 100,
            "active_customers": active,
            "retention_rate": Decimal(active) / 100,
            "is_complete_month": True,
        }
        for months, active in ((1, 31), (2, 36))
    ]

    drawn = retention(rows).panels[0].chart.to_dict()

    colour = drawn["layer"][0]["encoding"]["color"]
    assert colour["scale"] == {"domainMin": 0}


def test_of_many_cohorts_only_the_last_twelve_are_drawn() -> None:
    rows = [
        {
            "cohort_month": date(2023 + number // 12, 1 + number % 12, 1),
            "months_since_cohort": 1,
            "cohort_size": 10,
            "active_customers": 5,
            "retention_rate": Decimal("0.5"),
            "is_complete_month": number > 18,
        }
        for number in range(30)
    ]

    picture = retention(rows)

    drawn = [each["cohort"] for each in values_of(picture.panels[0])]
    assert (len(drawn), drawn[0], drawn[-1]) == (12, "Jul 2024* (10)", "Jun 2025 (10)")
    assert picture.rows == rows
