"""Amounts are added by currency, exactly, and written to the cent."""

from decimal import Decimal

import pytest

from salesetl.money import (
    Sums,
    add_amounts,
    add_sums,
    amount_text,
    amounts_text,
    average,
    reported_amounts,
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


def test_sums_are_added_by_amount_and_currency() -> None:
    one: Sums = {"total": {"EUR": Decimal(1)}, "tax": {"EUR": Decimal("0.19")}}
    other: Sums = {"total": {"EUR": Decimal(2), "INR": Decimal(3)}}

    sums = add_sums(["total", "tax"], [one, other])

    assert sums == {
        "total": {"EUR": Decimal(3), "INR": Decimal(3)},
        "tax": {"EUR": Decimal("0.19")},
    }


def test_a_report_has_each_amount_by_currency_in_all_states() -> None:
    reported = reported_amounts(
        {
            "loaded": {"total": {"INR": Decimal(5), "EUR": Decimal("8.5")}},
            "kept": {"total": {"EUR": Decimal(1)}},
        }
    )

    assert list(reported["total"].items()) == [
        ("EUR", {"loaded": "8.50", "kept": "1.00"}),
        ("INR", {"loaded": "5.00", "kept": "0.00"}),
    ]


def test_an_amount_without_a_currency_is_under_an_empty_name() -> None:
    reported = reported_amounts({"loaded": {"total": {}}, "kept": {"total": {}}})

    assert reported == {"total": {"": {"loaded": "0.00", "kept": "0.00"}}}


def test_amounts_in_a_message_name_their_currencies() -> None:
    texts = [
        amounts_text({"INR": Decimal(5), "EUR": Decimal(8)}),
        amounts_text({None: Decimal(5)}),
        amounts_text({}),
    ]

    assert texts == ["EUR 8.00, INR 5.00", "5.00", "0.00"]


def test_an_average_is_to_the_cent_and_half_a_cent_goes_away_from_zero() -> None:
    assert average(Decimal("185.01"), 2) == Decimal("92.51")
    assert average(Decimal("-0.01"), 2) == Decimal("-0.01")
    assert average(Decimal("10.00"), 3) == Decimal("3.33")
