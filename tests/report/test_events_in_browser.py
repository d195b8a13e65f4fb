"""The part on events in a real browser, of models that dbt has built."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from salesetl.cli import main
from salesetl.pipelines.events.contracts import EVENTS, ORDER_ITEMS
from salesetl.registry import namespaces
from salesetl.report.country_grid import PLACES
from salesetl.report.country_map import countries
from salesetl.report.data_quality import Quality
from salesetl.report.event_queries import STEPS
from salesetl.report.page import Section
from salesetl.report.page import page as page_of
from salesetl.runs import read_reports
from salesetl.storage import storage_of
from tests.report.browsing import (
    COVERED,
    Open,
    amounts,
    decimal,
    figures,
    needs_chromium,
    numbers,
    sums,
)
from tests.stars import Stars
from tests.warehouses.dbt_program import needs_dbt

pytestmark = [pytest.mark.slow, needs_chromium, needs_dbt]

CENT = Decimal("0.01")
STATES = ("order_create", "order_paid", "order_fulfilled", "order_cancelled")
PAID = ("order_paid", "order_fulfilled")
# The codes on the map, with their size in pixels; its legend has numbers.
CODES = """
const texts = document.querySelector("#events_countries .chart").querySelectorAll("text");
return [...texts].filter((text) => /^[A-Z]{2}$/.test(text.textContent))
  .map((text) => [text.textContent, parseFloat(getComputedStyle(text).fontSize)]);
"""


@pytest.fixture(scope="module")
def page(stars: Stars) -> Path:
    """Write the report of all stars."""
    path = stars.stream.home / "events.html"
    main(["report", str(path), "--output_path", stars.lake])
    return path


@pytest.fixture(scope="module")
def events(stars: Stars) -> list[dict[str, Any]]:
    """Read the events of the lake."""
    return stars.stream.rows(EVENTS)


@pytest.fixture(scope="module")
def paid(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the newest event of each order that is paid, with the moment of the first."""
    histories: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        if event["order_id"]:
            histories[event["order_id"]].append(event)
    found = []
    for history in histories.values():
        history.sort(
            key=lambda event: (
                event["event_timestamp"],
                STATES.index(event["event_type"]),
                event["event_id"],
            )
        )
        if history[-1]["event_type"] in PAID:
            found.append(history[-1] | {"ordered_at": history[0]["event_timestamp"]})
    return found


def reached(events: list[dict[str, Any]]) -> list[set[str]]:
    """Return the visits that reach each step, having had all before."""
    found: list[set[str]] = []
    for event_type in STEPS.values():
        own = {
            event["session_id"] for event in events if event["event_type"] == event_type
        }
        found.append((own & found[-1] if found else own) - {None})
    return found


def test_the_figures_of_events_are_what_the_generator_knows(
    opened: Open, stars: Stars, events: list[dict[str, Any]]
) -> None:
    truth = stars.truth("events")
    steps = reached(events)

    shown = figures(opened(), "#events")

    revenue = sum(map(Decimal, truth["revenue_by_order_date"].values()))
    for part in ("merchandise", "tax", "shipping"):
        assert shown[f"{part.capitalize()} in USD"] == f"{Decimal(truth[part]):,}"
    assert decimal(shown["Revenue in USD"]) == revenue
    average = (revenue / truth["paid_orders"]).quantize(CENT, ROUND_HALF_UP)
    assert decimal(shown["Average order value in USD"]) == average
    assert decimal(shown["Paid orders"]) == truth["paid_orders"]
    assert decimal(shown["Customers"]) == truth["customers"]
    assert decimal(shown["Visits with a view"]) == len(steps[0]) > 0
    assert shown["Conversion"] == f"{100 * len(steps[4]) / len(steps[0]):.1f} %"


def test_the_days_of_events_are_what_the_generator_knows(
    opened: Open, stars: Stars
) -> None:
    truth = stars.truth("events")

    shown = amounts(opened(), "events_revenue", "order date")

    due = {day: Decimal(text) for day, text in truth["revenue_by_order_date"].items()}
    assert shown == due


