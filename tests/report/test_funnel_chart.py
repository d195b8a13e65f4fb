"""The funnel counts visits step by step, each with its share of the first and of the one before."""

from decimal import Decimal
from typing import Any

from salesetl.report.event_queries import STEPS
from salesetl.report.funnel_chart import conversion, conversion_by_channel, funnel
from tests.report.drawn import values_of


def channel(name: str | None, *counts: int, sessions: int = 0) -> dict[str, Any]:
    """Make a row of a channel from how many of its visits reach each step."""
    steps = dict(zip(STEPS, counts, strict=True))
    return {"channel": name, "sessions": sessions or counts[0], **steps}


ROWS = [channel("Google", 60, 20, 12, 8, 6, 3), channel(None, 40, 10, 4, 2, 2, 0)]


def test_each_step_has_its_share_of_all_visits_and_of_the_step_before() -> None:
    picture = funnel(ROWS, 0, "Jan 2025")

    reached, kept = picture.panels
    assert [(each["name"], each["label"]) for each in values_of(reached)] == [
        ("Visit", "100 · 100.0 %"),
        ("Cart", "30 · 30.0 %"),
        ("Checkout", "16 · 16.0 %"),
        ("Order", "10 · 10.0 %"),
        ("Paid", "8 · 8.0 %"),
        ("Fulfilled", "3 · 3.0 %"),
    ]
    assert [each["label"] for each in values_of(kept)] == [
        "30.0 %",
        "53.3 %",
        "62.5 %",
        "80.0 %",
        "37.5 %",
    ]
    assert picture.rows[2] == {
        "step": "Checkout",
        "visits": 16,
        "percent_of_visits": Decimal("16.0"),
        "percent_of_step_before": Decimal("53.3"),
    }


def test_what_is_not_in_the_funnel_is_told() -> None:
    rows = [channel("Email", 10, 1, 1, 1, 1, 1, sessions=1210)]

    told = funnel(rows, 3, "Jan 2025").subtitle

    assert told.endswith(
        "Not counted: 1,200 visits without a view and 3 events of no visit"
    )
    assert "Not counted" not in funnel(ROWS, 0, "Jan 2025").subtitle


def test_conversion_is_the_share_of_visits_with_a_paid_order() -> None:
    [values] = map(values_of, conversion_by_channel(ROWS, "Jan 2025").panels)

    assert conversion(ROWS) == Decimal("0.08")
    assert [(each["name"], each["label"]) for each in values] == [
        ("Google", "10.0 % of 60"),
        ("unknown", "5.0 % of 40"),
    ]


def test_no_visits_have_no_share() -> None:
    nobody = [channel("Email", 0, 0, 0, 0, 0, 0, sessions=1)]

    reached, kept = funnel(nobody, 0, "Jan 2025").panels

    assert {each["label"] for each in values_of(reached)} == {"0"}
    assert {each["label"] for each in values_of(kept)} == {"no visits"}
    assert conversion(nobody) is None
    assert conversion_by_channel(nobody, "Jan 2025").rows == []
