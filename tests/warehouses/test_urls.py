"""A warehouse is named by a URL without a password."""

import socket
from pathlib import Path

import pytest

from salesetl.errors import ArgumentError, InputError, WarehouseError
from salesetl.warehouses.duckdb_file import DuckDbFile
from salesetl.warehouses.postgresql import Postgres
from salesetl.warehouses.urls import warehouse_of
from tests.warehouses.places import Place

SECRET = "correct-horse"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://user:{SECRET}@host:5432/database",
        f"postgres://user:{SECRET}@host/database",
        f"postgresql://user@host/database?password={SECRET}",
        f"postgresql://host/database?sslPassword={SECRET}",
        f"postgresql://host/database?p%61ssword={SECRET}",
        f"postgresql:user:{SECRET}@host/database",
        f"host=host user=user password={SECRET}",
        f"postgresql://user:{SECRET}@[host/database",
        f"mysql://user:{SECRET}@host/database",
        "mysql://host/database",
        f"redshift://user:{SECRET}@cluster.us-east-1/sales",
        f"redshift://cluster.us-east-1/sales?password={SECRET}",
        "redshift://cluster/sales",
        "redshift://cluster.us-east-1/",
        "redshift://cluster.us-east-1/sales?role=loader",
        "sales.duckdb",
        "duckdb://",
        "duckdb:///",
    ],
)
def test_what_is_no_url_or_has_a_password_is_refused_in_a_line_without_it(
    url: str,
) -> None:
    with pytest.raises(ArgumentError) as error:
        warehouse_of(url)

    told = str(error.value)
    assert told.startswith("--warehouse: ") and len(told.splitlines()) == 1
    assert SECRET not in told


def test_a_password_has_its_place_in_the_environment() -> None:
    with pytest.raises(ArgumentError, match="PGPASSWORD or in the file PGPASSFILE$"):
        warehouse_of(f"postgresql://user:{SECRET}@host/database")


def test_dbt_connects_as_the_url_says(postgres_place: Place) -> None:
    warehouse = warehouse_of(
        f"{postgres_place.url}?sslmode=disable&target_session_attrs=primary"
    )

    with warehouse.held("retail") as held:
        environment = held.target.environment

    assert environment["PGSSLMODE"] == "disable"
    assert environment["PGTARGETSESSIONATTRS"] == "primary"
    assert environment["PGDATABASE"] == postgres_place.url.rpartition("/")[2]
    assert not {"PGPASSWORD", "PGAPPNAME"} & set(environment)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("duckdb:///data/sales.duckdb", "/data/sales.duckdb"),
        ("duckdb:////data/sales.duckdb", "/data/sales.duckdb"),
        ("duckdb://data/sales.duckdb", "data/sales.duckdb"),
    ],
)
def test_a_file_of_duckdb_is_absolute_or_from_here(url: str, path: str) -> None:
    warehouse = warehouse_of(url)

    assert isinstance(warehouse, DuckDbFile)
    assert warehouse.path == Path(path).absolute()


def test_a_server_that_cannot_be_reached_is_one_line() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    warehouse = warehouse_of(f"postgresql://salesetl@127.0.0.1:{port}/sales")
    assert isinstance(warehouse, Postgres)

    with pytest.raises(InputError, match="cannot connect .*; check the URL") as error:
        with warehouse.reading():
            pass

    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
def test_what_the_server_refuses_is_one_line_without_values(place: Place) -> None:
    with pytest.raises(WarehouseError) as error:
        with place.warehouse.reading() as connection:
            connection.execute("select cast('Ann Lee' as integer)")

    told = str(error.value)
    assert "invalid input syntax for type integer" in told and "Ann" not in told
    assert len(told.splitlines()) == 1


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "sales.duckdb").write_text("no database, but a text" * 1000)

    with pytest.raises(InputError, match="cannot be opened") as error:
        with warehouse_of(f"duckdb://{tmp_path}/sales.duckdb").reading():
            pass

    assert len(str(error.value).splitlines()) == 1
