"""What the catalogue holds of a table is what the contract says."""

import pytest

from salesetl.catalog.tables import Entry, partition_input, s3_location, table_input
from salesetl.model.table import Table
from salesetl.pipelines.orders.contracts import FACT_ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.registry import all_tables

ALL = all_tables()
ROOT = "s3://bucket/lake"


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.sql_name)
def test_a_table_is_its_contract(table: Table) -> None:
    described = table_input(Entry(table, ROOT), None)

    columns = described["StorageDescriptor"]["Columns"]
    keys = described["PartitionKeys"]
    assert described["Name"] == table.sql_name
    assert described["Description"].lower() == table.grain.lower()
    assert {c["Name"]: c["Type"] for c in columns + keys} == table.types
    assert [key["Name"] for key in keys] == list(table.partition_by)
    assert {c["Name"]: c["Comment"] for c in columns + keys} == {
        field.name: field.metadata["comment"] for field in table.schema
    }


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.sql_name)
def test_comments_are_no_longer_than_the_catalogue_takes(table: Table) -> None:
    described = table_input(Entry(table, ROOT), None)

    columns = described["StorageDescriptor"]["Columns"] + described["PartitionKeys"]
    assert max(len(column["Comment"]) for column in columns) <= 255


def test_a_table_is_external_parquet_at_its_place_in_the_lake() -> None:
    described = table_input(Entry(ENRICHED_SALES, ROOT), None)

    storage = described["StorageDescriptor"]
    assert described["TableType"] == "EXTERNAL_TABLE"
    assert described["Parameters"] == {"EXTERNAL": "TRUE", "classification": "parquet"}
    assert storage["Location"] == "s3://bucket/lake/sales/enriched_sales/"
    assert storage["InputFormat"].endswith("MapredParquetInputFormat")
    assert storage["OutputFormat"].endswith("MapredParquetOutputFormat")
    assert storage["SerdeInfo"]["SerializationLibrary"].endswith("ParquetHiveSerDe")


def test_a_partition_has_the_columns_of_its_table_and_its_own_folder() -> None:
    entry = Entry(FACT_ORDERS, ROOT)

    described = partition_input(entry, ("2025", "01"))

    storage = described["StorageDescriptor"]
    assert described["Values"] == ["2025", "01"]
    assert storage["Location"] == (
        "s3://bucket/lake/orders/fact_orders/order_year=2025/order_month=01/"
    )
    assert (
        storage["Columns"] == table_input(entry, None)["StorageDescriptor"]["Columns"]
    )


@pytest.mark.parametrize("path", ["s3://b/x", "s3a://b/x", "s3n://b/x/", "s3://b/x/"])
def test_a_location_is_written_in_one_way(path: str) -> None:
    assert s3_location(path) == "s3://b/x/"


def test_a_projected_table_has_the_properties_that_athena_derives_partitions_from() -> (
    None
):
    described = table_input(Entry(FACT_ORDERS, ROOT, is_projected=True), None)

    assert described["Parameters"]["projection.enabled"] == "true"
    assert described["Parameters"]["projection.order_month.digits"] == "2"
    assert described["Parameters"]["storage.location.template"] == (
        "s3://bucket/lake/orders/fact_orders/order_year=${order_year}/order_month=${order_month}/"
    )
