"""Snowflake: the statements are its SQL, and load and unload as on the others."""

import json
import re
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.functions import functions_of
from salesetl.errors import ArgumentError, InputError, LeaseError, WarehouseError
from salesetl.model.pipeline import Pipeline
from salesetl.model.types import T
from salesetl.pipelines.events.contracts import ORDER_ITEMS
from salesetl.pipelines.events.pipeline import EVENTS_PIPELINE
from salesetl.pipelines.retail.contracts import CUSTOMERS
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.storage import StoredFile
from salesetl.warehouses import snowflake
from salesetl.warehouses.loading_lake import load
from salesetl.warehouses.parts import Part
from salesetl.warehouses.snowflake_stage import copies
from salesetl.warehouses.unloading import unload
from salesetl.warehouses.urls import warehouse_of
from salesetl.warehouses.warehouse import Warehouse
from tests.jobs.event_stream import EventStream, view
from tests.jobs.retailer import Retailer
from tests.warehouses.dbt_program import PROGRAM, needs_dbt
from tests.warehouses.lakes_to_load import lake_on_s3
from tests.warehouses.places import Place
from tests.warehouses.snowflake_on_postgres import Driver
from tests.warehouses.sql_parsing import unparsable
from tests.warehouses.statements import StatementError, before_each, failing_at

URL = "snowflake://acme-one/sales?warehouse=small&role=loader"
STAGE = "shop.public.lake"


