"""Names, moments and shares as texts."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_LEAST = Decimal("0.001")


def words(name: str) -> str:
    """Write the name of a column, rule or job as words."""
    return name.replace("_", " ")


def moment(text: str) -> str:
    """Write a time of a run report to the minute; empty if it has none."""
    return f"{text[:10]} {text[11:16]} UTC" if text else ""


def percent(share: Decimal) -> str:
    """Write a share of one, such as 12.3 %."""
    return f"{(share * 100).quantize(Decimal('0.1'), ROUND_HALF_UP):,} %"


def share_text(share: Decimal) -> str:
    """Write a share that is not negative; a small one is not written as nothing."""
    return "< 0.1 %" if 0 < share < _LEAST else percent(share)
