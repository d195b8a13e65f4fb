"""Text of fields becomes values, or null, in the same way on every engine."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from salesetl import columns
from salesetl.engines import functions as F
from salesetl.engines.base import Engine


def values_of(
    engine: Engine, texts: Sequence[str | None], expression: str
) -> list[Any]:
    """Evaluate an expression over a column `text`, in order."""
    rows = [(place, text) for place, text in enumerate(texts)]
    frame = engine.frame(rows, {"place": "int", "text": "string"})
    values = frame.select("place", F.expr(expression).alias("value")).orderBy("place")
    return [row["value"] for row in engine.rows(values)]


def test_the_business_date_of_a_timestamp_is_its_utc_date(engine: Engine) -> None:
    expected = {
        "2025-09-01": date(2025, 9, 1),
        "2025-09-01T10:00:00Z": date(2025, 9, 1),
        "2025-09-01 10:00:00": date(2025, 9, 1),
        "2025-09-01T10:00": date(2025, 9, 1),
        "2025-09-01T10:00Z": date(2025, 9, 1),
        "2025-09-01T10:00:00 UTC": date(2025, 9, 1),
        "2025-09-01T23:30:00.123456789-05:00": date(2025, 9, 2),
        "2025-09-01 23:30:00-0500": date(2025, 9, 2),
        "2025-09-01 23:30:00-05": date(2025, 9, 2),
        "2025-09-01T00:30:00+05:30": date(2025, 8, 31),
        "2024-02-29": date(2024, 2, 29),
    }

    actual = values_of(engine, list(expected), columns.utc_date("text"))

    assert actual == list(expected.values())


@pytest.mark.parametrize(
    "text",
    [
        "2025-13-45",
        "2025-02-30",
        "2023-02-29",
        "2025-9-1",
        "2025",
        "2025-09",
        "20250901",
    ]
    + [
        "01/09/2025",
        "2025-09-01 25:00:00",
        "2025-09-01T10:00:99",
        "2025-09-01T10:60",
        "2025-09-01T24:00",
        "yesterday",
        "0000-00-00",
    ]
    + ["2025-09-01x", "2025-09-01T", None],
)
def test_what_is_no_iso_date_has_no_value(engine: Engine, text: str | None) -> None:
    assert values_of(engine, [text], columns.utc_date("text")) == [None]


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

    actual = values_of(engine, texts, columns.whole_number("text"))

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

    actual = values_of(engine, texts, columns.decimal("text", 12, 4))

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

    actual = values_of(engine, texts, columns.decimal("text", 18, 2, is_rounded=True))

    assert actual == [
        Decimal(text) for text in ["59.97", "0.01", "-0.01", "0.00", "1.02", "2.68"]
    ]


@pytest.mark.parametrize(
    "text", ["plain", "it's", "back\\slash", "'", "\\'", "", "ü '\\' x"]
)
def test_a_text_literal_is_read_back_as_it_was(engine: Engine, text: str) -> None:
    assert values_of(engine, ["x"], columns.text_literal(text)) == [text]


@pytest.mark.parametrize(
    ("date_format", "text", "expected"),
    [
        ("M/d/yyyy H:mm", "12/1/2010 8:26", "2010-12-01 08:26:00"),
        ("dd.MM.yyyy", "03.11.2025", "2025-11-03 00:00:00"),
        ("yyyy/MM/dd HH:mm:ss", "2025/11/03 23:59:58", "2025-11-03 23:59:58"),
        ("dd.MM.yyyy", "3.11.2025", None),
        ("dd.MM.yyyy", "03x11x2025", None),
        ("dd.MM.yyyy", "2025-11-03", None),
    ],
)
def test_a_date_in_another_format_becomes_iso(
    engine: Engine, date_format: str, text: str, expected: str | None
) -> None:
    assert values_of(engine, [text], columns.iso_date("text", date_format)) == [
        expected
    ]


@pytest.mark.parametrize(
    "date_format", ["", "yyyy", "yy-MM-dd", "EEE d MMM yyyy", "yyyy-MM-dd yyyy"]
)
def test_a_date_format_that_says_no_day_is_refused(date_format: str) -> None:
    with pytest.raises(ValueError):
        columns.iso_date("text", date_format)


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

    actual = values_of(engine, texts, columns.point_decimal("text"))

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

    actual = values_of(engine, ["x"], columns.average_amount(literal, f"{count}L"))

    assert actual == [Decimal(expected)]
