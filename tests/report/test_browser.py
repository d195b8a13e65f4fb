"""The page in a real browser, as its reader has it: a file, without a network."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from salesetl.cli import main
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.errors import QualityError
from salesetl.queries import results
from salesetl.report.wording import cell_text
from tests.jobs.shop import Shop, sale
from tests.report.browsing import COVERED, Open, figures, needs_chromium, wait_for

# Of both pipelines, with those of data quality.
_CHARTS = 28

pytestmark = [pytest.mark.slow, needs_chromium]


@pytest.fixture(scope="module")
def page(shop: Shop) -> Path:
    """Write the report of the shop."""
    path = shop.home / "browser" / "report.html"
    main(["report", str(path), "--output_path", str(shop.home / "lake")])
    return path


@pytest.fixture(scope="module")
def long_page(duckdb: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the report of 48 months in two currencies, with a loss and a failed run."""
    shop = Shop(duckdb, tmp_path_factory.mktemp("years"))
    sales = [
        sale(
            2 * number + place,
            date=f"{2022 + number // 12}-{1 + number % 12:02}-15",
            currency=currency,
            region=f"Region {number % 20} of the whole country",
            product=f"Product {number % 9} with a long name",
            customer_id=f"C{1 + number % 2}",
        )
        for number in range(48)
        for place, currency in enumerate(("EUR", "USD"))
    ]
    loss = sale(
        99, date="2025-12-20", currency="EUR", quantity="-40", region="A loss"
    ) | {"total_amount": ""}
    shop.load(shop.deliver("sales", [*sales, loss]))
    with pytest.raises(QualityError):
        shop.load(shop.deliver("bad", [sale(1, quantity="x")]), max_rejected_ratio=0.0)
    path = shop.home / "report.html"
    main(["report", str(path), "--output_path", str(shop.home / "lake")])
    return path


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_loads_without_a_word_in_the_console(
    opened: Open, width: int, theme: str
) -> None:
    browser = opened(width, theme)

    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]
    charts = browser.find_elements(By.CSS_SELECTOR, "[data-chart]")
    drawn = browser.find_elements(By.CSS_SELECTOR, "[data-chart] svg")
    assert len(drawn) == len(charts) == _CHARTS
    for each in drawn:
        assert each.size["width"] > 200
        assert each.size["height"] > 100


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_wider_than_the_screen(opened: Open, width: int) -> None:
    browser = opened(width)

    wide = browser.execute_script("return document.documentElement.scrollWidth")
    assert wide <= width


@pytest.mark.parametrize("width", [400, 1280])
def test_no_label_covers_another_in_48_months(
    opened: Open, long_page: Path, width: int
) -> None:
    browser = opened(width, path=long_page)

    assert browser.execute_script(COVERED) == []
    texts = browser.find_elements(By.CSS_SELECTOR, "#monthly_revenue svg text")
    assert {"Jan 2022", "Jan 2025"} <= {text.text for text in texts}


@pytest.mark.parametrize("width", [320, 400, 1280])
def test_the_runs_and_the_figures_are_not_cut_off(
    opened: Open, long_page: Path, width: int
) -> None:
    browser = opened(width, path=long_page)

    cut = browser.execute_script(
        "return [...document.querySelectorAll('#runs table, #runs td, .figures dd')]"
        ".filter((each) => each.scrollWidth > each.clientWidth + 1"
        " || each.getBoundingClientRect().right > window.innerWidth)"
        ".map((each) => each.textContent)"
    )
    assert cut == []
    assert browser.find_element(By.CLASS_NAME, "error").is_displayed()


def test_the_figures_are_those_of_the_tables(opened: Open, shop: Shop) -> None:
    browser = opened()

    [(header, rows)] = results(str(shop.home / "lake"), ["monthly_trend"])
    # October lacks its last days.
    [september] = [
        dict(zip(header, row, strict=True)) for row in rows if row[1:3] == (2025, 9)
    ]
    shown = figures(browser)
    assert Decimal(shown["Net revenue"].replace(",", "")) == september["total_revenue"]
    assert int(shown["Transactions"]) == september["transaction_count"]
    assert int(shown["Customers"]) == september["customer_count"]


def test_a_chart_shows_the_numbers_of_its_table(opened: Open, shop: Shop) -> None:
    browser = opened()
    browser.find_element(By.CSS_SELECTOR, "#revenue_by_region summary").click()

    [(header, rows)] = results(str(shop.home / "lake"), ["revenue_by_region"])
    table = browser.find_element(By.CSS_SELECTOR, "#revenue_by_region table")
    cells = [
        [cell.text for cell in row.find_elements(By.TAG_NAME, "td")]
        for row in table.find_elements(By.CSS_SELECTOR, "tbody tr")
    ]
    assert cells == [[cell_text(value) for value in row] for row in rows]
    described = browser.execute_script(
        "return [...document.querySelectorAll('#revenue_by_region svg .mark-rect path')]"
        ".map((each) => each.getAttribute('aria-label'))"
    )
    revenue = [row[header.index("total_revenue")] for row in rows]
    assert [label.split("amount: ")[1].split(";")[0] for label in described] == [
        f"{amount:,.2f}".rstrip("0").rstrip(".") for amount in revenue
    ]


def test_tables_open_by_keyboard_alone(opened: Open) -> None:
    browser = opened()
    body = browser.find_element(By.TAG_NAME, "body")

    body.send_keys(Keys.TAB)
    first = browser.switch_to.active_element.get_attribute("textContent")
    names: list[Any] = []
    for _ in range(12):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        names.append(browser.switch_to.active_element.tag_name)
        if names[-1] == "summary":
            break

    assert first == "Skip to the figures"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.execute_script("return document.querySelector('details').open")


def test_every_chart_has_a_description_to_be_read_aloud(opened: Open) -> None:
    browser = opened()

    charts = browser.find_elements(By.CSS_SELECTOR, "[data-chart]")

    told = [str(each.get_attribute("aria-label")) for each in charts]
    assert "Revenue by region, Aug–Oct 2025: Net revenue: sales less returns" in told
    assert len(told) == len(set(told)) == _CHARTS


def test_the_charts_follow_when_the_ground_turns_dark(opened: Open) -> None:
    browser = opened(theme="light")

    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": "dark"}]},
    )

    wait_for(browser, "document.documentElement.dataset.drawn === 'dark'")
    inks = browser.execute_script(
        "return [...document.querySelectorAll('#revenue_by_region svg text')]"
        ".map((each) => each.getAttribute('fill'))"
    )
    assert "#E8E8E8" in inks
    assert "#222222" not in inks


def test_a_name_from_the_data_runs_nothing(opened: Open) -> None:
    browser = opened()

    text = browser.find_element(By.ID, "top_products").get_attribute("textContent")
    assert "<script>alert('x')</script>" in str(text)
