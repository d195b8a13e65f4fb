"""Amounts are added by currency, exactly, and written to the cent."""

from decimal import Decimal

import pytest

from salesetl.money import (
    Amounts,
    Revenue,
    add_amounts,
    amount_text,
    amounts_text,
    revenue_by_currency,
    revenue_of,
)


def test_amounts_of_one_currency_are_added_and_of_two_are_not() -> None:
    total = add_amounts(
        {"EUR": Decimal("8.00"), "INR": Decimal("5.00")}, {"EUR": Decimal("0.01")}, {}
    )

    assert total == {"EUR": Decimal("8.01"), "INR": Decimal("5.00")}


def test_no_digit_of_a_sum_is_lost() -> None:
    amount = Decimal("123456789012345678901234567890123456.78")

    total = add_amounts({None: amount}, {None: Decimal("0.01")})

    assert total == {None: Decimal("123456789012345678901234567890123456.79")}


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0", "0.00"),
        ("12.5", "12.50"),
        ("-0.01", "-0.01"),
        ("1E+3", "1000.00"),
        ("99999999999999999999999999.99", "99999999999999999999999999.99"),
        ("999999999999999999999999999999999999.99",) * 2,
    ],
)
def test_an_amount_is_written_to_the_cent(amount: str, expected: str) -> None:
    text = amount_text(Decimal(amount))

    assert text == expected


@pytest.mark.parametrize(
    ("amounts", "currency", "expected"),
    [
        ({None: Decimal("8")}, None, "8.00"),
        ({}, None, "0.00"),
        (
            {"INR": Decimal("5"), "EUR": Decimal("8.5")},
            "currency",
            {"EUR": "8.50", "INR": "5.00"},
        ),
        ({}, "currency", {}),
    ],
)
def test_a_report_has_one_amount_or_one_a_currency(
    amounts: Amounts, currency: str | None, expected: Revenue
) -> None:
    revenue = revenue_of(amounts, currency)

    assert str(revenue) == str(expected)


@pytest.mark.parametrize(
    ("revenue", "expected"),
    [
        ("8.00", {"": "8.00"}),
        ({"EUR": "8.00"}, {"EUR": "8.00"}),
        ({}, {"": "0.00"}),
    ],
)
def test_revenue_of_a_report_has_at_least_one_line(
    revenue: Revenue, expected: dict[str, str]
) -> None:
    assert revenue_by_currency(revenue) == expected


def test_amounts_in_a_message_name_their_currencies() -> None:
    texts = [
        amounts_text({"INR": Decimal(5), "EUR": Decimal(8)}),
        amounts_text({None: Decimal(5)}),
        amounts_text({}),
    ]

    assert texts == ["EUR 8.00, INR 5.00", "5.00", "0.00"]
