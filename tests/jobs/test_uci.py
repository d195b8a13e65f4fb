"""The shipped profile loads the UCI Online Retail export as its books say."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from salesetl.engines.engine import Engine
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from tests.jobs.shop import Shop, sums
from tests.jobs.uci import LINES, LOADED, REVENUE, write_online_retail


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Shop:
    """Open a shop in an empty folder, on each engine in turn."""
    return Shop(engine, tmp_path)


def revenue_of(lines: list[str]) -> Decimal:
    """Add up quantity × price of lines, each to the cent, from the right, where no field is quoted."""
    fields = [line.rsplit(",", 5) for line in lines]
    cent = Decimal("0.01")
    return sum(
        ((int(each[1]) * Decimal(each[3])).quantize(cent) for each in fields),
        Decimal(0),
    )


def test_online_retail_is_loaded_to_the_cent(shop: Shop) -> None:
    path = write_online_retail(shop.home / "raw" / "online_retail.csv")

    report = shop.load(
        path, source_profile="uci_online_retail", max_rejected_ratio=0.05
    )

    sound = [line for line in LINES if not line.startswith("A") and "2/30" not in line]
    assert str(revenue_of(sound)) == REVENUE
    assert (report.rows_read, report.rows_loaded) == (len(LINES), LOADED)
    assert sums(report, "loaded") == sums(report, "published") == REVENUE
    assert report.rows_by_reason == {"date_is_valid": 1, "unit_price_is_valid": 1}
    assert report.warnings["customer_id_is_present"] == 2
    rows = {
        row["transaction_id"].rsplit("-", 2)[0]: row
        for row in shop.rows(ENRICHED_SALES)
    }
    assert len(shop.rows(ENRICHED_SALES)) == len(rows) + 1 == LOADED
    assert rows["C600005-20001-\\-6-2.55"]["is_return"]
    assert rows["C600005-20001-\\-6-2.55"]["date"] == date(2011, 1, 31)
    assert rows["600002-20003-1-7.65"]["product"] == "CAFÉ SIGN"
    assert rows["600001-20002A-4-3.39"]["product"] == 'TIN, "TEA" AND SUGAR'
    assert rows["600004-20005-3-0"]["product"] == "20005"


def test_online_retail_delivered_twice_is_the_same(shop: Shop) -> None:
    for name in ("a.csv", "b.csv"):
        write_online_retail(shop.home / "raw" / name)

    report = shop.load(shop.home / "raw", source_profile="uci_online_retail")

    assert report.rows_loaded == LOADED
    assert report.duplicates_removed == len(LINES)
    assert sums(report, "loaded") == REVENUE
