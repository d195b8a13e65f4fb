"""Text of fields becomes values, or null, in the same way on every engine."""

from decimal import Decimal

import pytest

from salesetl import parsing
from salesetl.engines.decimals import average_sql
from salesetl.engines.engine import Engine
from salesetl.mapping.numbers import NumberForm
from tests.frames import differing_values, values_of

WHOLE_NUMBERS = {
    "3": 3,
    "-3": -3,
    "+3": 3,
    "3.0": 3,
    "3.": 3,
    "2.5": None,
    "1e3": None,
    "abc": None,
    "99999999999": None,
    "NaN": None,
    "": None,
    None: None,
}
PRICES = {
    "1.2345": "1.2345",
    "1.23450": "1.2345",
    "1.23456": None,
    ".5": "0.5",
    "5.": "5",
    "-0.01": "-0.01",
    "1,5": None,
    "1e3": None,
    "NaN": None,
    "Infinity": None,
    "123456789.0": None,
    "99999999.9999": "99999999.9999",
    "--1": None,
    ".": None,
    "": None,
}
AMOUNTS = {
    "59.970000000000006": "59.97",
    "0.005": "0.01",
    "-0.005": "-0.01",
    "0.0049999999999": "0.00",
    "1.015": "1.02",
    "2.675": "2.68",
}
TEXTS = ["plain", "it's", "back\\slash", "'", "\\'", "", "ü '\\' x"]
COMMA = NumberForm(decimal=",", group=".")
DECIMAL_COMMAS = {
    "12,50": "12.50",
    "1.234,56": "1234.56",
    "1.234.567": "1234567",
    "-3,1": "-3.1",
    "7": "7",
    "12.50": None,
    "1,234.56": None,
    "1.23,4": None,
}
AVERAGES = [
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
]
EXPONENTS = {
    "12.50": "12.50",
    "0e0": "0",
    "5.55e-17": "0.0000001",
    "-2E-3": "-0.002000000000000000",
    "1.23456789E7": "12345678.900000000000000000",
    "1e400": "1e400",
    "E7": "E7",
    None: None,
}


def test_a_whole_number_may_have_a_zero_fraction_but_no_other(
    engine: Engine,
) -> None:
    actual = values_of(engine, list(WHOLE_NUMBERS), parsing.whole_number("text"))

    assert actual == list(WHOLE_NUMBERS.values())


def test_a_price_may_have_trailing_zeros_but_no_surplus_decimals(
    engine: Engine,
) -> None:
    actual = values_of(engine, list(PRICES), parsing.decimal("text", 12, 4))

    assert actual == [
        None if text is None else Decimal(text).quantize(Decimal("0.0001"))
        for text in PRICES.values()
    ]


def test_an_amount_is_rounded_half_up_to_the_cent(engine: Engine) -> None:
    rounded = parsing.decimal("text", 18, 2, is_rounded=True)

    actual = values_of(engine, list(AMOUNTS), rounded)

    assert actual == [Decimal(text) for text in AMOUNTS.values()]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_literal_is_read_back_as_it_was(engine: Engine, text: str) -> None:
    assert values_of(engine, ["x"], parsing.text_literal(text)) == [text]


def test_a_decimal_comma_is_read_and_a_decimal_point_is_not_taken_for_thousands(
    engine: Engine,
) -> None:
    actual = values_of(engine, list(DECIMAL_COMMAS), COMMA.plain("text"))

    assert actual == list(DECIMAL_COMMAS.values())


def average(total: str, count: int) -> str:
    """Write SQL for an average."""
    literal = f"cast('{total}' as decimal(38, 2))"
    return average_sql(literal, f"{count}L")


@pytest.mark.parametrize(("total", "count", "expected"), AVERAGES)
def test_an_average_is_rounded_half_up_once(
    engine: Engine, total: str, count: int, expected: str
) -> None:
    actual = values_of(engine, ["x"], average(total, count))

    assert actual == [Decimal(expected)]


@pytest.mark.parametrize("text", EXPONENTS)
def test_a_number_loses_its_exponent(engine: Engine, text: str | None) -> None:
    actual = values_of(engine, [text], parsing.plain_number("text"))

    assert actual == [EXPONENTS[text]]


def test_spark_reads_every_text_as_every_kind_of_value_as_duckdb_does(
    duckdb: Engine, spark_engine: Engine
) -> None:
    tables = (WHOLE_NUMBERS, PRICES, AMOUNTS, DECIMAL_COMMAS, EXPONENTS)
    texts = [*dict.fromkeys(text for table in tables for text in table), *TEXTS]
    expressions = [
        parsing.whole_number("text"),
        parsing.decimal("text", 12, 4),
        parsing.decimal("text", 18, 2, is_rounded=True),
        COMMA.plain("text"),
        parsing.plain_number("text"),
        *map(parsing.text_literal, TEXTS),
        *(average(total, count) for total, count, _ in AVERAGES),
    ]

    assert differing_values(duckdb, spark_engine, texts, expressions) == []
