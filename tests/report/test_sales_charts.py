"""The charts of sales show what the queries say."""

from decimal import Decimal
from typing import Any

import pytest

from salesetl.report import sales_charts
from salesetl.report.picture import Rows
from salesetl.report.products_chart import is_name, top_products
from salesetl.report.rendering import png
from tests.report.drawn import values_of


def group(name: str, value: str | None, revenue: str, **more: Any) -> dict[str, Any]:
    """Make a row of a query by group."""
    return {
        "currency": None,
        name: value,
        "total_revenue": Decimal(revenue),
        "avg_transaction_value": Decimal("5.00"),
        "customer_count": 1,
        "units_sold": 2,
        **more,
    }


def test_age_groups_stand_in_the_order_of_age_and_the_unknown_last() -> None:
    rows = [
        group("age_group", name, "1.00")
        for name in ("56+", None, "18-25", "46-55", "26-35")
    ]

    picture = sales_charts.age_groups(rows, "")

    for panel in picture.panels:
        names = [each["name"] for each in values_of(panel)]
        assert names == ["18-25", "26-35", "46-55", "56+", "unknown"]


def test_shares_of_tiers_are_of_all_tiers() -> None:
    rows = [
        group("membership_tier", "Gold", "30.00", customer_count=1),
        group("membership_tier", None, "10.00", customer_count=3),
    ]

    picture = sales_charts.membership_tiers(rows, "")

    shares = [
        (each["tier"], each["of"], each["share"])
        for each in values_of(picture.panels[0])
    ]
    assert shares == [
        ("Gold", "revenue", 0.75),
        ("Gold", "customers", 0.25),
        ("unknown", "revenue", 0.25),
        ("unknown", "customers", 0.75),
    ]


def test_each_currency_is_drawn_alone() -> None:
    rows = [
        group("product", name, "9.00", currency=currency)
        for currency in ("EUR", "USD")
        for name in map(str, range(12))
    ]

    best = top_products(rows, "")
    shares = sales_charts.membership_tiers(
        [each | {"membership_tier": each["product"]} for each in rows], ""
    )

    for picture in (best, shares):
        assert [panel.title for panel in picture.panels] == ["EUR", "USD"]
    assert [len(values_of(panel)) for panel in best.panels] == [10, 10]
    of_revenue = [
        sum(each["share"] for each in values_of(panel) if each["of"] == "revenue")
        for panel in shares.panels
    ]
    assert [round(share, 9) for share in of_revenue] == [1, 1]


def test_shares_of_nothing_are_nothing() -> None:
    rows = [group("membership_tier", "Gold", "0.00", customer_count=0)]

    picture = sales_charts.membership_tiers(rows, "")

    assert {each["share"] for each in values_of(picture.panels[0])} == {0}


def test_only_the_best_products_are_drawn_the_best_on_top() -> None:
    rows = [group("product", f"P{n}", f"{100 - n}.00") for n in range(12)]

    picture = top_products(rows, "")

    names = [each["name"] for each in values_of(picture.panels[0])]
    assert names == [f"P{n}" for n in range(10)]
    assert picture.rows == rows[:10]


def test_a_picture_is_a_png_and_the_same_each_time() -> None:
    rows = [group("region", "North", "1234567.89"), group("region", None, "-5.00")]

    first, second = (png(sales_charts.revenue_by_region(rows, "")) for _ in range(2))

    assert first.startswith(b"\x89PNG\r\n")
    assert first == second
    assert len(first) > 10_000


def test_tiers_stand_in_the_order_of_the_contract_in_each_currency() -> None:
    names = ("Platinum", None, "gold", "Bronze", "Diamond", "Silver")
    rows = [
        group("membership_tier", name, "1.00", currency=currency)
        for currency in ("EUR", "USD")
        for name in names
    ]

    picture = sales_charts.membership_tiers(rows, "2025")

    for panel in picture.panels:
        tiers = list(dict.fromkeys(each["tier"] for each in values_of(panel)))
        assert tiers == ["Bronze", "Silver", "gold", "Platinum", "Diamond", "unknown"]
    assert [row["currency"] for row in picture.rows] == ["EUR"] * 6 + ["USD"] * 6


@pytest.mark.parametrize(
    "text", [None, "", " ", "-", "???", "...", "\u200b", "_ /", "$"]
)
def test_blanks_and_marks_name_no_product(text: str | None) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    "text", ["Lamp", "7", "灯", "Café?", "\N{SLICE OF PIZZA}", "-5 %"]
)
def test_letters_numbers_and_pictures_name_a_product(text: str) -> None:
    assert is_name(text)


def test_what_has_no_name_is_told_and_not_ranked_among_the_best() -> None:
    rows: Rows = [
        group("product", name, revenue, currency=currency)
        for currency, name, revenue in (
            ("EUR", None, "9000.00"),
            ("EUR", "Lamp", "10.00"),
            ("USD", "?", "8.50"),
            ("USD", "Desk", "7.00"),
            ("USD", "-", "1.00"),
        )
    ]

    picture = top_products(rows, "Sep 2025")

    names = [[each["name"] for each in values_of(panel)] for panel in picture.panels]
    assert names == [["Lamp"], ["Desk"]]
    assert [row["product"] for row in picture.rows] == ["Lamp", "Desk"]
    assert picture.subtitle.endswith(
        "Not ranked: sales without a product name (EUR 9,000.00, USD 9.50)"
    )


def test_titles_have_the_currency_if_it_is_one_and_the_period() -> None:
    dollars = [group("region", "North", "1.00", currency="USD")]
    euros = [group("region", "North", "1.00", currency="EUR")]

    one = sales_charts.revenue_by_region(dollars, "Sep–Dec 2025")
    both = sales_charts.revenue_by_region([*euros, *dollars], "Sep–Dec 2025")

    assert one.title == "Revenue by region, USD, Sep–Dec 2025"
    assert [panel.title for panel in one.panels] == [""]
    assert both.title == "Revenue by region, Sep–Dec 2025"
    assert [panel.title for panel in both.panels] == ["EUR", "USD"]


def test_of_many_regions_the_best_are_drawn_and_the_others_told() -> None:
    rows = [group("region", f"R{n}", f"{100 - n}.00") for n in range(50)]

    picture = sales_charts.revenue_by_region(rows, "")

    [panel] = picture.panels
    assert len(values_of(panel)) == 12
    assert panel.title == "38 more are in the numbers"
    assert len(picture.rows) == 50
