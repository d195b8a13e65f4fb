"""The chart of the products that sell best."""

from __future__ import annotations

import unicodedata
from itertools import groupby

from salesetl.money import add_amounts
from salesetl.report.bars import bars, named_amount
from salesetl.report.months_chart import REVENUE
from salesetl.report.picture import Picture, Rows, by_currency, titled

_PRODUCTS_SHOWN = 10
# Categories of characters that make a name: letters, marks, numbers, and pictures.
_NAMING = ("L", "M", "N", "So")


def top_products(rows: Rows, period: str) -> Picture:
    """Draw the net revenue of the best-selling products; what has no name is not ranked."""
    ranked = [row for row in rows if is_name(row["product"])]
    best = [
        row
        for _, own in groupby(ranked, lambda row: row["currency"])
        for row in list(own)[:_PRODUCTS_SHOWN]
    ]
    drawn = by_currency(
        best,
        lambda own, currency: [
            bars(
                [named_amount(row["product"], row["total_revenue"]) for row in own],
                currency,
            )
        ],
    )
    left_out = [row for row in rows if not is_name(row["product"])]
    told = f". Not ranked: sales without a product name ({_amounts(left_out)})"
    return Picture(
        "top_products",
        titled("Top products", best or rows, period),
        REVENUE + (told if left_out else ""),
        drawn,
        best,
    )


def _amounts(rows: Rows) -> str:
    """Write the revenue of rows by currency, such as EUR 1,234.50, USD 8.00."""
    sums = add_amounts(*({row["currency"]: row["total_revenue"]} for row in rows))
    return ", ".join(
        f"{currency or ''} {amount:,}".lstrip()
        for currency, amount in sorted(sums.items(), key=str)
    )


def is_name(text: str | None) -> bool:
    """Tell whether a text names something: blanks, marks and nothing do not."""
    return any(unicodedata.category(sign).startswith(_NAMING) for sign in text or "")