def test_the_groups_of_events_are_those_of_its_paid_orders(
    opened: Open, stars: Stars, paid: list[dict[str, Any]]
) -> None:
    browser = opened()

    for name, column, field in (
        ("channels", "channel", "channel"),
        ("countries", "customer country", "customer_country"),
    ):
        due = sums((event[field] or "", event["order_total"]) for event in paid)
        assert amounts(browser, f"events_{name}", column) == due
    due = sums((event["ordered_at"].hour, event["order_total"]) for event in paid)
    assert amounts(browser, "events_hours", "order hour") == due
    of_paid = {event["event_id"] for event in paid}
    lines = [
        line for line in stars.stream.rows(ORDER_ITEMS) if line["event_id"] in of_paid
    ]
    due = sums((line["category"] or "", line["line_total"]) for line in lines)
    assert amounts(browser, "events_categories", "category", "merchandise") == due
    assert sum(line["quantity"] for line in lines) == decimal(
        figures(browser, "#events")["Units sold"]
    )
    products = sums((line["product_id"], line["line_total"]) for line in lines)
    highest = sorted(products.items(), key=lambda each: (-each[1], each[0]))[:10]
    shown = amounts(browser, "events_products", "product id", "merchandise")
    assert list(shown.items()) == highest


def test_the_funnel_is_that_of_the_visits_of_the_lake(
    opened: Open, events: list[dict[str, Any]]
) -> None:
    steps = [len(visits) for visits in reached(events)]

    shown = numbers(opened(), "events_funnel")

    assert [decimal(row["visits"]) for row in shown] == steps
    assert all(one > other for one, other in zip(steps, steps[1:], strict=False))
    assert [row["percent of visits"] for row in shown] == [
        f"{100 * step / steps[0]:.1f}" for step in steps
    ]
    assert [row["percent of step before"] for row in shown[1:]] == [
        f"{100 * step / before:.1f}"
        for before, step in zip(steps, steps[1:], strict=False)
    ]


def test_customers_are_worth_the_merchandise_of_their_paid_orders(
    opened: Open, paid: list[dict[str, Any]]
) -> None:
    browser = opened()

    known = [event for event in paid if event["customer_id"]]
    buyers = {event["customer_id"] for event in known}
    worth = sum(event["order_subtotal"] for event in known)
    for name, column in (
        ("segments", "segment"),
        ("lifetime_values", "monetary score"),
    ):
        picture = f"events_{name}"
        values = amounts(browser, picture, column, "lifetime value")
        assert sum(values.values()) == worth
        customers = amounts(browser, picture, column, "customers")
        assert sum(customers.values()) == len(buyers)
    shown = figures(browser, "#events")
    average = (worth / len(buyers)).quantize(CENT, ROUND_HALF_UP)
    assert decimal(shown["Lifetime value a customer in USD"]) == average
    assert decimal(shown["Customers with a paid order"]) == len(buyers)


def test_the_map_has_the_countries_of_the_paid_orders(
    opened: Open, paid: list[dict[str, Any]]
) -> None:
    codes = opened().execute_script(CODES)

    due = {event["customer_country"] for event in paid} - {None}
    assert {code for code, _ in codes} == due


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_all_countries_of_the_world_can_be_read_on_the_map(
    opened: Open, stars: Stars, tmp_path: Path, width: int, theme: str
) -> None:
    rows = [
        {"country": code, "currency": "USD", "revenue": Decimal(number)}
        for number, code in enumerate(PLACES, start=1)
    ]
    drawn = countries("events_countries", "Map", "", rows, "country", "Jan 2025")
    quality = Quality([], [], None, {})
    reports = read_reports(storage_of(stars.lake), stars.lake, namespaces())
    path = tmp_path / "world.html"
    path.write_text(page_of([Section("events", "", [], [drawn], quality)], reports))

    browser = opened(width, theme, path)

    codes = browser.execute_script(CODES)
    assert {code for code, _ in codes} == set(PLACES)
    assert min(size for _, size in codes) >= 9
    assert browser.execute_script(COVERED) == []


def test_a_day_is_that_of_utc_wherever_the_page_is_read(opened: Open) -> None:
    browser = opened()
    browser.execute_cdp_cmd(
        "Emulation.setTimezoneOverride", {"timezoneId": "America/Los_Angeles"}
    )
    try:
        opened()
        texts = browser.execute_script(
            "return [...document.querySelectorAll('#events_revenue svg .role-axis-label text')]"
            ".map((each) => each.textContent)"
        )
    finally:
        browser.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": ""})

    assert [text for text in texts if " " in text] == ["29 Nov", "30 Nov", "01 Dec"]
