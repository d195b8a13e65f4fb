"""Text of fields becomes values, or null, in the same way on every engine."""

from decimal import Decimal

import pytest

from salesetl import parsing
from salesetl.engines.base import Engine
from salesetl.engines.decimals import exact_average
from tests.frames import values_of


def test_a_whole_number_may_have_a_zero_fraction_but_no_other(
    engine: Engine,
) -> None:
    texts = [
        "3",
        "-3",
        "+3",
        "3.0",
        "3.",
        "2.5",
        "1e3",
        "abc",
        "99999999999",
        "NaN",
        "",
        None,
    ]

    actual = values_of(engine, texts, parsing.whole_number("text"))

    assert actual == [3, -3, 3, 3, 3, None, None, None, None, None, None, None]


def test_a_price_may_have_trailing_zeros_but_no_surplus_decimals(
    engine: Engine,
) -> None:
    texts = [
        "1.2345",
        "1.23450",
        "1.23456",
        ".5",
        "5.",
        "-0.01",
        "1,5",
        "1e3",
        "NaN",
        "Infinity",
    ]
    texts += ["123456789.0", "99999999.9999", "--1", ".", ""]

    actual = values_of(engine, texts, parsing.decimal("text", 12, 4))

    expected = ["1.2345", "1.2345", None, "0.5", "5", "-0.01"] + [None] * 5
    expected += ["99999999.9999", None, None, None]
    assert actual == [
        None if text is None else Decimal(text).quantize(Decimal("0.0001"))
        for text in expected
    ]


def test_an_amount_is_rounded_half_up_to_the_cent(engine: Engine) -> None:
    texts = [
        "59.970000000000006",
        "0.005",
        "-0.005",
        "0.0049999999999",
        "1.015",
        "2.675",
    ]

    actual = values_of(engine, texts, parsing.decimal("text", 18, 2, is_rounded=True))

    assert actual == [
        Decimal(text) for text in ["59.97", "0.01", "-0.01", "0.00", "1.02", "2.68"]
    ]


@pytest.mark.parametrize(
    "text", ["plain", "it's", "back\\slash", "'", "\\'", "", "ü '\\' x"]
)
def test_a_text_literal_is_read_back_as_it_was(engine: Engine, text: str) -> None:
    assert values_of(engine, ["x"], parsing.text_literal(text)) == [text]


def test_a_decimal_comma_is_read_and_a_decimal_point_is_not_taken_for_thousands(
    engine: Engine,
) -> None:
    texts = [
        "12,50",
        "1.234,56",
        "1.234.567",
        "-3,1",
        "7",
        "12.50",
        "1,234.56",
        "1.23,4",
    ]

    actual = values_of(engine, texts, parsing.point_decimal("text"))

    assert actual == ["12.50", "1234.56", "1234567", "-3.1", "7", None, None, None]


@pytest.mark.parametrize(
    ("total", "count", "expected"),
    [
        ("10.00", 3, "3.33"),
        ("20.00", 3, "6.67"),
        ("0.01", 2, "0.01"),
        ("-0.01", 2, "-0.01"),
        ("-10.00", 3, "-3.33"),
        ("0.00", 5, "0.00"),
        ("1.00", 8, "0.13"),
        # 0.004999…: a division that stops at six decimals would say 0.005, and then 0.01.
        ("1000000.00", 200000001, "0.00"),
        ("12345678901234.56", 7, "1763668414462.08"),
    ],
)
def test_an_average_is_rounded_half_up_once(
    engine: Engine, total: str, count: int, expected: str
) -> None:
    literal = f"cast('{total}' as decimal(38, 2))"

    actual = values_of(engine, ["x"], exact_average(literal, f"{count}L"))

    assert actual == [Decimal(expected)]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("12.50", "12.50"),
        ("0e0", "0"),
        ("5.55e-17", "0.0000001"),
        ("-2E-3", "-0.002000000000000000"),
        ("1.23456789E7", "12345678.900000000000000000"),
        ("1e400", "1e400"),
        ("E7", "E7"),
        (None, None),
    ],
)
def test_a_number_loses_its_exponent(
    engine: Engine, text: str | None, plain: str | None
) -> None:
    assert values_of(engine, [text], parsing.plain_number("text")) == [plain]
