"""Amounts are summed up as the statistics module does it."""

import statistics
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from salesetl.report.amounts import distribution
from salesetl.report.amounts_chart import transaction_amounts
from tests.report.drawn import values_of

CENTS = st.dictionaries(
    st.integers(0, 10**8), st.integers(1, 50), min_size=1, max_size=60
)


def rows_of(cents: dict[int, int]) -> list[dict[str, object]]:
    """Make the rows of `sales_by_amount`."""
    return [
        {"total_amount": Decimal(amount) / 100, "sales": cents[amount]}
        for amount in sorted(cents)
    ]


@given(CENTS)
def test_mean_median_and_deviation_are_those_of_all_sales(
    cents: dict[int, int],
) -> None:
    found = distribution(rows_of(cents))

    amounts = [
        Decimal(amount) / 100 for amount, sales in cents.items() for _ in range(sales)
    ]
    assert found.median == statistics.median(amounts)
    assert abs(found.mean - statistics.mean(amounts)) < Decimal("1e-9")
    assert abs(found.deviation - statistics.pstdev(amounts)) < Decimal("1e-6")


@given(CENTS)
@example({3000: 1})
@example({1000: 10, 6000: 90})
@example({0: 1})
def test_every_sale_is_in_one_bin_or_beyond_them(cents: dict[int, int]) -> None:
    found = distribution(rows_of(cents))

    assert len(found.bins) <= 30
    for each in found.bins:
        inside = [
            sales
            for amount, sales in cents.items()
            if each["from"] <= Decimal(amount) / 100 < each["to"]
        ]
        assert each["sales"] == sum(inside)
    drawn = sum(each["sales"] for each in found.bins)
    assert drawn + found.beyond == sum(cents.values())
    assert found.beyond <= sum(cents.values()) * 0.05


def test_few_large_sales_leave_room_for_the_many() -> None:
    found = distribution(rows_of({1000: 500, 2000: 499, 99_999_900: 1}))

    assert found.beyond == 1
    assert found.bins[-1]["to"] <= 30


def test_without_sales_nothing_is_drawn() -> None:
    picture = transaction_amounts([], "")

    assert values_of(picture.panels[0]) == [{"text": "nothing to draw yet"}]
    assert picture.rows == []
