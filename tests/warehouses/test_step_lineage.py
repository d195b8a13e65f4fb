"""What a step of a warehouse has read and written is an event of OpenLineage in the lake."""

import logging
import uuid
from pathlib import Path

import pytest

from salesetl.errors import InputError
from salesetl.pipelines.retail.contracts import ORDER_LINES
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.warehouses.dialects import staging_table
from salesetl.warehouses.loading_lake import load
from salesetl.warehouses.unloading import unload
from salesetl.warehouses.urls import warehouse_of
from tests.jobs.retailer import Retailer
from tests.warehouses.events import Event, events, rows_of
from tests.warehouses.places import Place

LINES = "retail_staging.order_lines"


def counts(datasets: list[Event]) -> dict[str, int]:
    """Return the rows of tables, by the end of their names."""
    return {
        each["name"].replace("/", ".").rpartition("retail")[2]: rows_of(each)
        for each in datasets
    }


def test_a_load_tells_the_tables_their_columns_and_the_rows_it_has_copied(
    retailer: Retailer, place: Place
) -> None:
    lake = retailer.home / "lake"

    load(place.warehouse, RETAIL, str(lake))

    [told] = events(lake, "load")
    assert told["eventType"] == "COMPLETE"
    assert told["job"] == {"namespace": "salesetl", "name": "warehouse_load_retail"}
    assert uuid.UUID(told["run"]["runId"])
    copied = {
        table.sql_name: place.rows(f"select count(*) from {staging_table(table)}")[0][0]
        for table in RETAIL.tables
    }
    assert counts(told["outputs"]) == {
        f"_staging.{name}": rows for name, rows in copied.items() if rows
    }
    assert counts(told["inputs"]) == {
        f".{name}": rows for name, rows in copied.items() if rows
    }
    [lines] = [each for each in told["outputs"] if each["name"].endswith(LINES)]
    assert (lines["namespace"], lines["name"]) == place.warehouse.place(LINES)
    fields = lines["facets"]["schema"]["fields"]
    assert [each["name"] for each in fields] == ORDER_LINES.columns
    assert {"name": "quantity", "type": "integer"}.items() <= fields[5].items()


def test_a_load_of_what_is_there_has_read_and_written_nothing(
    retailer: Retailer, place: Place
) -> None:
    lake = retailer.home / "lake"
    load(place.warehouse, RETAIL, str(lake))
    load(place.warehouse, RETAIL, str(lake))

    told = events(lake, "load")

    assert len(told) == len({each["run"]["runId"] for each in told}) == 2
    assert ([], []) in [(each["inputs"], each["outputs"]) for each in told]


def test_a_failed_load_has_no_outputs_and_tells_why(
    retailer: Retailer, place: Place
) -> None:
    lake = retailer.home / "lake"
    if place.is_duckdb:
        place.file.parent.mkdir(parents=True)
    place.change("create schema retail_staging", f"create table {LINES} (one integer)")

    with pytest.raises(InputError):
        load(place.warehouse, RETAIL, str(lake))

    [told] = events(lake, "load")
    assert (told["eventType"], told["outputs"]) == ("FAIL", [])
    message = told["run"]["facets"]["errorMessage"]["message"]
    assert message.startswith(f"{LINES}: has one integer (contract: none)")


def test_an_unload_leads_from_served_tables_to_files(
    retailer: Retailer, place: Place
) -> None:
    lake = retailer.home / "lake"
    if place.is_duckdb:
        place.file.parent.mkdir(parents=True)
    place.change(
        "create schema retail",
        "create table retail.days (day date, revenue decimal(38, 2))",
        "insert into retail.days values (date '2025-01-01', 1.50), (null, null)",
    )

    [path] = unload(place.warehouse, RETAIL, str(lake))

    [told] = events(lake, "unload")
    [read], [written] = told["inputs"], told["outputs"]
    assert (read["namespace"], read["name"]) == place.warehouse.place("retail.days")
    assert (written["namespace"], written["name"]) == ("file", path)
    assert rows_of(read) == rows_of(written) == 2
    columns = [{"name": "day", "type": "date"}]
    columns += [{"name": "revenue", "type": "decimal(38,2)"}]
    assert read["facets"]["schema"]["fields"] == columns


def test_where_no_run_has_been_no_event_is_left(place: Place, tmp_path: Path) -> None:
    lake = tmp_path / "mistyped"

    with pytest.raises(InputError):
        load(place.warehouse, RETAIL, str(lake))

    assert not list(lake.rglob("_lineage"))


def test_an_event_that_cannot_be_written_fails_no_load(
    retailer: Retailer, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    lake = retailer.home / "lake"
    events_of_runs = lake / "retail" / "_lineage"
    events_of_runs.rename(lake / "aside")
    events_of_runs.write_text("a file where the folder was")

    with caplog.at_level(logging.WARNING):
        load(place.warehouse, RETAIL, str(lake))

    assert place.rows(f"select count(*) > 0 from {LINES}") == [(True,)]
    assert "the event of lineage could not be written" in caplog.text


@pytest.mark.parametrize(
    ("url", "namespace", "database"),
    [
        ("duckdb:///data/sales.duckdb", "duckdb:///data/sales.duckdb", "sales"),
        ("postgresql://me@db:5433/shop?sslmode=require", "postgres://db:5433", "shop"),
        ("postgresql://me@one,two:5433/shop", "postgres://one:5432", "shop"),
        ("postgresql://me@db", "postgres://db:5432", "me"),
        (
            "redshift://sales.eu-central-1/dev?user=loader&iam_role=arn:aws:iam::1:role/x",
            "redshift://sales.eu-central-1:5439",
            "dev",
        ),
        ("snowflake://org-one/SALES?role=LOADER", "snowflake://org-one", "SALES"),
    ],
)
def test_a_table_is_named_without_user_role_and_settings(
    url: str, namespace: str, database: str
) -> None:
    found = warehouse_of(url).place("retail.dim_date")

    assert found == (namespace, f"{database}.retail.dim_date")
