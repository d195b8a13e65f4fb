"""Dates and times are read in UTC, in the same way on every engine."""

from datetime import date

import pytest

from salesetl import dates
from salesetl.engines.engine import Engine
from salesetl.mapping.date_forms import check_date_format, iso_text
from tests.frames import differing_values, values_of

DAYS = {
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
NO_DAYS = [
    *(
        "2025-13-45",
        "2025-02-30",
        "2023-02-29",
        "2025-9-1",
        "2025",
        "2025-09",
        "20250901",
    ),
    *("01/09/2025", "2025-09-01 25:00:00", "2025-09-01T10:00:99", "2025-09-01T10:60"),
    *(
        "2025-09-01T24:00",
        "yesterday",
        "0000-00-00",
        "2025-09-01x",
        "2025-09-01T",
        None,
    ),
]
FORMATS = [
    ("M/d/yyyy H:mm", "12/1/2010 8:26", "2010-12-01 08:26:00"),
    ("dd.MM.yyyy", "03.11.2025", "2025-11-03 00:00:00"),
    ("yyyy/MM/dd HH:mm:ss", "2025/11/03 23:59:58", "2025-11-03 23:59:58"),
    ("dd.MM.yyyy", "3.11.2025", None),
    ("dd.MM.yyyy", "03x11x2025", None),
    ("dd.MM.yyyy", "2025-11-03", None),
]
MOMENTS = [
    ("2025-01-31T23:59:59Z", "2025-01-31 23:59:59"),
    ("2025-01-31T23:59:59.123456789+02:00", "2025-01-31 21:59:59.123456"),
    ("2025-01-31 10:00", "2025-01-31 10:00:00"),
    ("2025-01-31T10:00+0530", "2025-01-31 04:30:00"),
    ("2025-01-31T10:00:00.5-03", "2025-01-31 13:00:00.500000"),
    ("1735689600000", "2025-01-01 00:00:00"),
    ("1735689600123456789", "2025-01-01 00:00:00.123456"),
    ("2025-01-31T10:00:00-18:00", "2025-02-01 04:00:00"),
    ("2025-01-31T10:00:00+23:00", None),
    ("2025-01-31T10:00:00+05:60", None),
    ("2025-01-31", None),
    ("2025-01-31T24:00:00Z", None),
    ("2025-02-30T10:00:00Z", None),
    ("173568960", None),
    ("soon", None),
    (None, None),
]


def test_the_business_date_of_a_timestamp_is_its_utc_date(engine: Engine) -> None:
    actual = values_of(engine, list(DAYS), dates.utc_date("text"))

    assert actual == list(DAYS.values())


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_is_no_iso_date_has_no_value(engine: Engine, text: str | None) -> None:
    assert values_of(engine, [text], dates.utc_date("text")) == [None]


@pytest.mark.parametrize(("date_format", "text", "expected"), FORMATS)
def test_a_date_in_another_format_becomes_iso(
    engine: Engine, date_format: str, text: str, expected: str | None
) -> None:
    assert values_of(engine, [text], iso_text("text", [date_format])) == [expected]


@pytest.mark.parametrize(
    "date_format", ["", "yyyy", "EEE d MMM yyyy", "yyyy-MM-dd yyyy"]
)
def test_a_date_format_that_says_no_day_is_refused(date_format: str) -> None:
    with pytest.raises(ValueError):
        check_date_format(date_format)


@pytest.mark.parametrize(("text", "moment"), MOMENTS)
def test_a_time_is_iso_or_counted_since_1970(
    engine: Engine, text: str | None, moment: str | None
) -> None:
    [value] = values_of(engine, [text], dates.utc_timestamp("text"))

    told = value and str(value).removesuffix("+00:00")
    assert told == moment


LOCAL = [
    ("2025-07-01 23:30:00", "2025-07-02 03:30:00Z", "2025-07-01"),
    ("2025-07-01T23:30", "2025-07-02 03:30Z", "2025-07-01"),
    ("2025-07-01T23:30:00.5", "2025-07-02 03:30:00.5Z", "2025-07-01"),
    # The clock passes over this time, and shows the next one twice.
    ("2025-03-09 02:30:00", "2025-03-09 07:30:00Z", "2025-03-09"),
    ("2025-11-02 01:30:00", "2025-11-02 05:30:00Z", "2025-11-02"),
    ("2025-11-02 02:30:00", "2025-11-02 07:30:00Z", "2025-11-02"),
    ("2025-07-01T23:30:00Z", "2025-07-01T23:30:00Z", "2025-07-01"),
    ("2025-07-02T03:30:00+00:00", "2025-07-02T03:30:00+00:00", "2025-07-01"),
    ("soon", "soon", None),
]


@pytest.mark.parametrize(("text", "moment", "day"), LOCAL)
def test_a_time_without_an_offset_is_one_of_the_time_zone(
    engine: Engine, text: str, moment: str, day: str | None
) -> None:
    zone = "America/New_York"
    found = dates.moment_in_zone("text", zone)

    assert values_of(engine, [text], found) == [moment]
    assert values_of(engine, [moment], dates.day_of_moment("text", zone)) == [day]


def test_spark_reads_every_text_as_every_kind_of_date_as_duckdb_does(
    duckdb: Engine, spark_engine: Engine
) -> None:
    tables = [DAYS, NO_DAYS, (text for _, text, _ in FORMATS), dict(MOMENTS)]
    texts = [*dict.fromkeys(text for table in tables for text in table)]
    expressions = [
        dates.utc_date("text"),
        dates.utc_timestamp("text"),
        *(iso_text("text", [name]) for name, _, _ in FORMATS),
    ]

    assert differing_values(duckdb, spark_engine, texts, expressions) == []
