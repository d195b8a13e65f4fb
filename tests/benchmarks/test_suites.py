"""Sizes on the command line, and the page that tells of them."""

import pytest

from benchmarks.measure import Measured
from benchmarks.page import OURS, Result, page
from benchmarks.suites import EVENTS, ORDERS, SALES, Size, size_of


def test_a_size_is_of_sales_unless_it_says_otherwise() -> None:
    assert size_of("10000:5") == size_of("sales:10000:5") == Size(SALES, 10_000, 5)
    assert size_of("orders:1000000:3") == Size(ORDERS, 1_000_000, 3)
    assert size_of("events:1000:1") == Size(EVENTS, 1000, 1)


@pytest.mark.parametrize("text", ["10000", "customers:10:1", "orders:many:1", ""])
def test_anything_else_is_no_size(text: str) -> None:
    with pytest.raises(ValueError):
        size_of(text)


def test_the_page_has_a_table_for_each_size() -> None:
    runs = {OURS: [Measured(2, 3, 100)], "another": [Measured(30, 33, 200)]}
    sales, orders = size_of("1000:1"), size_of("orders:2000:1")
    off = {"another": "total off by 0.01"}

    text = page(
        [Result(sales, runs, {}), Result(orders, runs, off)],
        {str(orders): {"read": 1.5}},
    )

    assert text.index("## 1,000 sales") < text.index("## 2,000 orders")
    assert (
        text.count("| another | 30.00 | 30.00–30.00 | 33.00 | 200 | 15.00× | 11.00× |")
        == 2
    )
    assert text.count("Amounts of another: total off by 0.01.") == 1
    assert "## Limits of this machine, 2,000 orders" in text


def test_a_size_that_is_not_measured_stays_on_the_page() -> None:
    def measured(size: str, seconds: float) -> list[Result]:
        runs = {OURS: [Measured(seconds, 1, 100)]}
        return [Result(size_of(size), runs, {})]

    first = page(
        [*measured("1000:1", 2), *measured("orders:50:1", 3)],
        {"1,000 sales": {"read": 1.5}},
    )
    second = page(measured("200000:1", 4), {}, first)
    again = page(measured("1000:1", 5), {}, second)

    titles = [line for line in again.splitlines() if line.startswith("## ")]
    assert titles == [
        "## 1,000 sales",
        "## 200,000 sales",
        "## 50 orders",
        "## Limits of this machine, 1,000 sales",
    ]
    assert [f"| {OURS} | {n}.00 |" in again for n in (2, 3, 4, 5)] == [
        False,
        True,
        True,
        True,
    ]
    assert page([], {}, again) == again
