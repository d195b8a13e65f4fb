"""A browser without a window, and what a page shows in it."""

import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

needs_chromium = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="no Chromium to open the page in: apt-get install chromium chromium-driver",
)

Browser = webdriver.Chrome
Open = Callable[..., Browser]

# Pairs of texts that are seen in one chart and cover each other.
COVERED = """
const found = [];
for (const chart of document.querySelectorAll("[data-chart] svg")) {
  const texts = [...chart.querySelectorAll("text")].filter((text) =>
    text.textContent.trim() && text.getAttribute("opacity") !== "0");
  const boxes = texts.map((text) => text.getBoundingClientRect());
  for (let i = 0; i < boxes.length; i++) for (let j = 0; j < i; j++) {
    const [a, b] = [boxes[i], boxes[j]];
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 1 && high > 4) found.push(texts[i].textContent + " | " + texts[j].textContent);
  }
}
return found;
"""
# Texts that are seen in a chart and go beyond it.
CUT_OFF = """
return [...document.querySelectorAll("[data-chart] svg")].flatMap((chart) => {
  const box = chart.getBoundingClientRect();
  return [...chart.querySelectorAll("text")].filter((text) => {
    const own = text.getBoundingClientRect();
    const isSeen = text.textContent.trim() && text.getAttribute("opacity") !== "0";
    return isSeen && (own.left < box.left - 1 || own.right > box.right + 1);
  }).map((text) => text.textContent);
});
"""
NUMBERS = """
const table = document.querySelector(`#${arguments[0]} table`);
const texts = (row, kind) => [...row.querySelectorAll(kind)].map((each) => each.textContent);
return [...table.querySelectorAll("tr")].map((row) => texts(row, "th, td"));
"""


def wait_for(browser: Browser, condition: str) -> None:
    """Wait until a condition holds on the page."""
    for _ in range(300):
        if browser.execute_script(f"return {condition}"):
            return
        time.sleep(0.1)
    raise AssertionError(f"never came true: {condition}")


def figures(browser: Browser, section: str = "main") -> dict[str, str]:
    """Return the key figures that the page or a section of it shows, by name."""
    found = browser.find_elements(By.CSS_SELECTOR, f"{section} [data-figure]")
    return {
        str(each.get_attribute("data-figure")): each.find_element(
            By.CLASS_NAME, "value"
        ).text
        for each in found
    }


def numbers(browser: Browser, name: str) -> list[dict[str, str]]:
    """Return the rows of the numbers of a chart, as texts."""
    header, *rows = browser.execute_script(NUMBERS, name)
    return [dict(zip(header, row, strict=True)) for row in rows]


def amounts(
    browser: Browser, name: str, key: str, value: str = "revenue"
) -> dict[str, Decimal]:
    """Return a column of the numbers of a chart by another."""
    return {row[key]: decimal(row[value]) for row in numbers(browser, name)}


def decimal(text: str) -> Decimal:
    """Read a number of the page."""
    return Decimal(text.replace(",", ""))


def sums(pairs: Iterable[tuple[Any, Decimal]]) -> dict[str, Decimal]:
    """Sum amounts by what they are of."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for key, amount in pairs:
        found[str(key)] += amount
    return found
