"""The parts on retail and shop are drawn from what their warehouse has unloaded."""

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import duckdb as warehouse
import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.errors import InputError
from salesetl.registry import namespaces
from salesetl.report.datasets import DATASETS, rows_of, sections_of
from salesetl.report.page import page
from salesetl.runs import read_reports
from salesetl.storage import storage_of
from tests.jobs.retailer import Retailer, customer, line, product
from tests.jobs.web_shop import WebShop, web_sale
from tests.report.declared import declared_columns, exposed

DAY = "date '2025-01-01'"
RETAIL = {
    "revenue_by_day": f"select {DAY} + cast(n as int) as full_date, n + 1 as orders,"
    " cast(n * 10.5 as decimal(38, 2)) as revenue from range(3) as days (n)",
    "revenue_by_category": "select 'Books' as category, 31.50::decimal(38, 2) as revenue",
    "top_products": "select 1 as product_rank, 'P1' as product_id, 'Pen' as product_name,"
    " 31.50::decimal(38, 2) as revenue",
    "top_customers": "select 1 as customer_rank, 'C1' as customer_id,"
    " 31.50::decimal(38, 2) as revenue",
    "basket_sizes": "select 1 as lines, 6 as orders, 5.25::decimal(18, 2) as avg_order_value",
    "repeat_intervals": "select n as days_between, 2 as orders from range(28, 35) as d (n)",
    "product_pairs": "select 'P1' as product_id, 'P1' as other_product_id, 3 as orders",
    "customer_segments": "select 'Lost' as segment, 31.50::decimal(38, 2) as revenue",
    "revenue_by_weekday": "select 3 as day_of_week, 'Wednesday' as day_name,"
    " 10.50::decimal(18, 2) as avg_daily_revenue",
    "weekend_and_weekday": "select false as is_weekend, 10.50::decimal(18, 2)"
    " as avg_daily_revenue, 5.25::decimal(18, 2) as avg_order_value",
    "revenue_by_season": "select 2025 as year, 'Winter' as season,"
    " 31.50::decimal(38, 2) as revenue",
    "fact_order_lines": "select -1 as customer_key, n as product_key from range(4) as l (n)",
}
_ALIKE = "1 as sales, 21.00::decimal(38, 2) as revenue"
SHOP = {
    # Sold in the evening before, in UTC.
    "fact_sales": "select 20250201 as date_key, timestamp '2025-01-31 20:30:00' as order_time,"
    " 21.00::decimal(18, 2) as total_amount",
    "revenue_by_city": f"select 'Pune' as city, {_ALIKE}",
    "revenue_by_category": f"select 'Gadgets' as category, {_ALIKE}",
    "revenue_by_payment_type": f"select 'UPI' as payment_type, {_ALIKE}",
    "revenue_by_hour": f"select 8 as sale_hour, {_ALIKE}",
}


def unload(lake: Path, pipeline: str, tables: Mapping[str, str]) -> None:
    """Write tables as a warehouse unloads them."""
    for name, query in tables.items():
        path = lake / pipeline / "processed" / name / f"{name}.parquet"
        path.parent.mkdir(parents=True)
        warehouse.sql(query).write_parquet(str(path))


@pytest.fixture
def lake(duckdb: DuckDbEngine, tmp_path: Path) -> Path:
    """Stage a delivery of retail and a sale of the shop."""
    retailer = Retailer(duckdb, tmp_path)
    retailer.deliver("2025-01-01", [customer(1)], [product(1)], [line(1)])
    retailer.load()
    web_shop = WebShop(duckdb, tmp_path)
    web_shop.deliver("2025-01-31", [web_sale(1)])
    web_shop.load()
    return tmp_path / "lake"


def test_the_page_shows_both_stars_with_their_totals(lake: Path) -> None:
    unload(lake, "retail", RETAIL)
    unload(lake, "shop", SHOP)
    root = str(lake)
    reports = read_reports(storage_of(root), root, namespaces())

    retail, shop = sections_of(root, reports)

    totals = {figure.name: figure.value for figure in retail.figures}
    assert totals == {
        "Total revenue": Decimal("31.50"),
        "Total orders": 6,
        "Order lines": 4,
        "Lines of an unknown customer": 4,
        "Lines of an unknown product": 0,
    }
    assert len(retail.pictures) == 11
    [repeats] = [each for each in retail.pictures if each.name == "retail_repeats"]
    assert sum(row["orders"] for row in repeats.rows) == 14
    assert {each.name: each.value for each in shop.figures} == {
        "Total revenue": Decimal("21.00"),
        "Total sales": 1,
    }
    assert shop.extent.startswith("Sales from 2025-02-01 to 2025-02-01")
    assert len(shop.pictures) == 5
    content = page([retail, shop], reports)
    assert "Weekend against weekday" in content and "Ways to pay" in content


@pytest.mark.parametrize(("pipeline", "tables"), [("retail", RETAIL), ("shop", SHOP)])
def test_the_charts_need_no_column_that_the_models_do_not_declare(
    pipeline: str, tables: Mapping[str, str]
) -> None:
    declared = declared_columns(pipeline)

    # The charts are drawn from these tables above.
    drawn = {name: set(warehouse.sql(query).columns) for name, query in tables.items()}

    assert {name: found - set(declared[name]) for name, found in drawn.items()} == {
        name: set() for name in tables
    }


@pytest.mark.parametrize("pipeline", ["retail", "shop", "events"])
def test_the_exposure_of_a_part_names_what_it_is_drawn_from(pipeline: str) -> None:
    [queries] = [each.queries for each in DATASETS if each.name == pipeline]
    assert isinstance(queries, Mapping)

    asked = re.findall(r"\b(?:from|join) ([a-z_.]+)", " ".join(queries.values()))

    assert set(asked) == exposed(pipeline)


def test_a_star_that_was_not_unloaded_leaves_the_part_on_quality(lake: Path) -> None:
    root = str(lake)
    reports = read_reports(storage_of(root), root, namespaces())

    retail, shop = sections_of(root, reports)

    for section in (retail, shop):
        assert section.extent == "The star was not unloaded from a warehouse yet"
        assert section.pictures == [] and section.quality.facts


def test_asked_for_alone_it_says_what_to_run(lake: Path) -> None:
    [retail] = [each for each in DATASETS if each.name == "retail"]

    with pytest.raises(InputError, match="salesetl warehouse unload retail"):
        rows_of(str(lake), retail)
