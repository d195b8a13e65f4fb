"""The revenue of each day is one number from the delivered files to the page, to the cent."""

import json
import re
from collections import defaultdict
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest

from salesetl.cli import main
from salesetl.pipelines.retail.contracts import ORDER_LINES
from salesetl.pipelines.shop.contracts import FACT_SALES
from tests.stars import Stars
from tests.warehouses.dbt_program import needs_dbt

pytestmark = [pytest.mark.slow, needs_dbt]

Revenue = dict[str, Decimal]


class Cells(HTMLParser):
    """The cells of the numbers of one picture of a page."""

    def __init__(self, page: str, picture: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._is_cell = False
        self.feed(
            page.partition(f'<figure id="{picture}"')[2].partition("</figure>")[0]
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row or a cell."""
        if tag == "tr":
            self.rows.append([])
        self._is_cell = tag in ("td", "th")

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        self._is_cell = False

    def handle_data(self, data: str) -> None:
        """Note what a cell says."""
        if self._is_cell:
            self.rows[-1].append(data)


@pytest.fixture(scope="module")
def page(stars: Stars) -> str:
    """Write the report of all stars, and return its text."""
    path = stars.retailer.home / "revenue.html"
    main(["report", str(path), "--output_path", stars.lake])
    return path.read_text()


def summed(rows: list[dict[str, Any]], day: str) -> Revenue:
    """Sum the amounts of rows by day."""
    found: Revenue = defaultdict(Decimal)
    for row in rows:
        found[str(row[day])] += row["total_amount"]
    return found


def asked(stars: Stars, query: str) -> Revenue:
    """Ask the warehouse for the revenue of each day."""
    return {str(day): amount for day, amount in stars.place.rows(query)}


def shown(page: str, picture: str, day: str) -> Revenue:
    """Read the revenue of each day from the numbers of a picture."""
    header, *rows = Cells(page, picture).rows
    found = [dict(zip(header, row, strict=True)) for row in rows]
    return {row[day]: Decimal(row["revenue"].replace(",", "")) for row in found}


def drawn(page: str, picture: str) -> Revenue:
    """Read the revenue of each day from what a picture is drawn from."""
    text = re.search(
        r'<script type="application/json" id="charts">(.+?)</script>', page
    )
    assert text
    chart = json.loads(text[1])[f"{picture}-0"]
    [values] = chart.get("datasets", {}).values() or [chart["data"]["values"]]
    return {
        each["day"]: Decimal(str(each["amount"])).quantize(Decimal("0.01"))
        for each in values
    }


def total(page: str, section: str) -> Decimal:
    """Read the total revenue of a section."""
    own = page.partition(f'<section id="{section}"')[2]
    found = re.search(
        r'data-figure="Total revenue">.*?class="value"[^>]*>([\d,.-]+)<', own, re.DOTALL
    )
    assert found
    return Decimal(found[1].replace(",", ""))


def test_revenue_of_retail_is_that_of_the_accepted_lines(
    stars: Stars, page: str
) -> None:
    told = stars.truth("retail")["revenue_by_order_date"].items()
    accepted = {day: Decimal(text) for day, text in told}
    staged = asked(
        stars,
        "select order_date, sum(total_amount) from retail_staging.order_lines group by 1",
    )
    modelled = asked(
        stars,
        "select full_date, sum(total_amount) from retail.fact_order_lines"
        " join retail.dim_date using (date_key) group by 1",
    )

    assert len(accepted) == 14 and min(accepted.values()) > 0
    assert summed(stars.retailer.rows(ORDER_LINES), "order_date") == accepted
    assert staged == modelled == accepted
    assert shown(page, "retail_revenue", "full date") == accepted
    assert drawn(page, "retail_revenue") == accepted
    assert total(page, "retail") == sum(accepted.values())


def test_revenue_of_the_shop_is_that_of_the_accepted_sales(
    stars: Stars, page: str
) -> None:
    path = stars.retailer.home / "raw" / "_answers" / "shop-00001.json"
    told = json.loads(path.read_text())["revenue_by_order_date"].items()
    accepted = {day: Decimal(text) for day, text in told}
    staged = asked(
        stars,
        "select sale_date, sum(total_amount) from shop_staging.fact_sales group by 1",
    )
    modelled = asked(
        stars,
        "select cast(order_time as date), sum(total_amount) from shop.fact_sales group by 1",
    )

    assert len(accepted) > 1
    assert summed(stars.web_shop.rows(FACT_SALES), "sale_date") == accepted
    assert staged == modelled == accepted
    assert shown(page, "shop_revenue", "sale date") == accepted
    assert drawn(page, "shop_revenue") == accepted
    assert total(page, "shop") == sum(accepted.values())


def test_rejected_and_orphaned_lines_were_among_the_delivered(stars: Stars) -> None:
    home = stars.retailer.home
    answers = json.loads((home / "raw" / "_answers" / "retail.json").read_text())

    assert answers["orders"]["rows_quarantined"] > 10
    assert stars.truth("retail")["orphan_lines"]["either"] > 0
    assert (
        stars.truth("retail")["corrected_orders"]
        and stars.truth("retail")["late_orders"]
    )
