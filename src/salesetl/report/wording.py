"""How the page words numbers, months and names."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from salesetl.display import number_text
from salesetl.report.figures import Figure
from salesetl.report.picture import month_of


def value_text(figure: Figure) -> str:
    """Write the value of a figure: 12,345 or 12,345.60 or 12.3 %."""
    if figure.is_share:
        return _percent(Decimal(figure.value))
    return number_text(figure.value)


def change_text(figure: Figure) -> str:
    """Write how a figure has changed: +3.4 %, or −1.2 points of a share; empty where unknown."""
    if figure.change is None:
        return ""
    sign = "−" if figure.change < 0 else "+"
    text = sign + _percent(abs(figure.change))
    return text.replace(" %", " points") if figure.is_share else text


def cell_text(value: Any) -> str:
    """Write a value in a table; null is empty."""
    return "" if value is None else number_text(value)


def words(name: str) -> str:
    """Write the name of a column, rule or job as words."""
    return name.replace("_", " ")


def moment(text: str) -> str:
    """Write a time of a run report to the minute."""
    return f"{text[:10]} {text[11:16]} UTC"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).quantize(Decimal('0.1'), ROUND_HALF_UP):,} %"


FILTERS = {
    each.__name__: each
    for each in (value_text, change_text, month_of, cell_text, words, moment)
}
