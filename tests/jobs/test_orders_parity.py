"""Spark and the embedded engine make the same of any JSON, however odd."""

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from generators.__main__ import main as generate
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.spark import SparkEngine
from salesetl.pipelines.orders.contracts import FACT_ORDER_ITEMS, FACT_ORDERS
from salesetl.runs import RunReport
from tests.frames import ITEM, ORDER
from tests.jobs.books import books_of
from tests.jobs.shop import Shop

Compare = Callable[[Path], RunReport]

LINE = json.dumps(ORDER)
ITEMS = json.dumps(ORDER["items"])
FIRST = json.dumps(ITEM)
CUSTOMER = json.dumps(ORDER["customer"])
PAYMENT = json.dumps(ORDER["payment"])
MOMENT = json.dumps(ORDER["order_timestamp"])


@pytest.fixture
def compare(duckdb: DuckDbEngine, spark: SparkSession, tmp_path: Path) -> Compare:
    """Load a delivery on both engines, see that nothing differs, and return the report."""

    def load(orders_path: Path) -> RunReport:
        lake = Path(mkdtemp(dir=tmp_path)).name
        books = []
        for engine in (duckdb, SparkEngine(spark)):
            shop = Shop(engine, tmp_path)
            own = f"{lake}/{engine.functions.partition('.')[0]}"
            report = shop.load_orders(
                orders_path, lake=own, as_of=date(2025, 12, 31), allow_empty=True
            )
            tables = (FACT_ORDERS, FACT_ORDER_ITEMS)
            books.append(books_of(shop, report, own, "orders", tables))
        embedded, on_spark = books
        assert embedded == on_spark
        return report

    return load


def put(old: str, *values: str) -> list[str]:
    """Put each value in the place of a piece of an order."""
    assert old in LINE
    return [LINE.replace(old, value) for value in values]


ODD = [
    LINE,
    *put(ITEMS, '"none"', "7", "null", "true", "{}", FIRST, "[null]", "[{}]", "[[]]"),
    *put(ITEMS, f"[[{FIRST}]]", f"[{FIRST}, 7]", f'[{FIRST}, "x"]', f"[{FIRST}, []]"),
    *put(ITEMS, "[]", f"[{FIRST}, null]", f"[null, {FIRST}]", f"[{FIRST}, {FIRST}]"),
    *put('"items"', '"lines"', '"Items"'),
    *put('"quantity": 2', '"quantity": "2"', '"quantity": {"a": 2}', '"quantity": [2]'),
    *put('"quantity": 2', '"quantity": true', '"quantity": 2e0', '"quantity": 2.0'),
    *put('"quantity": 2', '"color": "red", "quantity": 2', '"quantity": null'),
    *put('"quantity": 2', '"quantity": 2147483647', '"quantity": 9999999999999'),
    *put("10.5", '"10.50"', '" 10.5 "', "1.05e1", "1.05E+1", "105e-1", "10.500000"),
    *put("10.5", "10.50000000000001", "99999999.9999", "1e99", "-0.0", '"ten"'),
    *put("25.25", '"25.25"', "2.525e1", '"2525e-2"', "25.250000000000000001", "1e400"),
    *put("25.25", "25.254", "25.255", "-0.0", "1e-400", "12345678901234567890", "NaN"),
    *put("25.25", "025.25", "+25.25", "25.", "9999999999999.99", '{"amount": 25.25}'),
    *put(CUSTOMER, '"C1"', "7", "null", "{}", "[]", f"[{CUSTOMER}]", '{"id": "C1"}'),
    *put('"C1"', "17", "1.50", "false", '{"a": 1}', '"  "', '" C1 "', '"\u00a0"'),
    *put('"C1"', '"Ç\u00a0é灯😀\u2028"', '"C\ufffd"'),
    *put(PAYMENT, '"paid"', "null", '{"status": "Paid"}', '{"status": ["paid"]}'),
    *put("home", "\\u706f\\ud83d\\ude00", "\\ud83d", "\\ude00\\ud83d", "\\\\ud83d"),
    *put("home", 'a\\n\\t\\"b\\\\ c', "a\\u0000b", "null", "a, b}", "\ue000"),
    *put(MOMENT, "1736497800000", "1736497800000000001", '"1736497800000"', "1.7e12"),
    *put(MOMENT, "1736497800", "-1736497800000", "1736497800000.0", "true", "[1]"),
    *put("T08:30:00Z", "", " 08:30", "T08:30:00.123456789Z", "T24:00:00Z", "T08:30"),
    *put("T08:30:00Z", "T00:30:00+05:30", "T23:30:00-0100", "T08:30:00+01", "T8:30Z"),
    *put("2025-01-10", "0001-01-01", "1600-02-29", "2025-02-29", "9999-12-31"),
    *put('"USD"', '"usd"', '" EUR "', "null", '["USD"]'),
    *put('"P1"', "17", '" "', "null"),
    f"[{LINE}]",
    LINE[:-9],
    LINE + LINE,
    LINE + " x",
    LINE[:-1] + f', "deep": {"[" * 300}{"]" * 300}}}',
    LINE[:-1] + ', "note": {"items": [1, {"order_id": 2}]}}',
]


