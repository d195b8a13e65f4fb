"""The page says what the tables and the books say, and nothing can be smuggled into it."""

import html
import re
from html.parser import HTMLParser

import pytest

from salesetl.cli import main
from salesetl.registry import namespaces
from salesetl.runs import read_reports
from salesetl.storage import storage_of
from tests.jobs.shop import Shop
from tests.report.conftest import HOSTILE


class Outline(HTMLParser):
    """The tags of a page, and how often each opens and closes."""

    VOID = {"meta", "link", "br"}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that opens."""
        self.attributes.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note a tag that closes: the one that opened last."""
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(shop: Shop) -> str:
    """Write the report of the shop, and return its text."""
    path = shop.home / "report.html"
    main(["report", str(path), "--output_path", str(shop.home / "lake")])
    return path.read_text()


def test_every_tag_is_closed_and_every_name_is_there_once(page: str) -> None:
    outline = Outline(page)

    assert outline.open == []
    names = [given["id"] for _, given in outline.attributes if "id" in given]
    assert len(names) == len(set(names))
    targets = {
        str(given["href"])[1:] for tag, given in outline.attributes if tag == "a"
    }
    assert targets <= set(names)


def test_nothing_is_fetched_from_anywhere(page: str) -> None:
    outline = Outline(page)

    assert not [given for _, given in outline.attributes if "src" in given]
    assert not [tag for tag, _ in outline.attributes if tag == "link"]
    assert "default-src 'none'" in page


def test_names_in_the_data_are_text_and_no_markup(page: str) -> None:
    scripts = [tag for tag, _ in Outline(page).attributes if tag == "script"]

    assert HOSTILE not in page
    assert html.escape(HOSTILE, quote=False) in page.replace("&#39;", "'")
    # The charts, their looks, the library and our own.
    assert len(scripts) == 4


def test_the_books_are_those_of_the_run_reports(shop: Shop, page: str) -> None:
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())

    lake = str(shop.home / "lake")
    reports = read_reports(storage_of(lake), lake, namespaces())
    assert len(reports) == 2
    for report in reports:
        assert report.rows_quarantined == 1
        assert (
            f"{report.rows_read} rows read = {report.rows_loaded} loaded"
            f" + {report.rows_quarantined} quarantined"
            f" + {report.duplicates_removed} duplicates removed"
        ) in text
        assert report.rows_by_reason
        for reason, rows in report.rows_by_reason.items():
            assert f"{reason.replace('_', ' ')} {rows} " in text
