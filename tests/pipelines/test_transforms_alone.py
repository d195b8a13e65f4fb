"""The transforms work on frames of any Spark session, as docs/transforms.md shows in a notebook."""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from salesetl.model.shapes import as_text
from salesetl.model.types import T
from salesetl.pipelines.orders.contracts import ORDERS_DELIVERED
from salesetl.pipelines.sales.contracts import RAW_CUSTOMERS, RAW_SALES
from tests.frames import ORDER, TYPED_SALE

PAGE = Path(__file__).parents[2] / "docs" / "transforms.md"


def run_cell(number: int, **given: Any) -> dict[str, Any]:
    """Run a cell of the page with some names; what it has defined."""
    cells = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names = dict(given)
    exec(cells[number], names)
    return names


def test_delivered_orders_are_flattened_in_a_notebook(
    spark: SparkSession, tmp_path: Path
) -> None:
    (tmp_path / "orders.json").write_text(json.dumps(ORDER))

    made = run_cell(0, spark=spark, path=str(tmp_path))

    [order] = made["fact_orders"].collect()
    assert (order.customer_country, order.payment_status) == ("US", "paid")
    assert (order.order_date, order.order_month) == (date(2025, 1, 10), "01")
    assert (order.order_total, order.items_total) == (Decimal("25.25"),) * 2
    assert order.source_file is None
    lines = made["fact_order_items"].orderBy("line_number").collect()
    assert [line.line_total for line in lines] == [Decimal("21.00"), Decimal("4.25")]


def test_sales_are_enriched_and_summed_up_in_a_notebook(spark: SparkSession) -> None:
    values = [TYPED_SALE[name] for name in RAW_SALES.columns]
    sales = spark.createDataFrame([tuple(values)], RAW_SALES.schema)
    customer = ("C1", "26-35", "Gold", date(2024, 1, 1))
    customers = spark.createDataFrame([customer], RAW_CUSTOMERS.schema)

    made = run_cell(1, spark=spark, sales=sales, customers=customers)

    [sale] = made["enriched_sales"].collect()
    assert (sale.membership_tier, sale.year, sale.is_return) == ("Gold", 2025, False)
    [summary] = made["sales_summary"].collect()
    assert (summary.total_revenue, summary.units_sold) == (Decimal("21.00"), 2)


def test_the_text_of_a_shape_has_its_names_and_lists() -> None:
    text = as_text(ORDERS_DELIVERED)

    assert text.fieldNames() == ORDERS_DELIVERED.fieldNames()
    customer, items = text["customer"].dataType, text["items"].dataType
    assert isinstance(customer, T.StructType) and isinstance(items, T.ArrayType)
    assert customer["country"].dataType == T.StringType()
    assert isinstance(items.elementType, T.StructType)
    assert {field.dataType for field in items.elementType} == {T.StringType()}
