"""The Data Catalog is brought in line with the contracts, whoever else is at work in it."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from salesetl.catalog import Catalog, Entry
from salesetl.errors import AwsError, CatalogError, SetupError
from salesetl.model.quarantine_table import quarantine_of
from salesetl.pipelines.orders.contracts import FACT_ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, SALES_SUMMARY
from tests.data_catalog import Glue, at_call, types_of

ROOT = "s3://bucket/lake"
MONTHS = frozenset((str(year), str(month)) for year in (2024, 2025) for month in (1, 2))


def sales(months: frozenset[tuple[str, ...]] = MONTHS, **more: Any) -> Entry:
    """Say which months of sales have files; all others have none."""
    return Entry(ENRICHED_SALES, ROOT, months, **{"emptied": None, **more})


def test_a_database_its_tables_and_their_partitions_are_created(glue: Glue) -> None:
    outcome = Catalog(glue.database).apply([sales(), Entry(SALES_SUMMARY, ROOT)])

    assert glue.locations("enriched_sales") == {
        (year, month): f"{ROOT}/sales/enriched_sales/year={year}/month={month}/"
        for year, month in MONTHS
    }
    assert glue.partitions("sales_summary") == {}
    assert outcome.tables == ["enriched_sales", "sales_summary"]
    assert (outcome.partitions_added, outcome.partitions_removed) == (4, 0)


def test_a_second_time_changes_nothing(glue: Glue) -> None:
    Catalog(glue.database).apply([sales()])
    before = glue.state()

    outcome = Catalog(glue.database).apply([sales()])

    assert Catalog(glue.database).plan([sales()]).lines == []
    assert outcome.changes == []
    assert glue.state() == before


def test_a_plan_changes_nothing(glue: Glue) -> None:
    plan = Catalog(glue.database).plan([sales()])

    assert plan.lines == [
        f"would create database {glue.database}",
        f"enriched_sales: would create table: {ROOT}/sales/enriched_sales/",
        "enriched_sales: partitions: would add 4, update 0, remove 0",
    ]
    assert glue.database not in str(glue.client.get_databases()["DatabaseList"])


def test_a_widened_column_is_widened_in_every_partition(glue: Glue) -> None:
    Catalog(glue.database).apply([sales()])
    glue.retype("enriched_sales", "total_amount", "decimal(12,2)")
    glue.retype("enriched_sales", "day", "smallint")

    # A run that has touched one month only.
    touched = frozenset({("2025", "1")})
    outcome = Catalog(glue.database).apply([sales(touched, emptied=frozenset())])

    expected = {name: kind for name, kind in ENRICHED_SALES.types.items()}
    del expected["year"], expected["month"]
    assert outcome.changes == [
        "enriched_sales: column total_amount widened: decimal(12,2) → decimal(18,2)",
        "enriched_sales: column day widened: smallint → int",
        "enriched_sales: partitions: 0 added, 4 updated, 0 removed",
    ]
    assert glue.types("enriched_sales") == expected
    for partition in glue.partitions("enriched_sales").values():
        assert types_of(partition) == expected


def test_a_refused_change_of_one_table_leaves_all_as_they_are(glue: Glue) -> None:
    entries = [sales(), Entry(SALES_SUMMARY, ROOT)]
    Catalog(glue.database).apply(entries)
    glue.retype("sales_summary", "units_sold", "int")
    glue.edit("enriched_sales", lambda table: table.update(Description="old"))
    before = glue.state()

    with pytest.raises(CatalogError) as raised:
        Catalog(glue.database).apply(entries)

    assert "sales_summary: column units_sold refused: int → decimal(38,3)" in str(
        raised.value
    )
    assert "--write_mode replace" in str(raised.value)
    assert glue.state() == before
    with pytest.raises(CatalogError, match="nothing was changed"):
        Catalog(glue.database).check(entries)


def test_a_table_of_another_lake_is_not_taken_over(glue: Glue) -> None:
    Catalog(glue.database).apply([sales()])
    other = Entry(ENRICHED_SALES, "s3://other/lake")

    with pytest.raises(CatalogError) as raised:
        Catalog(glue.database).check([other])

    assert (
        f"{ROOT}/sales/enriched_sales/ → s3://other/lake/sales/enriched_sales/"
        in str(raised.value)
    )


def test_250_partitions_are_registered_and_removed_in_batches(glue: Glue) -> None:
    sizes: dict[str, list[int]] = {"Create": [], "Delete": []}

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        kind = model.name.removeprefix("Batch").removesuffix("Partition")
        [items] = [value for value in params.values() if isinstance(value, list)]
        sizes[kind].append(len(items))

    years = frozenset((str(1900 + n), "1") for n in range(250))

    with at_call("BatchCreatePartition", note), at_call("BatchDeletePartition", note):
        added = Catalog(glue.database).apply([sales(years)])
        registered = len(glue.partitions("enriched_sales"))
        removed = Catalog(glue.database).apply([sales(frozenset())])

    assert (registered, glue.partitions("enriched_sales")) == (250, {})
    assert (added.partitions_added, removed.partitions_removed) == (250, 250)
    assert sizes == {"Create": [100, 100, 50], "Delete": [25] * 10}


def test_a_partition_that_somebody_else_registers_first_is_no_failure(
    glue: Glue,
) -> None:
    def register_one(**_: Any) -> None:
        if not glue.partitions("enriched_sales"):
            glue.client.create_partition(
                DatabaseName=glue.database,
                TableName="enriched_sales",
                PartitionInput={
                    "Values": ["2025", "1"],
                    "StorageDescriptor": {"Location": "s3://elsewhere/"},
                },
            )

    with at_call("BatchCreatePartition", register_one):
        outcome = Catalog(glue.database).apply([sales()])

    assert glue.locations("enriched_sales")[("2025", "1")] == (
        f"{ROOT}/sales/enriched_sales/year=2025/month=1/"
    )
    assert (outcome.partitions_added, outcome.partitions_updated) == (3, 1)
    assert Catalog(glue.database).plan([sales()]).lines == []


@pytest.mark.parametrize("call", ["CreateDatabase", "CreateTable"])
def test_what_somebody_else_creates_first_is_no_failure(glue: Glue, call: str) -> None:
    acted: list[str] = []

    def create_first(**_: Any) -> None:
        if not acted:
            acted.append(call)
            Catalog(glue.database).apply([sales(frozenset())])

    with at_call(call, create_first):
        Catalog(glue.database).apply([sales()])

    assert acted == [call]
    assert Catalog(glue.database).plan([sales()]).lines == []


def test_a_table_that_is_dropped_in_between_is_created_again(glue: Glue) -> None:
    dropped: list[bool] = []

    def drop(**_: Any) -> None:
        if not dropped:
            dropped.append(True)
            glue.client.delete_table(DatabaseName=glue.database, Name="enriched_sales")

    with at_call("BatchCreatePartition", drop):
        Catalog(glue.database).apply([sales()])

    assert len(glue.partitions("enriched_sales")) == 4


def test_a_table_that_is_always_dropped_is_given_up(glue: Glue) -> None:
    drops = []

    def drop(**_: Any) -> None:
        drops.append(True)
        glue.client.delete_table(DatabaseName=glue.database, Name="enriched_sales")

    with at_call("BatchCreatePartition", drop):
        with pytest.raises(CatalogError, match="run again when they have ended"):
            Catalog(glue.database).apply([sales()])

    assert len(drops) == 5


def test_an_optional_table_is_not_created_but_kept_in_line(glue: Glue) -> None:
    run = ("r1",)
    table = quarantine_of(ENRICHED_SALES)
    name = "quarantine_enriched_sales"

    def entry(filled: set[tuple[str]], emptied: set[tuple[str]]) -> Entry:
        return Entry(
            table,
            ROOT,
            frozenset(filled),
            frozenset(emptied),
            is_optional=not filled,
        )

    Catalog(glue.database).apply([entry(set(), {run})])
    assert glue.tables() == {}

    Catalog(glue.database).apply([entry({run}, set())])
    assert list(glue.partitions(name)) == [run]

    Catalog(glue.database).apply([entry(set(), {run})])
    assert glue.partitions(name) == {}


def test_a_projected_table_has_no_partitions_until_it_is_turned_back(
    glue: Glue,
) -> None:
    catalog = Catalog(glue.database)
    catalog.apply([sales()])

    catalog.apply([sales(is_projected=True)])
    projected = glue.table("enriched_sales")["Parameters"]
    after_projection = glue.partitions("enriched_sales")
    # A run does not say, so it stays as it is.
    catalog.apply([sales(emptied=frozenset())])
    after_run = glue.partitions("enriched_sales")
    catalog.apply([sales(is_projected=False)])

    assert projected["projection.month.range"] == "1,12"
    assert (after_projection, after_run) == ({}, {})
    assert len(glue.partitions("enriched_sales")) == 4
    parameters = glue.table("enriched_sales")["Parameters"]
    assert parameters == {"EXTERNAL": "TRUE", "classification": "parquet"}


def refusing(code: str) -> Callable[..., AWSResponse]:
    """Answer as AWS does when it refuses."""

    def refuse(request: Any, **_: Any) -> AWSResponse:
        response = AWSResponse(request.url, 400, {}, None)
        told = {"__type": code, "message": "User x may not glue:GetTable."}
        response._content = json.dumps(told).encode()
        return response

    return refuse


@pytest.mark.parametrize(
    "code, told",
    [
        ("AccessDeniedException", "not allowed: User x may not glue:GetTable."),
        ("UnrecognizedClientException", "the credentials are not valid; log in again"),
        ("OperationTimeoutException", "OperationTimeoutException: User x may not"),
    ],
)
def test_a_refusal_of_aws_is_one_clear_line(glue: Glue, code: str, told: str) -> None:
    with at_call("GetTable", refusing(code), stage="before-send"):
        with pytest.raises(AwsError) as raised:
            Catalog(glue.database).check([sales()])

    assert str(raised.value).startswith(f"database {glue.database}: {told}")
    assert "\n" not in str(raised.value)


def test_what_the_catalogue_needs_is_named(
    glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)

    with pytest.raises(SetupError, match=r"pip install 'salesetl\[aws\]'"):
        Catalog(glue.database).check([sales()])


def test_partitions_that_are_named_as_not_returned_are_not_there(glue: Glue) -> None:
    def name_all(request: Any, **_: Any) -> AWSResponse:
        response = AWSResponse(request.url, 200, {}, None)
        asked = json.loads(request.body)["PartitionsToGet"]
        answer = {"Partitions": [], "UnprocessedKeys": asked}
        response._content = json.dumps(answer).encode()
        return response

    Catalog(glue.database).apply([sales(frozenset())])
    with at_call("BatchGetPartition", name_all, stage="before-send"):
        outcome = Catalog(glue.database).apply([sales(emptied=frozenset())])

    assert outcome.partitions_added == len(glue.partitions("enriched_sales")) == 4


def test_an_item_of_a_batch_that_fails_is_told(glue: Glue) -> None:
    def fail(request: Any, **_: Any) -> AWSResponse:
        response = AWSResponse(request.url, 200, {}, None)
        code = "ResourceNumberLimitExceededException"
        detail = {"ErrorCode": code, "ErrorMessage": "too many"}
        errors = [{"PartitionValues": ["2025", "1"], "ErrorDetail": detail}]
        response._content = json.dumps({"Errors": errors}).encode()
        return response

    with at_call("BatchCreatePartition", fail, stage="before-send"):
        with pytest.raises(CatalogError, match="1 partitions failed, such as Resource"):
            Catalog(glue.database).apply([sales()])


def test_orders_keep_the_zeros_of_their_months(glue: Glue) -> None:
    entry = Entry(FACT_ORDERS, ROOT, frozenset({("2025", "01")}), None)

    Catalog(glue.database).apply([entry])

    assert list(glue.partitions("fact_orders")) == [("2025", "01")]