@dataclass
class Account:
    """PostgreSQL instead of Snowflake, and what was sent to it.

    With a bucket, it has a stage over the lake there, and the URL names it.
    """

    place: Place
    bucket: str = ""
    statements: list[str] = field(default_factory=list)
    stage: dict[str, bytes] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse as the library has it."""
        return warehouse_of(f"{URL}&stage={STAGE}" if self.bucket else URL)

    def lake(self, folder: Path) -> str:
        """Put a lake where this account can read it; its root there."""
        if not self.bucket:
            return str(folder)
        self.stages[STAGE] = lake_on_s3(folder, f"{self.bucket}/{uuid.uuid4().hex}")
        return self.stages[STAGE]


@pytest.fixture
def account(
    postgres_place: Place, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Account]:
    """Take the connections to Snowflake, and read all statements as it would."""
    made = Account(postgres_place)

    def open_connection(arguments: dict[str, str]) -> Driver:
        made.arguments = arguments
        return Driver(postgres_place.url, made.statements, made.stage, made.stages)

    monkeypatch.setattr(snowflake, "open_connection", open_connection)
    monkeypatch.setenv("SNOWFLAKE_USER", "loader")
    monkeypatch.setenv("SNOWFLAKE_PRIVATE_KEY_PATH", "/keys/loader.p8")
    yield made
    assert made.stage == {}
    # Statements that differ only in numbers and texts are alike.
    alike = {re.sub("'[^']*'|[0-9]+", "", each): each for each in made.statements}
    wrong = {each: unparsable(each, "snowflake") for each in alike.values()}
    assert {each: found for each, found in wrong.items() if found} == {}


@pytest.fixture
def with_stage(account: Account, s3_root: str) -> Account:
    """Give the account a stage over a lake on S3."""
    account.bucket = s3_root
    return account


@pytest.fixture(params=["account", "with_stage"])
def either(request: pytest.FixtureRequest) -> Account:
    """Load in each way: rows through this machine, or files by Snowflake itself."""
    made: Account = request.getfixturevalue(request.param)
    return made


def tables(place: Place, pipeline: Pipeline = RETAIL) -> dict[str, Any]:
    """Return the copy of a lake, without what is remembered of it."""
    found = place.content(pipeline)
    return {name: rows for name, rows in found.items() if "_loaded" not in name}


def test_a_lake_is_loaded_once_however_often(
    either: Account, first_retailer: Retailer, tmp_path: Path
) -> None:
    lake = either.lake(first_retailer.home / "lake")
    load(either.warehouse, RETAIL, lake)
    once = either.place.content(RETAIL)

    load(either.warehouse, RETAIL, lake)

    assert either.place.content(RETAIL) == once
    other = Place(f"duckdb://{tmp_path / 'sales.duckdb'}")
    load(other.warehouse, RETAIL, lake)
    assert tables(either.place) == tables(other)
    ways = {each.split()[0] for each in either.statements} & {"put", "copy"}
    assert ways == ({"copy"} if either.bucket else {"put", "copy"})


def test_a_failure_at_any_statement_leaves_the_old_data(
    either: Account, first_retailer: Retailer, changed_lake: Path
) -> None:
    load(either.warehouse, RETAIL, either.lake(first_retailer.home / "lake"))
    before = either.place.content(RETAIL)
    lake = either.lake(changed_lake)
    due = 0
    while True:
        due += 1
        try:
            with before_each(failing_at(due)):
                load(either.warehouse, RETAIL, lake)
        except StatementError:
            assert either.place.content(RETAIL) == before, f"statement {due}"
            either.stage.clear()
        else:
            break

    assert due > 30 and either.place.content(RETAIL) != before


def test_two_loads_at_once_are_kept_apart(
    account: Account, first_retailer: Retailer
) -> None:
    lake = str(first_retailer.home / "lake")
    with account.warehouse.held("retail"):
        with pytest.raises(LeaseError, match="another process is writing retail"):
            load(account.warehouse, RETAIL, lake)

    load(account.warehouse, RETAIL, lake)


def test_tables_are_unloaded_with_whole_numbers_as_such(
    account: Account, tmp_path: Path
) -> None:
    account.place.change(
        "create schema retail",
        "create table retail.sales (units numeric(38, 0), amount numeric(18, 2))",
        "insert into retail.sales values (7, 1.10)",
    )

    [written] = unload(account.warehouse, RETAIL, str(tmp_path))

    rows = parquet.read_table(written)
    assert [str(each) for each in rows.schema.types] == ["int64", "decimal128(18, 2)"]
    assert [str(value) for value in rows.to_pylist()[0].values()] == ["7", "1.10"]


def test_credentials_are_a_key_pair_of_the_environment(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with account.warehouse.reading():
        pass
    assert account.arguments == {
        "account": "acme-one",
        "database": "sales",
        "warehouse": "small",
        "role": "loader",
        "user": "loader",
        "private_key_file": "/keys/loader.p8",
    }

    monkeypatch.delenv("SNOWFLAKE_PRIVATE_KEY_PATH")
    with pytest.raises(InputError, match="set SNOWFLAKE_USER, and SNOWFLAKE_PRIVATE"):
        with account.warehouse.reading():
            pass
    for url in (
        "snowflake://acme",
        "snowflake://acme/sales?user=x",
        "snowflake://acme/sales?stage=",
        "snowflake://acme/sales?stage=lake",
        "snowflake://acme/sales?stage=shop.public.lake/folder",
        "snowflake://acme/sales?stage='public'.lake",
    ):
        with pytest.raises(ArgumentError, match="a URL of Snowflake is snowflake://"):
            warehouse_of(url)


def test_what_is_refused_is_one_line(account: Account) -> None:
    with pytest.raises(WarehouseError) as error:
        with account.warehouse.reading() as connection:
            connection.execute("select cast('Ann Lee' as integer)")

    told = str(error.value)
    assert told.startswith("snowflake://acme-one/sales: ") and "Ann" not in told
    assert len(told.splitlines()) == 1


def test_every_raw_event_has_the_file_and_the_place_that_it_came_from(
    with_stage: Account, duckdb: DuckDbEngine, tmp_path: Path
) -> None:
    stream = EventStream(duckdb, tmp_path)
    with functions_of(duckdb.functions):
        path = stream.deliver(
            "a", [view(1), view(2, event_timestamp="2025-01-02T00:00:00Z")]
        )
        stream.load()
    lake = with_stage.lake(tmp_path / "lake")

    load(with_stage.warehouse, EVENTS_PIPELINE, lake)

    raw = with_stage.place.rows(
        "select event_data, source_file, file_row_number, event_date"
        " from events_staging.events where loaded_at is not null order by 3"
    )
    assert [json.loads(text)["event_id"] for text, *_ in raw] == ["E1", "E2"]
    assert [row[1:] for row in raw] == [
        (str(path), 1, date(2025, 1, 1)),
        (str(path), 2, date(2025, 1, 2)),
    ]
    other = Place(f"duckdb://{tmp_path / 'events.duckdb'}")
    load(other.warehouse, EVENTS_PIPELINE, lake)
    found = tables(with_stage.place, EVENTS_PIPELINE)
    assert found == tables(other, EVENTS_PIPELINE)


def test_a_file_of_an_earlier_contract_has_nothing_where_it_lacks_a_column(
    with_stage: Account, retailer: Retailer, tmp_path: Path
) -> None:
    folder = retailer.home / "lake" / CUSTOMERS.folder
    for path in folder.rglob("*.parquet"):
        rows = parquet.read_table(path, partitioning=None)
        parquet.write_table(rows.drop_columns(["source_file"]), path)
    lake = with_stage.lake(retailer.home / "lake")

    load(with_stage.warehouse, RETAIL, lake)

    [(customers, known)] = with_stage.place.rows(
        "select count(*), count(source_file) from retail_staging.customers"
    )
    assert customers > 0 and known == 0
    other = Place(f"duckdb://{tmp_path / 'sales.duckdb'}")
    load(other.warehouse, RETAIL, lake)
    assert tables(with_stage.place) == tables(other)


def test_a_stage_over_another_place_changes_nothing(
    with_stage: Account, first_retailer: Retailer, changed_lake: Path
) -> None:
    load(with_stage.warehouse, RETAIL, with_stage.lake(first_retailer.home / "lake"))
    before = with_stage.place.content(RETAIL)
    lake = with_stage.lake(changed_lake)
    with_stage.stages[STAGE] = f"{with_stage.bucket}/another"

    with pytest.raises(WarehouseError, match="'…' was not found; what was there is"):
        load(with_stage.warehouse, RETAIL, lake)

    assert with_stage.place.content(RETAIL) == before


def test_a_lake_on_a_disk_is_under_no_stage(
    with_stage: Account, first_retailer: Retailer
) -> None:
    with pytest.raises(InputError) as error:
        load(with_stage.warehouse, RETAIL, str(first_retailer.home / "lake"))

    told = str(error.value)
    assert told.endswith(
        ".parquet: a stage is over a lake on S3 only; copy the lake there, and name it in"
        " --output_path, or leave stage out of the URL of Snowflake"
    )
    assert len(told.splitlines()) == 1


def test_a_statement_has_a_thousand_files_of_one_folder() -> None:
    root = f"s3://bucket/lake/{ORDER_ITEMS.folder}/event_date=2025-01-31"
    files = [StoredFile(f"{root}/part-{number}.parquet", 1) for number in range(2001)]
    part = Part(ORDER_ITEMS, "event_date=2025-01-31", tuple(files), None)

    statements = list(copies(part, "events_staging.order_items", STAGE))

    assert [each.count(".parquet'") for each in statements] == [1000, 1000, 1]
    assert statements[2] == (
        "copy into events_staging.order_items (event_id, order_id, line_number, product_id,"
        " product_name, category, quantity, unit_price, line_total, currency, loaded_at,"
        ' event_date) from (select $1:"event_id"::varchar, $1:"order_id"::varchar,'
        ' $1:"line_number"::decimal(10,0), $1:"product_id"::varchar,'
        ' $1:"product_name"::varchar, $1:"category"::varchar,'
        ' $1:"quantity"::decimal(10,0), $1:"unit_price"::decimal(12,4),'
        ' $1:"line_total"::decimal(18,2), $1:"currency"::varchar,'
        " $1:\"loaded_at\"::timestamp_ntz, '2025-01-31'::date from"
        " '@shop.public.lake/events/order_items/event_date=2025-01-31/')"
        " files = ('part-2000.parquet') file_format = (type = parquet use_logical_type = true"
        " null_if = ()) on_error = abort_statement force = true"
    )
    assert unparsable(statements[2], "snowflake") == []


@pytest.mark.parametrize(
    ("folder", "value", "place"),
    [
        ("category=Home%20%26%20Garden", "Home & Garden", "Home%20%26%20Garden"),
        ("category=Kids%27 toys", "Kids'' toys", "Kids%27 toys"),
        ("category=d'Arc", "d''Arc", "d''Arc"),
        ("category=a%5Cb", r"a\\b", "a%5Cb"),
    ],
)
def test_a_folder_is_named_as_it_is_and_its_value_is_what_it_stands_for(
    folder: str, value: str, place: str
) -> None:
    by_category = replace(
        ORDER_ITEMS,
        schema=T.StructType(
            [ORDER_ITEMS.field("order_id"), ORDER_ITEMS.field("category")]
        ),
        key=("order_id",),
        amounts=(),
        currency=None,
        date_column=None,
        partition_by=("category",),
    )
    file = StoredFile(f"s3://bucket/lake/{ORDER_ITEMS.folder}/{folder}/a'b.parquet", 1)

    [statement] = copies(Part(by_category, folder, (file,), None), "a.b", STAGE)

    assert (
        f"""from (select $1:"order_id"::varchar, '{value}'::varchar from"""
        f""" '@shop.public.lake/events/order_items/category={place}/')"""
        " files = ('a''b.parquet')"
    ) in statement


@needs_dbt
def test_the_driver_takes_what_it_is_given(account: Account) -> None:
    with account.warehouse.reading():
        pass
    given = {*account.arguments, "autocommit", "session_parameters"}
    script = (
        "from snowflake.connector.connection import DEFAULT_CONFIGURATION as known;"
        f"assert {given} <= set(known), {given} - set(known)"
    )
    done = subprocess.run(
        [PROGRAM.with_name("python"), "-c", script], capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr.decode()