def test_odd_orders_are_told_alike(compare: Compare, tmp_path: Path) -> None:
    lines = [each.replace('"O1"', f'"O{place}"') for place, each in enumerate(ODD)]
    lines += put('"O1"', "12345678901234567890", "null", '""', "1.50", "[1]")
    content = "\n".join(lines).encode()
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/1.json").write_bytes(content)
    (tmp_path / "raw/2.json.gz").write_bytes(
        gzip.compress(content.replace(b'"O', b'"P'))
    )

    report = compare(tmp_path / "raw")

    assert report.rows_read == 2 * len(lines)
    assert report.rows_loaded > 80
    assert report.rows_quarantined > 100


BROKEN = [
    *("1e", "01", "-", ".5", "5.", "tru", "'x'", "NaN", "{", "]", '"abc', '"\\q"'),
    *('"\\u12"', '"\1"', "[1e]", "['x']", "[NaN]", "[1 2]", "[1,]", "{,}", '{"a" 1}'),
    *('{"a": 1 "b": 2}', '{"a": 1,}', '"a" "b"', '"a": "b"', "/* none */ 1"),
]
PLACES = [CUSTOMER, '"C1"', PAYMENT, ITEMS, FIRST, '"home"', "10.5", "25.25", MOMENT]


def test_an_order_with_broken_json_anywhere_is_malformed(
    compare: Compare, tmp_path: Path
) -> None:
    lines = [line for place in PLACES for line in put(place, *BROKEN)]
    path = tmp_path / "orders.json"
    path.write_text("\n".join([*lines, LINE]))

    report = compare(path)

    assert report.rows_by_reason == {"row_is_well_formed": len(lines)}
    assert report.rows_loaded == 1


def test_generated_dirt_of_orders_is_told_alike(
    compare: Compare, tmp_path: Path
) -> None:
    words = ["orders", "--orders_per_day", "30", "--end_date", "2025-02-28"]
    raw = tmp_path / "raw"
    generate([*words, "--dirt", "0.4", "--seed", "11", "--output_path", str(raw)])

    report = compare(raw / "orders")

    assert len(report.rows_by_reason) == 15
    assert len(report.warnings) == 3


numbers = st.one_of(
    st.text(st.sampled_from("0159.-+eE"), min_size=1, max_size=6),
    st.text(st.sampled_from("059.-+eE "), max_size=6).map(json.dumps),
)
values = st.one_of(
    numbers,
    st.sampled_from(["null", "true", "[]", "{}", "[null]", '[{"quantity": 1}]']),
    st.text(max_size=4).map(json.dumps),
)
odd_lines = st.builds(
    lambda place, value: put(place, value)[0], st.sampled_from(PLACES), values
)


@pytest.mark.slow
@given(lines=st.lists(odd_lines, min_size=20, max_size=60))
@settings(max_examples=6)
def test_any_value_in_any_place_is_told_alike(
    compare: Compare, tmp_path: Path, lines: list[str]
) -> None:
    path = Path(mkdtemp(dir=tmp_path)) / "orders.json"
    numbered = [each.replace('"O1"', f'"O{place}"') for place, each in enumerate(lines)]
    path.write_text("\n".join([*numbered, LINE]))

    compare(path)
