"""The calendar: every day once, ISO weeks as Python has them, 4-5-4 weeks as NRF publishes them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from tests.warehouses.compiled_models import compiled_models
from tests.warehouses.dbt_program import needs_dbt

pytestmark = [needs_dbt, pytest.mark.slow]

# The first days of the years of NRF's 4-5-4 calendars.
YEARS = [
    date(2019, 2, 3),
    date(2020, 2, 2),
    date(2021, 1, 31),
    date(2022, 1, 30),
    date(2023, 1, 29),
    date(2024, 2, 4),
    date(2025, 2, 2),
    date(2026, 2, 1),
    date(2027, 1, 31),
    date(2028, 1, 30),
    date(2029, 2, 4),
    date(2030, 2, 3),
]
# Weeks of the months of a year, from February; a 53rd week is in the last one.
MONTHS = [4, 5, 4] * 4


@pytest.fixture(scope="module")
def days(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[date, dict[str, Any]]]:
    """Make the calendar of orders from 1999 to 2030."""
    models = compiled_models(tmp_path_factory.mktemp("dbt"))
    opened = duckdb.connect()
    opened.execute("create table order_lines (order_date date)")
    opened.execute("insert into order_lines values ('1999-06-01'), ('2030-03-01')")
    found = opened.execute(models["dim_date"])
    names = [column[0] for column in found.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    yield {row["full_date"]: row for row in rows}
    opened.close()


def test_every_day_of_the_years_is_there_once(
    days: dict[date, dict[str, Any]],
) -> None:
    first, last = date(1999, 1, 1), date(2030, 12, 31)

    assert sorted(days) == [
        first + timedelta(number) for number in range((last - first).days + 1)
    ]


def test_a_day_is_what_python_says_of_it(days: dict[date, dict[str, Any]]) -> None:
    for day, row in days.items():
        iso = day.isocalendar()
        assert row["date_key"] == int(f"{day:%Y%m%d}")
        assert (row["year"], row["month"], row["day"]) == (day.year, day.month, day.day)
        assert row["quarter"] == (day.month + 2) // 3
        assert (row["iso_year"], row["iso_week"]) == (iso.year, iso.week)
        assert (row["day_of_week"], row["day_name"]) == (iso.weekday, f"{day:%A}")
        assert row["month_name"] == f"{day:%B}"
        assert row["is_weekend"] == (iso.weekday >= 6)


def test_weeks_and_months_of_retail_are_those_of_the_published_calendars(
    days: dict[date, dict[str, Any]],
) -> None:
    for place, (first, following) in enumerate(zip(YEARS, YEARS[1:])):
        weeks = (following - first).days // 7
        months = [month + 1 for month, each in enumerate(MONTHS) for _ in range(each)]
        months += [12] * (weeks - 52)
        for number in range((following - first).days):
            row = days[first + timedelta(number)]
            week = number // 7 + 1
            assert row["retail_year"] == 2019 + place
            assert row["retail_week"] == week
            assert row["retail_month"] == months[week - 1]
            assert row["retail_quarter"] == (months[week - 1] + 2) // 3


def test_years_of_53_weeks_are_2012_2017_2023_and_2028(
    days: dict[date, dict[str, Any]],
) -> None:
    long = {row["retail_year"] for row in days.values() if row["retail_week"] == 53}

    assert {2012, 2017, 2023, 2028} <= long
    assert long & set(range(2012, 2029)) == {2012, 2017, 2023, 2028}
