"""What the jobs make of generated deliveries is what the answers of the generators say."""

import json
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from generators.__main__ import main
from salesetl.engines.engine import Engine
from salesetl.model.options import InputPath
from salesetl.pipelines.retail.contracts import (
    CUSTOMERS,
    ORDER_LINES,
    PRODUCTS,
    REJECTED_CUSTOMERS,
    REJECTED_PRODUCTS,
)
from salesetl.pipelines.shop.contracts import FACT_SALES
from tests.generators.shop_files import STEPPED, answers_of, sell
from tests.jobs.retailer import Retailer, Rows
from tests.jobs.web_shop import WebShop

COUNTS = ("rows_read", "rows_loaded", "rows_quarantined", "duplicates_removed")
SIZE = ("--customers=150", "--products=40", "--orders=400", "--days=3")


@pytest.fixture
def retailer(engine: Engine, tmp_path: Path) -> Retailer:
    """Open a retailer without deliveries."""
    return Retailer(engine, tmp_path)


def generate(retailer: Retailer, dirt: str) -> dict[str, Any]:
    """Generate the deliveries of a retailer, and return the answers."""
    root = retailer.home / "raw"
    main(["retail", *SIZE, "--seed=7", f"--dirt={dirt}", f"--output_path={root}"])
    found: dict[str, Any] = json.loads((root / "_answers/retail.json").read_text())
    return found


@pytest.mark.parametrize("dirt", ["0", "0.05"])
def test_runs_of_each_day_count_what_the_answers_of_retail_say(
    retailer: Retailer, dirt: str
) -> None:
    answers = generate(retailer, dirt)

    reports = [
        retailer.load(retail_path=InputPath(str(folder)))
        for folder in sorted(retailer.raw.iterdir())
    ]

    for name in ("customers", "products"):
        check([report.sources[name] for report in reports], answers[name])
    check([report.as_dict() for report in reports], answers["orders"])
    amounts = [report.amounts["total_amount"][""]["loaded"] for report in reports]
    assert str(sum(map(Decimal, amounts))) == answers["orders"]["amount_loaded"][""]
    check_lake(retailer, answers)


def test_one_run_over_all_days_leaves_the_truth_of_retail(retailer: Retailer) -> None:
    check_one_run(retailer)


@pytest.mark.both_sparks
@pytest.mark.parametrize("engine", ["spark"], indirect=True)
def test_spark_leaves_the_truth_of_retail_too(retailer: Retailer) -> None:
    check_one_run(retailer)


def check_one_run(retailer: Retailer) -> None:
    """Run over all days at once; older versions of corrected orders are duplicates then."""
    answers = generate(retailer, "0.05")

    report = retailer.load()

    for name in ("customers", "products"):
        check([report.sources[name]], answers[name])
    orders = answers["orders"]
    assert report.rows_read == orders["rows_read"]
    assert report.rows_by_reason == orders["rows_by_reason"]
    assert report.rows_loaded == answers["truth"]["order_lines"]
    replaced = orders["rows_loaded"] - report.rows_loaded
    assert report.duplicates_removed == orders["duplicates_removed"] + replaced
    check_lake(retailer, answers)


def check_lake(retailer: Retailer, answers: dict[str, Any]) -> None:
    """See that the lake has the revenue of each day, the orphans and the rejected rows."""
    lines, truth = retailer.rows(ORDER_LINES), answers["truth"]
    revenue: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        revenue[str(line["order_date"])] += line["total_amount"]
    due = truth["revenue_by_order_date"].items()
    assert revenue == {day: Decimal(text) for day, text in due if Decimal(text)}
    customers = {row["customer_id"] for row in retailer.rows(CUSTOMERS)}
    products = {row["product_id"] for row in retailer.rows(PRODUCTS)}
    no_customer = {
        place(line) for line in lines if line["customer_id"] not in customers
    }
    no_product = {place(line) for line in lines if line["product_id"] not in products}
    assert {
        "orders": len({line["order_id"] for line in lines}),
        "order_lines": len(lines),
        "orphan_lines": {
            "customer": len(no_customer),
            "product": len(no_product),
            "either": len(no_customer | no_product),
        },
        "lines_without_customer_id": without(lines, "customer_id"),
        "lines_without_product_id": without(lines, "product_id"),
        "customers": len(customers),
        "products": len(products),
    } == {
        name: truth[name]
        for name in truth
        if name not in ("revenue_by_order_date", "late_orders", "corrected_orders")
    }
    rejected = {"customers": REJECTED_CUSTOMERS, "products": REJECTED_PRODUCTS}
    for name, table in rejected.items():
        due = answers[name]["rows_quarantined"]
        # A table that never had a row is not there.
        assert due == (len(retailer.rows(table)) if due else 0)


def place(line: dict[str, Any]) -> tuple[str, int]:
    """Return the key of a line."""
    return line["order_id"], line["line_number"]


def without(lines: Rows, name: str) -> int:
    """Count the lines without a value."""
    return sum(line[name] is None for line in lines)


def check(counted: list[dict[str, Any]], answers: dict[str, Any]) -> None:
    """See that some runs count together what the answers say of a source."""
    for name in COUNTS:
        assert sum(each[name] for each in counted) == answers[name], name
    reasons, warnings = Counter[str](), Counter[str]()
    for each in counted:
        reasons.update(each["rows_by_reason"])
        warnings.update(each["warnings"])
    assert reasons == answers["rows_by_reason"]
    assert {name: warnings[name] for name in answers["warnings"]} == answers["warnings"]


@pytest.mark.parametrize("dirt", ["0", "0.05"])
def test_a_run_counts_what_the_answers_of_the_shop_say(
    engine: Engine, tmp_path: Path, dirt: str
) -> None:
    check_shop(WebShop(engine, tmp_path), dirt)


@pytest.mark.both_sparks
def test_spark_counts_what_the_answers_of_the_shop_say(
    spark: SparkSession, tmp_path: Path
) -> None:
    check_shop(WebShop(spark, tmp_path), "0.05")


def check_shop(shop: WebShop, dirt: str) -> None:
    """Sell over midnight, curate the sales, and compare all numbers with the answers."""
    root = shop.raw.parent
    start = STEPPED[0].replace("T00:00", "T23:50")
    sell(root, start, "--records=1000", "--seed=7", f"--dirt={dirt}")
    answers = answers_of(root)

    report = shop.load()

    check([report.as_dict()], answers)
    loaded = report.amounts["total_amount"][""]["loaded"]
    assert {"": loaded} == answers["amount_loaded"]
    revenue: dict[str, Decimal] = defaultdict(Decimal)
    for sale in shop.rows(FACT_SALES):
        revenue[str(sale["sale_date"])] += sale["total_amount"]
    due = answers["revenue_by_order_date"]
    assert len(due) == 2
    assert revenue == {day: Decimal(text) for day, text in due.items()}
