"""What the lake holds is known in one place: each table, its folder and the job that writes it."""

import pytest

from salesetl.errors import ArgumentError
from salesetl.registry import (
    all_tables,
    jobs,
    pipeline_of,
    pipeline_of_job,
    table_named,
)


def test_the_lake_is_the_published_tables_and_a_quarantine_a_source() -> None:
    assert [table.folder for table in all_tables()] == [
        "sales/enriched_sales",
        "sales/sales_summary",
        "orders/fact_orders",
        "orders/fact_order_items",
        "retail/order_lines",
        "retail/customers",
        "retail/products",
        "retail/rejected_customers",
        "retail/rejected_products",
        "shop/fact_sales",
        "shop/users",
        "shop/products",
        "events/events",
        "events/order_items",
        "sales/quarantine/sales",
        "sales/quarantine/customers",
        "orders/quarantine/orders",
        "retail/quarantine/orders",
        "retail/quarantine/customers",
        "retail/quarantine/products",
        "shop/quarantine/sales",
        "shop/quarantine/users",
        "shop/quarantine/products",
        "events/quarantine/events",
    ]


def test_a_table_is_written_by_one_job() -> None:
    jobs_of = {table.folder: pipeline_of(table).job for table in all_tables()}

    assert len(jobs_of) == len(all_tables())
    assert jobs_of["sales/quarantine/customers"] == "enrich_sales"
    assert jobs_of["retail/quarantine/customers"] == "stage_retail"


def test_a_table_is_found_by_its_name_or_by_that_of_its_pipeline_too() -> None:
    assert table_named("order_lines") is table_named("retail.order_lines")
    assert table_named("retail.products") is not table_named("shop.products")


def test_a_name_of_several_tables_is_refused_with_their_whole_names() -> None:
    with pytest.raises(ArgumentError, match="retail.products, shop.products"):
        table_named("products")
    with pytest.raises(ArgumentError, match="no table 'order_line'; did you mean"):
        table_named("order_line")


def test_an_unknown_job_is_told_with_the_nearest() -> None:
    with pytest.raises(
        ArgumentError, match="no job 'enrich_sale'; did you mean enrich_sales"
    ):
        pipeline_of_job("enrich_sale")

    assert list(jobs()) == [
        "enrich_sales",
        "flatten_orders",
        "stage_retail",
        "curate_shop_sales",
        "stage_events",
    ]
