"""Spark and the embedded engine make the same of orders of every kind, however odd.

What becomes of each kind is tested on the embedded engine, case by case; here all are in a few runs.
"""

import json
import logging
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from generators.__main__ import main as generate
from salesetl.pipelines.orders.contracts import RAW_ORDERS
from salesetl.quality.judging import CONFLICT, READ_RULES
from salesetl.runs import RunReport
from tests.frames import ITEM
from tests.jobs import odd_orders
from tests.jobs.odd_orders import BROKEN, LINE, PLACES, put
from tests.jobs.parity import ORDERS, Engines
from tests.jobs.shop import Shop, order
from tests.jobs.test_privacy import PERSON, assert_says

AS_OF = date(2025, 12, 31)


@pytest.mark.usefixtures("spark_way")
def test_orders_of_every_kind_are_told_alike(engines: Engines) -> None:
    raw = engines.home / "été 1+1=2 %41 [x]{y}#"
    words = ["orders", "--orders_per_day", "30", "--end_date", "2025-02-28"]
    generate([*words, "--dirt", "0.4", "--seed", "11", "--output_path", str(raw)])
    odd_orders.write_orders(raw / "orders")

    report = engines.load_orders(
        raw / "orders", as_of=AS_OF, start_date=date(2024, 1, 1)
    )

    # A rule or a warning that no order breaks would not be compared.
    rules = {rule.name for rule in [*RAW_ORDERS.rules, *READ_RULES, CONFLICT]}
    # Without a profile no order has a day of its own.
    rules.remove("order_date_is_valid")
    assert {*report.rows_by_reason, *report.warnings} == rules
    assert report.duplicates_removed > 5
    assert report.rows_loaded > 300


@pytest.mark.usefixtures("spark_way")
def test_an_order_with_broken_json_anywhere_is_malformed(engines: Engines) -> None:
    lines = [line for place in PLACES for line in put(place, *BROKEN)]
    # In a folder and of a name that are hidden, but for the path that names them.
    path = engines.home / "_in/.orders.json.gz"
    odd_orders.write(path, "\n".join([*lines, LINE]))

    report = engines.load_orders(path, as_of=AS_OF)

    assert report.rows_by_reason == {"row_is_well_formed": len(lines)}
    assert report.rows_loaded == 1


def published(report: dict[str, Any]) -> dict[str, str]:
    """Return what is published in the touched months, by currency."""
    [by_currency] = report["amounts"].values()
    return {name: states["published"] for name, states in by_currency.items()}


JANUARY: dict[str, Any] = {
    "write_mode": "replace",
    "start_date": date(2025, 1, 1),
    "end_date": date(2025, 1, 31),
}
FEBRUARY = "2025-02-03T10:00:00Z"


@pytest.mark.one_spark
def test_runs_on_top_of_each_other_are_told_alike(engines: Engines) -> None:
    flat = {name: value for name, value in order(7).items() if name != "customer"}
    renamed = flat | {"Customer": {}, "payment": {"method": "cash", "note": "x"}}
    small = {"items": [ITEM], "order_total": 21}
    deliveries: list[tuple[list[dict[str, Any]], dict[str, Any]]] = [
        (
            [order(1), order(2), order(3, order_timestamp=FEBRUARY)]
            + [order(4, currency="INR"), order(5, currency="ZZZ")],
            {},
        ),
        # Amended, moved to another month, in another currency, broken, rejected again; the other
        # lake is of DuckDB here.
        (
            [
                order(1, **small),
                order(2, order_timestamp=FEBRUARY),
                order(3, order_total=1),
            ]
            + [order(4, currency="EUR"), order(5, currency="ZZZ")],
            {},
        ),
        # Fields that no order has, or that are called otherwise.
        ([renamed], {}),
        ([order(8), order(3, order_timestamp="2025-03-03T10:00:00Z")], JANUARY),
        ([], JANUARY),
    ]

    def run(shop: Shop, lake: str, place: int) -> RunReport:
        orders, arguments = deliveries[place]
        path = shop.deliver_orders("in", orders)
        values = {"as_of": AS_OF, "allow_empty": True, **arguments}
        return shop.load_orders(path, lake=lake, run_id=f"run-{place}", **values)

    books = engines.take_turns(
        [partial(run, place=place) for place in range(5)],
        ORDERS,
        lake="by turns",
    )

    reports = [each["report"] for each in books]
    assert published(reports[0]) == {"INR": "25.25", "USD": "75.75"}
    assert published(reports[1]) == {"EUR": "25.25", "USD": "71.50"}
    assert len(reports[2]["absent_columns"]) > 3
    assert [len(each["quarantine"]["orders"]) for each in books] == [1, 2, 2, 3, 3]
    assert set(books[4]["fact_order_items"]["files"]) == {
        "order_year=2025/order_month=02"
    }


def test_what_is_refused_is_told_alike_and_nobody_is_shown(
    engines: Engines, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shop = Shop(engines.embedded, engines.home)
    shop.load_orders(shop.deliver_orders("before", [order(1), order(2)]))
    bad = order(4, currency="XXX") | {"note": PERSON}
    path = shop.deliver_orders("raw", [order(3), bad])
    wrapped = shop.home / "wrapped.json"
    wrapped.write_text(json.dumps({"orders": [order(1) | PERSON], "count": 1}))

    def load(shop: Shop, lake: str, path: Path) -> RunReport:
        return shop.load_orders(path, lake=lake, max_rejected_ratio=0.1)

    told = [
        engines.refuse(partial(load, path=each), ORDERS, "lake")
        for each in (path, wrapped)
    ]

    assert "currency_is_known 1; for example currency 'XXX' in line 2 of" in told[0]
    assert "found: count, orders" in told[1]
    for each in told:
        assert_says(shop, each, caplog)


def test_books_that_do_not_agree_are_told_alike(engines: Engines) -> None:
    shop = Shop(engines.embedded, engines.home)
    shop.load_orders(shop.deliver_orders("before", [order(1), order(2)]))
    [file] = (shop.home / "lake/orders/fact_order_items").rglob("*.parquet")
    lines = parquet.ParquetFile(file).read()
    place = lines.schema.get_field_index("currency")
    changed = pa.array(["INR"] * len(lines))
    parquet.write_table(lines.set_column(place, "currency", changed), file)
    path = shop.deliver_orders("later", [order(3)])

    told = engines.refuse(
        lambda shop, lake: shop.load_orders(path, lake=lake), ORDERS, "lake"
    )

    assert "USD 75.75" in told and "INR 50.50, USD 25.25" in told


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
@pytest.mark.one_spark
@given(lines=st.lists(odd_lines, min_size=100, max_size=300))
@settings(max_examples=3)
def test_any_value_in_any_place_is_told_alike(
    engines: Engines, lines: list[str]
) -> None:
    path = Path(mkdtemp(dir=engines.home)) / "orders.json"
    path.write_text("\n".join([*odd_orders.numbered(lines, "O"), LINE]))

    engines.load_orders(path, as_of=AS_OF)
