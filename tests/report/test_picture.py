"""Amounts are written short where there is no room, and never so that they read as others."""

from decimal import Decimal

import pytest

from salesetl.report.picture import short_text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0.00"),
        ("0.80", "0.80"),
        ("-3.456", "-3.46"),
        ("12.34", "12.3"),
        ("344.20", "344"),
        ("1000", "1.00k"),
        ("633676.10", "634k"),
        ("1112932", "1.11M"),
        ("-2067.00", "-2.07k"),
        ("3500000000", "3.50B"),
        ("12345678901234", "12,346B"),
    ],
)
def test_an_amount_has_three_digits(amount: str, text: str) -> None:
    assert short_text(Decimal(amount)) == text
