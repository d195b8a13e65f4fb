"""Sizes on the command line, and the page that tells of them."""

import pytest

from benchmarks.measure import Measured
from benchmarks.page import OURS, Result, page
from benchmarks.suites import ORDERS, SALES, Size, size_of


def test_a_size_is_of_sales_unless_it_says_otherwise() -> None:
    assert size_of("10000:5") == size_of("sales:10000:5") == Size(SALES, 10_000, 5)
    assert size_of("orders:1000000:3") == Size(ORDERS, 1_000_000, 3)


@pytest.mark.parametrize("text", ["10000", "customers:10:1", "orders:many:1", ""])
def test_anything_else_is_no_size(text: str) -> None:
    with pytest.raises(ValueError):
        size_of(text)


def test_the_page_has_a_table_for_each_size() -> None:
    runs = {OURS: [Measured(2, 100)], "another": [Measured(30, 200)]}
    sales, orders = size_of("1000:1"), size_of("orders:2000:1")
    off = {"another": "total off by 0.01"}

    text = page(
        [Result(sales, runs, {}), Result(orders, runs, off)],
        {str(orders): {"read": 1.5}},
    )

    assert text.index("## 1,000 sales") < text.index("## 2,000 orders")
    assert text.count("| another | 30.00 | 30.00–30.00 | 200 | 15.00× |") == 2
    assert text.count("Amounts of another: total off by 0.01.") == 1
    assert "## Limits of this machine, 2,000 orders" in text
