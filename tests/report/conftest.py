"""A lake of a shop whose names are hostile to a page, and a browser to open a page in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from salesetl.engines.duckdb import DuckDbEngine
from tests.jobs.shop import Shop, order, sale
from tests.report.browsing import CHROMIUM, DRIVER, SWITCHES, Browser, Open, wait_for
from tests.stars import Stars, built

HOSTILE = "</script><script>alert('x')</script>&<b>"


@pytest.fixture(scope="module")
def shop(duckdb: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Load sales of three months and orders of two, some of them broken."""
    shop = Shop(duckdb, tmp_path_factory.mktemp("shop"))
    sales = [
        sale(
            100 * month + day,
            date=f"2025-{month:02}-{day:02}",
            product=HOSTILE if day == 5 else "Lamp",
            customer_id={0: "C2", 1: "C1", 2: ""}[day % 3],
            region=HOSTILE if day == 7 else "North",
        )
        for month in (8, 9, 10)
        for day in range(1, 29 if month == 10 else 31)
    ]
    shop.load(shop.deliver("sales", [*sales, sale(1, quantity="x")]))
    orders = [
        order(
            number,
            order_timestamp=f"2025-0{1 + number % 2}-1{number % 8}T09:00:00Z",
            currency="EUR" if number % 5 else "USD",
        )
        for number in range(20)
    ]
    shop.load_orders(
        shop.deliver_orders("orders", [*orders, order(99, currency="ZZZ")])
    )
    return shop


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser without a window."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for switch in SWITCHES:
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield started
    started.quit()


@pytest.fixture
def opened(browser: Browser, page: Path) -> Open:
    """Open the page at a width, on light or dark ground, when all charts are drawn."""

    def open_page(
        width: int = 1280, theme: str = "light", path: Path = page
    ) -> Browser:
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
        )
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-color-scheme", "value": theme}]},
        )
        browser.get(path.as_uri())
        wait_for(browser, f"document.documentElement.dataset.drawn === '{theme}'")
        return browser

    return open_page


@pytest.fixture(scope="session")
def stars(duckdb: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory) -> Stars:
    """Build the stars of a retailer, a web shop and a stream, once: it takes dbt a minute."""
    return built(duckdb, tmp_path_factory.mktemp("stars"))
