"""Snowflake: the statements are its SQL, and load and unload as on the others."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from salesetl.errors import ArgumentError, InputError, LeaseError, WarehouseError
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.warehouses import snowflake
from salesetl.warehouses.loading_lake import load
from salesetl.warehouses.unloading import unload
from salesetl.warehouses.urls import warehouse_of
from salesetl.warehouses.warehouse import Warehouse
from tests.jobs.retailer import Retailer
from tests.warehouses.dbt_program import PROGRAM, needs_dbt
from tests.warehouses.places import Place
from tests.warehouses.snowflake_on_postgres import Driver
from tests.warehouses.sql_parsing import unparsable
from tests.warehouses.statements import StatementError, before_each, failing_at

URL = "snowflake://acme-one/sales?warehouse=small&role=loader"


@dataclass
class Account:
    """PostgreSQL instead of Snowflake, and what was sent to it."""

    place: Place
    statements: list[str] = field(default_factory=list)
    stage: dict[str, bytes] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse as the library has it."""
        return warehouse_of(URL)


@pytest.fixture
def account(
    postgres_place: Place, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Account]:
    """Take the connections to Snowflake, and read all statements as it would."""
    made = Account(postgres_place)

    def open_connection(arguments: dict[str, str]) -> Driver:
        made.arguments = arguments
        return Driver(postgres_place.url, made.statements, made.stage)

    monkeypatch.setattr(snowflake, "open_connection", open_connection)
    monkeypatch.setenv("SNOWFLAKE_USER", "loader")
    monkeypatch.setenv("SNOWFLAKE_PRIVATE_KEY_PATH", "/keys/loader.p8")
    yield made
    assert made.stage == {}
    # Statements that differ only in numbers and texts are alike.
    alike = {re.sub("'[^']*'|[0-9]+", "", each): each for each in made.statements}
    wrong = {each: unparsable(each, "snowflake") for each in alike.values()}
    assert {each: found for each, found in wrong.items() if found} == {}


def tables(place: Place) -> dict[str, Any]:
    """Return the copy of a lake, without what is remembered of it."""
    found = place.content(RETAIL)
    return {name: rows for name, rows in found.items() if "_loaded" not in name}


def test_a_lake_is_loaded_once_however_often(
    account: Account, first_retailer: Retailer, tmp_path: Path
) -> None:
    lake = str(first_retailer.home / "lake")
    load(account.warehouse, RETAIL, lake)
    once = account.place.content(RETAIL)

    load(account.warehouse, RETAIL, lake)

    assert account.place.content(RETAIL) == once
    other = Place(f"duckdb://{tmp_path / 'sales.duckdb'}")
    load(other.warehouse, RETAIL, lake)
    assert tables(account.place) == tables(other)


def test_a_failure_at_any_statement_leaves_the_old_data(
    account: Account, first_retailer: Retailer, changed_lake: Path
) -> None:
    load(account.warehouse, RETAIL, str(first_retailer.home / "lake"))
    before = account.place.content(RETAIL)
    due = 0
    while True:
        due += 1
        try:
            with before_each(failing_at(due)):
                load(account.warehouse, RETAIL, str(changed_lake))
        except StatementError:
            assert account.place.content(RETAIL) == before, f"statement {due}"
            account.stage.clear()
        else:
            break

    assert due > 30 and account.place.content(RETAIL) != before


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
    for url in ("snowflake://acme", "snowflake://acme/sales?user=x"):
        with pytest.raises(ArgumentError, match="a URL of Snowflake is snowflake://"):
            warehouse_of(url)


def test_what_is_refused_is_one_line(account: Account) -> None:
    with pytest.raises(WarehouseError) as error:
        with account.warehouse.reading() as connection:
            connection.execute("select cast('Ann Lee' as integer)")

    told = str(error.value)
    assert told.startswith("snowflake://acme-one/sales: ") and "Ann" not in told
    assert len(told.splitlines()) == 1


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
