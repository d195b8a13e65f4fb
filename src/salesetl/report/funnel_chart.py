"""The charts of the funnel: how far visits go, and which share of them ends in a paid order."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from salesetl.report.bars import bars, named_amount
from salesetl.report.event_queries import STEPS
from salesetl.report.picture import Picture, Rows, named
from salesetl.report.shares import share_text

_NAMES = {
    "visits": "Visit",
    "carts": "Cart",
    "checkouts": "Checkout",
    "orders": "Order",
    "paid": "Paid",
    "fulfilled": "Fulfilled",
}
_TENTH = Decimal("0.1")
_WHOLE = Decimal(100)


def funnel(rows: Rows, without_visit: int, period: str) -> Picture:
    """Draw how many visits reach each step, with their share of all and of the step before.

    `rows` have the visits of each channel that reach the steps; `without_visit` is the number of
    events that name no visit.
    """
    steps = steps_of(rows)
    reached = [
        named_amount(
            each["step"],
            each["visits"],
            label=_label(each["visits"], each["share_of_visits"]),
        )
        for each in steps
    ]
    kept = [
        _percent_bar(each["step"], each["share_of_step_before"], "")
        for each in steps[1:]
    ]
    return Picture(
        "events_funnel",
        f"Funnel, {period}",
        "Visits with a view of a product, and those of them that went on, step by step; paid also"
        f" if cancelled later{_left_out(rows, without_visit)}",
        [
            bars(reached, "Visits, and their share of all", number=","),
            bars(kept, "Percent of the step before", number=",.1f"),
        ],
        [
            {
                "step": each["step"],
                "visits": each["visits"],
                "percent_of_visits": _percent(each["share_of_visits"]),
                "percent_of_step_before": _percent(each["share_of_step_before"]),
            }
            for each in steps
        ],
    )


def conversion_by_channel(rows: Rows, period: str) -> Picture:
    """Draw the share of the visits of each channel with a paid order."""
    # A channel without a view has no visits, and so no share of them.
    shares = sorted(
        (
            (Decimal(row["paid"]) / row["visits"], named(row["channel"]), row)
            for row in rows
            if row["visits"]
        ),
        key=lambda each: (-each[0], each[1]),
    )
    values = [
        _percent_bar(channel, share, f" of {row['visits']:,}")
        for share, channel, row in shares
    ]
    return Picture(
        "events_conversion",
        f"Conversion by channel, {period}",
        "Percent of the visits with a paid order",
        [bars(values, number=",.1f")],
        [
            {
                "channel": channel,
                "visits": row["visits"],
                "paid": row["paid"],
                "percent_of_visits": _percent(share),
            }
            for share, channel, row in shares
        ],
    )


def steps_of(rows: Rows) -> list[dict[str, Any]]:
    """Return the visits that reach each step, with their share of the first and of the one before.

    A share of nothing is None, as is that of a step before the first.
    """
    counts = [sum(row[step] for row in rows) for step in STEPS]
    before: Sequence[int | None] = (None, *counts)
    return [
        {
            "step": _NAMES[step],
            "visits": count,
            "share_of_visits": _share(count, counts[0]),
            "share_of_step_before": None if last is None else _share(count, last),
        }
        for step, count, last in zip(STEPS, counts, before, strict=False)
    ]


def conversion(rows: Rows) -> Decimal | None:
    """Return the share of all visits with a paid order; None without visits."""
    visits = sum(row["visits"] for row in rows)
    return _share(sum(row["paid"] for row in rows), visits)


def _share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / whole if whole else None


def _percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else (share * _WHOLE).quantize(_TENTH, ROUND_HALF_UP)


def _label(visits: int, share: Decimal | None) -> str:
    return f"{visits:,}" if share is None else f"{visits:,} · {share_text(share)}"


def _percent_bar(name: str, share: Decimal | None, more: str) -> dict[str, Any]:
    text = "no visits" if share is None else share_text(share) + more
    return named_amount(name, (share or Decimal(0)) * _WHOLE, label=text)


def _left_out(rows: Rows, without_visit: int) -> str:
    """Tell what is not in the funnel."""
    others = sum(row["sessions"] - row["visits"] for row in rows)
    told = {
        f"{others:,} visits without a view": others,
        f"{without_visit:,} events of no visit": without_visit,
    }
    left_out = " and ".join(text for text, count in told.items() if count)
    return f". Not counted: {left_out}" if left_out else ""
