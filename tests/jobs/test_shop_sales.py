"""Sales of a web shop: every record once, in files whose columns are those of the warehouse."""

from decimal import Decimal
from pathlib import Path

import pytest
from pyarrow import parquet

from salesetl.engines.engine import Engine
from salesetl.pipelines.shop.contracts import FACT_SALES, USERS
from tests.frames import on_each_engine
from tests.jobs.web_shop import WebShop, web_sale


@pytest.fixture
def web_shop(engine: Engine, tmp_path: Path) -> WebShop:
    """Open a web shop without sales."""
    return WebShop(engine, tmp_path)


@on_each_engine
def test_files_have_exactly_the_columns_of_the_contract_in_order(
    web_shop: WebShop,
) -> None:
    web_shop.deliver("2025-01-31", [web_sale(1), web_sale(2, user_id=7)])

    report = web_shop.load()

    assert report.warnings == {"user_is_known": 1}
    [file] = (web_shop.home / "lake" / FACT_SALES.folder).rglob("*.parquet")
    assert parquet.read_schema(file).names == FACT_SALES.columns
    assert [row["city"] for row in web_shop.rows(USERS)] == ["Pune"]
    assert sum(row["total_amount"] for row in web_shop.rows(FACT_SALES)) == Decimal(42)


def test_batches_are_loaded_once_and_a_repeated_sale_too(web_shop: WebShop) -> None:
    web_shop.deliver("2025-01-31", [web_sale(1)])
    web_shop.load(input_mode="new")
    web_shop.deliver("2025-01-31", [web_sale(1), web_sale(2)], "again.json")
    web_shop.deliver("2025-02-01", [web_sale(3)])

    web_shop.load(input_mode="new")
    report = web_shop.load(input_mode="new")

    assert report.files_read == 0
    assert [row["order_id"] for row in web_shop.rows(FACT_SALES)] == ["S1", "S2", "S3"]


def test_a_wrong_total_is_rejected(web_shop: WebShop) -> None:
    web_shop.deliver("2025-01-31", [web_sale(1, total_amount=21.01), web_sale(2)])

    report = web_shop.load()

    assert report.rows_by_reason == {"total_amount_is_quantity_times_price": 1}
    assert report.rows_loaded == 1


def test_totals_with_a_discount_are_rejected_with_the_likely_cause(
    web_shop: WebShop,
) -> None:
    cheaper = [web_sale(number, total_amount=18.9) for number in range(10)]
    web_shop.deliver("2025-01-31", [*cheaper, web_sale(10)])

    report = web_shop.load()

    assert [each for each in report.hints if "a discount seems to be in" in each]
