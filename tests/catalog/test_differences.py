"""Which differences from a contract are safe, and which are refused."""

from dataclasses import replace
from typing import Any

import pytest

from salesetl.catalog.differences import table_changes
from salesetl.catalog.tables import Entry, table_input
from salesetl.model.table import column
from salesetl.model.types import T
from salesetl.pipelines.orders.contracts import FACT_ORDERS

ENTRY = Entry(FACT_ORDERS, "s3://bucket/lake")


def found() -> dict[str, Any]:
    """Return the table as it is when all is well."""
    return table_input(ENTRY, None)


def lines(described: dict[str, Any]) -> list[str]:
    """Tell how a table differs."""
    return [change.text for change in table_changes(ENTRY, described)]


def test_a_table_that_is_as_its_contract_says_has_no_changes() -> None:
    assert lines(found()) == []


def test_a_retyped_column_is_told_with_both_types_and_the_backfill() -> None:
    described = found()
    described["StorageDescriptor"]["Columns"][-2]["Type"] = "string"
    described["Description"] = "Also changed"

    [line] = lines(described)

    assert line.startswith(
        "fact_orders: column items_total refused: string → decimal(18,2); "
    )
    assert "--write_mode replace" in line


def test_added_and_removed_columns_are_told_apart() -> None:
    described = found()
    columns = described["StorageDescriptor"]["Columns"]
    columns[0] = {"Name": "old_id", "Type": "string"}

    assert lines(described) == [
        "fact_orders: column order_id added: string",
        "fact_orders: column old_id removed: string",
    ]


def test_comments_serde_and_formats_are_told() -> None:
    described = found()
    storage = described["StorageDescriptor"]
    described["Description"] = "Orders"
    storage["Columns"][0]["Comment"] = "An id"
    storage["InputFormat"] = "TextInputFormat"
    storage["SerdeInfo"] = {"SerializationLibrary": "OpenCSVSerde"}

    told = [
        line.partition(":")[2].split(" changed")[0].strip() for line in lines(described)
    ]

    assert told == [
        "comment of order_id",
        "comment",
        "input format",
        "serde",
        "serde serialization.format",
    ]


def test_columns_in_another_order_are_a_change() -> None:
    described = found()
    described["StorageDescriptor"]["Columns"].reverse()

    assert lines(described) == ["fact_orders: order of columns changed"]


def test_other_partition_keys_are_refused() -> None:
    described = found()
    described["PartitionKeys"] = [{"Name": "order_year", "Type": "int"}]

    [line] = lines(described)

    assert line.startswith(
        "fact_orders: partition keys refused: order_year int →"
        " order_year string, order_month string; remove the table"
    )


@pytest.mark.parametrize(
    "different, told",
    [
        ({"TableType": "VIRTUAL_VIEW"}, "type refused: VIRTUAL_VIEW →"),
        ({"TableType": "MANAGED_TABLE"}, "type refused: MANAGED_TABLE →"),
        ({"Parameters": {"table_type": "ICEBERG"}}, "table format refused: ICEBERG →"),
        (
            {"StorageDescriptor": {"Location": "s3://other/lake/orders/fact_orders"}},
            "location refused: s3://other/lake/orders/fact_orders → s3://bucket/lake/orders/fact_orders/",
        ),
        (
            {"TargetTable": {"Name": "fact_orders"}},
            "link to another database refused: {'Name': 'fact_orders'} →",
        ),
    ],
)
def test_a_table_of_that_name_that_is_another_is_refused(
    different: dict[str, Any], told: str
) -> None:
    [line] = lines(found() | different)

    assert line.startswith(f"fact_orders: {told}")
    assert "remove the table from the Data Catalog" in line


@pytest.mark.parametrize("scheme", ["s3", "s3a"])
def test_a_location_without_its_slash_is_the_same_place(scheme: str) -> None:
    described = found()
    old = f"{scheme}://bucket/lake/orders/fact_orders"
    described["StorageDescriptor"]["Location"] = old

    expected = (
        []
        if scheme == "s3"
        else [
            f"fact_orders: location changed: {old} → s3://bucket/lake/orders/fact_orders/"
        ]
    )
    assert lines(described) == expected


def test_what_others_have_set_is_kept() -> None:
    described = found()
    described["Owner"] = "finance"
    described["Parameters"] |= {"retention": "7y", "COLUMN_STATS_ACCURATE": "true"}
    described["StorageDescriptor"]["Columns"][0]["Parameters"] = {"pii": "no"}
    described["StorageDescriptor"]["Parameters"] = {"sized": "yes"}
    wider = replace(
        FACT_ORDERS,
        schema=T.StructType([column("note", T.StringType(), "n"), *FACT_ORDERS.schema]),
    )

    merged = table_input(Entry(wider, "s3://bucket/lake"), described)

    assert lines(described) == []
    assert merged["Owner"] == "finance"
    assert merged["Parameters"] == described["Parameters"]
    assert merged["StorageDescriptor"]["Columns"][1]["Parameters"] == {"pii": "no"}
    assert merged["StorageDescriptor"]["Parameters"] == {"sized": "yes"}
