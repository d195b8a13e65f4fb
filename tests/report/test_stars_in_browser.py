"""The parts on stars in a real browser, of stars that dbt has built."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from salesetl.cli import main
from salesetl.pipelines.retail.contracts import CUSTOMERS, ORDER_LINES, PRODUCTS
from salesetl.pipelines.shop.contracts import FACT_SALES
from salesetl.pipelines.shop.contracts import PRODUCTS as WEB_PRODUCTS
from salesetl.pipelines.shop.contracts import USERS
from tests.report.browsing import (
    COVERED,
    CUT_OFF,
    Open,
    amounts,
    decimal,
    figures,
    needs_chromium,
    sums,
    wait_for,
)
from tests.stars import Stars
from tests.warehouses.dbt_program import needs_dbt

pytestmark = [pytest.mark.slow, needs_chromium, needs_dbt]

CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def page(stars: Stars) -> Path:
    """Write the report of all stars."""
    path = stars.retailer.home / "report.html"
    main(["report", str(path), "--output_path", stars.lake])
    return path


def highest(found: dict[str, Decimal]) -> dict[str, Decimal]:
    """Return the ten highest amounts."""
    ranked = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return dict(ranked[:10])


def average(amount: Decimal, count: int) -> Decimal:
    """Divide to the cent, half away from zero."""
    return (amount / count).quantize(CENT, ROUND_HALF_UP)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_parts_fit_every_screen_on_light_and_dark_ground(
    opened: Open, width: int
) -> None:
    browser = opened(width)

    for theme in ("light", "dark"):
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-color-scheme", "value": theme}]},
        )
        wait_for(browser, f"document.documentElement.dataset.drawn === '{theme}'")
        sizes = browser.execute_script(
            "return [...document.querySelectorAll('[data-chart]')].map((each) => "
            "[each.querySelector('svg')?.clientWidth, each.querySelectorAll('path').length])"
        )
        # Of retail 14, of the shop 5, of events 14, the others of data quality.
        assert len(sizes) > 33
        assert [size for size in sizes if not size[0] or size[0] < 200] == []
        assert all(drawn for _, drawn in sizes)
        assert browser.execute_script(COVERED) == []
        assert browser.execute_script(CUT_OFF) == []
        assert (
            browser.execute_script("return document.documentElement.scrollWidth")
            <= width
        )
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]


def test_every_day_has_one_label_on_its_axis(opened: Open) -> None:
    browser = opened()

    for name in ("retail_revenue", "shop_revenue"):
        texts = browser.execute_script(
            f"return [...document.querySelectorAll('#{name} svg text')]"
            ".map((each) => each.textContent)"
        )
        days = [text for text in texts if text.endswith(("Nov", "Dec"))]
        assert len(days) == len(set(days)) > 1


def test_the_figures_of_retail_are_those_of_its_lines(
    opened: Open, stars: Stars
) -> None:
    lines, truth = stars.retailer.rows(ORDER_LINES), stars.truth("retail")

    shown = figures(opened(), "#retail")

    assert {name: decimal(text) for name, text in shown.items()} == {
        "Total revenue": sum(line["total_amount"] for line in lines),
        "Total orders": len({line["order_id"] for line in lines}),
        "Order lines": len(lines),
        "Lines of an unknown customer": truth["orphan_lines"]["customer"],
        "Lines of an unknown product": truth["orphan_lines"]["product"],
    }


def test_the_charts_of_retail_are_those_of_its_lines(
    opened: Open, stars: Stars
) -> None:
    browser = opened()

    lines = stars.retailer.rows(ORDER_LINES)
    customers = {row["customer_id"] for row in stars.retailer.rows(CUSTOMERS)}
    snapshots = stars.retailer.rows(PRODUCTS)
    products = {row["product_id"] for row in snapshots}
    of_known = [line for line in lines if line["customer_id"] in customers]
    by_product = sums(
        (line["product_id"], line["total_amount"])
        for line in lines
        if line["product_id"] in products
    )
    assert amounts(browser, "retail_products", "product id") == highest(by_product)
    by_customer = sums((line["customer_id"], line["total_amount"]) for line in of_known)
    assert amounts(browser, "retail_customers", "customer id") == highest(by_customer)
    segments = amounts(browser, "retail_segments", "segment")
    assert sum(segments.values()) == sum(by_customer.values())
    counts = amounts(browser, "retail_segments", "segment", "customers")
    assert sum(counts.values()) == len(by_customer)
    categories = amounts(browser, "retail_categories", "category")
    assert categories == sums(
        (category_of(line, snapshots), line["total_amount"]) for line in lines
    )
    sizes = Counter(Counter(line["order_id"] for line in lines).values())
    baskets = amounts(browser, "retail_baskets", "lines", "orders")
    assert baskets == {str(size): count for size, count in sizes.items()}


def category_of(line: dict[str, Any], products: list[dict[str, Any]]) -> str:
    """Return what a product was on the day of a line, or when it was first known."""
    own = [row for row in products if row["product_id"] == line["product_id"]]
    before = [row for row in own if row["delivered_on"] <= line["order_date"]]
    if not own:
        return "Unknown"
    chosen = before[-1] if before else own[0]
    return str(chosen["category"])


def test_the_days_of_retail_are_those_of_its_lines(opened: Open, stars: Stars) -> None:
    browser = opened()

    lines = stars.retailer.rows(ORDER_LINES)
    by_date = sums((line["order_date"], line["total_amount"]) for line in lines)
    days = [date.fromisoformat(day) for day in by_date]
    assert amounts(browser, "retail_revenue", "full date") == by_date
    by_name = sums((f"{day:%A}", by_date[str(day)]) for day in days)
    weekdays = amounts(browser, "retail_weekdays", "day name", "avg daily revenue")
    assert weekdays == {
        name: average(amount, sum(f"{day:%A}" == name for day in days))
        for name, amount in by_name.items()
    }
    by_half = sums((day.isoweekday() > 5, by_date[str(day)]) for day in days)
    weekends = amounts(browser, "retail_weekends", "is weekend")
    assert weekends == {"no": by_half["False"], "yes": by_half["True"]}
    names = {11: "Autumn", 12: "Winter"}
    by_season = sums((names[day.month], by_date[str(day)]) for day in days)
    assert amounts(browser, "retail_seasons", "season") == by_season


def test_the_figures_and_charts_of_the_shop_are_those_of_its_sales(
    opened: Open, stars: Stars
) -> None:
    browser = opened()

    shop = stars.web_shop
    sales = shop.rows(FACT_SALES)
    cities = {row["user_id"]: row["city"] for row in shop.rows(USERS)}
    categories = {row["product_id"]: row["category"] for row in shop.rows(WEB_PRODUCTS)}
    shown = figures(browser, "#shop")
    assert {name: decimal(text) for name, text in shown.items()} == {
        "Total revenue": sum(sale["total_amount"] for sale in sales),
        "Total sales": len(sales),
    }
    groups: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
        ("revenue", "sale date"): lambda sale: sale["sale_date"],
        ("cities", "city"): lambda sale: cities.get(sale["user_id"], "Unknown"),
        ("categories", "category"): (
            lambda sale: categories.get(sale["product_id"], "Unknown")
        ),
        ("payments", "payment type"): lambda sale: sale["payment_type"],
        ("hours", "sale hour"): lambda sale: sale["order_time"].hour,
    }
    for (name, column), group in groups.items():
        due = sums((group(sale), sale["total_amount"]) for sale in sales)
        assert amounts(browser, f"shop_{name}", column) == due


def test_a_bar_is_as_long_as_its_number_says(opened: Open) -> None:
    browser = opened()

    due = amounts(browser, "retail_categories", "category")

    lengths = browser.execute_script(
        "return [...document.querySelectorAll('#retail_categories svg .mark-rect path')]"
        ".map((each) => each.getBoundingClientRect().width)"
    )
    longest = lengths[0] / float(max(due.values()))
    assert lengths == pytest.approx(
        [float(amount) * longest for amount in due.values()], abs=1
    )
