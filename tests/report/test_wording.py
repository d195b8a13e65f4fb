"""Values in tables are worded by what they are."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from salesetl.report.shares import moment
from salesetl.report.wording import cell_text, is_number


@pytest.mark.parametrize(
    ("value", "column", "text"),
    [
        (2025, "year", "2025"),
        (12, "month", "12"),
        (1234, "transaction_count", "1,234"),
        (Decimal("1234567.50"), "total_revenue", "1,234,567.50"),
        (Decimal("1234567"), "from", "1,234,567"),
        (Decimal("-0.50"), "revenue_change", "-0.50"),
        (True, "is_complete_month", "yes"),
        (False, "is_complete_month", "no"),
        (None, "churn_rate", ""),
        ("12345.50", "product", "12345.50"),
        (date(2025, 1, 1), "order_month_start", "2025-01-01"),
    ],
)
def test_a_cell_says_what_the_value_is(value: Any, column: str, text: str) -> None:
    assert cell_text(value, column) == text


def test_only_numbers_stand_to_the_right() -> None:
    values = [1, Decimal(1), True, "1", None, date(2025, 1, 1)]

    assert [is_number(value) for value in values] == [True, True, *[False] * 4]


def test_a_run_that_never_ended_has_no_moment() -> None:
    assert moment("") == ""
    assert moment("2025-12-18T09:30:59.123456Z") == "2025-12-18 09:30 UTC"
