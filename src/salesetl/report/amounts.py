"""How amounts are distributed: bins, mean, median and standard deviation, exact to the cent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import accumulate
from typing import Any

from salesetl.report.picture import Rows

_BINS = 30
# Enough for squares of any amount.
_DIGITS = 90
# Percent of the sales that are drawn at the least.
_DRAWN = 95

# Amounts, ascending, with the number of sales of each.
Counts = Sequence[tuple[Decimal, int]]


@dataclass(frozen=True)
class Distribution:
    """Bins of amounts, each without its upper end, and mean, median and deviation of all.

    A few large amounts would leave no room for the many: sales `beyond` the bins are only counted.
    """

    bins: Sequence[dict[str, Any]]
    beyond: int
    mean: Decimal
    median: Decimal
    deviation: Decimal


def distribution(rows: Rows) -> Distribution:
    """Summarize rows of `total_amount`, ascending, and `sales`; without rows all is zero."""
    counts = [(Decimal(row["total_amount"]), int(row["sales"])) for row in rows]
    total = sum(count for _, count in counts)
    if not total:
        return Distribution([], 0, Decimal(0), Decimal(0), Decimal(0))
    bins = list(_bins(counts, _bin_width(_amount_at(counts, total * _DRAWN // 100))))
    beyond = total - sum(each["sales"] for each in bins)
    middle = _amount_at(counts, (total - 1) // 2), _amount_at(counts, total // 2)
    with localcontext(prec=_DIGITS):
        mean = sum((amount * count for amount, count in counts), Decimal(0)) / total
        squares = sum(
            (count * (amount - mean) ** 2 for amount, count in counts), Decimal(0)
        )
        return Distribution(
            bins, beyond, mean, sum(middle) / Decimal(2), (squares / total).sqrt()
        )


def _bin_width(extent: Decimal) -> Decimal:
    """Choose 1, 2 or 5 times a power of ten, so that there are at most thirty bins."""
    least = max(extent, Decimal(1)) / _BINS
    power = Decimal(10) ** least.adjusted()
    # The greatest amount is below the end of the last bin, which is not in it.
    return next(
        power * factor for factor in (1, 2, 5, 10) if power * factor * _BINS > extent
    )


def _bins(counts: Counts, width: Decimal) -> Iterator[dict[str, Any]]:
    sales = [0] * _BINS
    for amount, count in counts:
        if amount < width * _BINS:
            sales[int(amount // width)] += count
    while not sales[-1]:
        sales.pop()
    for place, count in enumerate(sales):
        yield {"from": place * width, "to": (place + 1) * width, "sales": count}


def _amount_at(counts: Counts, place: int) -> Decimal:
    """Return the amount of the sale at a place, from 0, in the order of amounts."""
    ends = accumulate(count for _, count in counts)
    return next(
        amount for (amount, _), end in zip(counts, ends, strict=True) if end > place
    )
