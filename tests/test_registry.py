"""What the lake holds is known in one place: each table, its folder and the job that writes it."""

import pytest

from salesetl.errors import ArgumentError
from salesetl.registry import all_tables, jobs, pipeline_of, pipeline_of_job


def test_the_lake_is_the_published_tables_and_a_quarantine_a_source() -> None:
    assert {table.sql_name: table.folder for table in all_tables()} == {
        "enriched_sales": "sales/enriched_sales",
        "sales_summary": "sales/sales_summary",
        "fact_orders": "orders/fact_orders",
        "fact_order_items": "orders/fact_order_items",
        "quarantine_sales": "sales/quarantine/sales",
        "quarantine_customers": "sales/quarantine/customers",
        "quarantine_orders": "orders/quarantine/orders",
    }


def test_a_table_is_written_by_one_job() -> None:
    names = {table.sql_name: pipeline_of(table).job for table in all_tables()}

    assert len(names) == len(all_tables())
    assert names == {
        "enriched_sales": "enrich_sales",
        "sales_summary": "enrich_sales",
        "fact_orders": "flatten_orders",
        "fact_order_items": "flatten_orders",
        "quarantine_sales": "enrich_sales",
        "quarantine_customers": "enrich_sales",
        "quarantine_orders": "flatten_orders",
    }


def test_an_unknown_job_is_told_with_the_nearest() -> None:
    with pytest.raises(
        ArgumentError, match="no job 'enrich_sale'; did you mean enrich_sales"
    ):
        pipeline_of_job("enrich_sale")

    assert list(jobs()) == ["enrich_sales", "flatten_orders"]
