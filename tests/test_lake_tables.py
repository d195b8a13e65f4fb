"""What the lake holds is known in one place: each table, its folder and the job that writes it."""

from salesetl.lake_tables import lake_tables
from salesetl.pipelines import JOBS
from salesetl.schemas import FEEDS, TABLES

ALL = lake_tables()


def test_the_lake_is_the_published_tables_and_a_quarantine_a_feed() -> None:
    assert {listed.name: listed.folder for listed in ALL} == {
        "enriched_sales": "enriched_sales",
        "sales_summary": "sales_summary",
        "fact_orders": "fact_orders",
        "fact_order_items": "fact_order_items",
        "quarantine_sales": "quarantine/sales",
        "quarantine_customers": "quarantine/customers",
        "quarantine_orders": "quarantine/orders",
    }


def test_a_table_is_written_by_one_job() -> None:
    jobs = {listed.name: listed.job for listed in ALL}

    assert len(jobs) == len(ALL)
    assert jobs == {
        "enriched_sales": "enrich_sales",
        "sales_summary": "enrich_sales",
        "fact_orders": "flatten_orders",
        "fact_order_items": "flatten_orders",
        "quarantine_sales": "enrich_sales",
        "quarantine_customers": "enrich_sales",
        "quarantine_orders": "flatten_orders",
    }


def test_every_contract_is_a_feed_or_a_table_of_some_job() -> None:
    fed = [feed for job in JOBS.values() for feed in job.feeds]
    held = [listed.table for listed in ALL]

    assert fed == list(FEEDS)
    names = {table.name.partition("/")[0] for table in fed + held}
    assert {table.name for table in TABLES} == names
