"""The warehouses that the suite runs on, and lakes to load."""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.functions import functions_of
from tests.jobs.retailer import Retailer
from tests.warehouses import postgres_server
from tests.warehouses.dbt_program import PROGRAM
from tests.warehouses.lakes_to_load import deliver_and_load, deliver_more_and_load
from tests.warehouses.places import Place


@pytest.fixture(scope="package", autouse=True)
def dbt() -> Iterator[None]:
    """Let builds find dbt."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALESETL_DBT", str(PROGRAM))
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start PostgreSQL; its URL without a database."""
    with postgres_server.started() as url:
        yield url


def new_database(server: str) -> Place:
    """Make an empty database of a server."""
    name = f"warehouse_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connected:
        connected.execute(f"create database {name}".encode())
    return Place(f"{server}/{name}")


@pytest.fixture
def postgres_place(postgres: str) -> Place:
    """Make an empty database."""
    return new_database(postgres)


@pytest.fixture(params=["duckdb", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Make an empty warehouse of each kind."""
    if request.param == "duckdb":
        return Place(f"duckdb://{tmp_path / 'warehouse' / 'sales.duckdb'}")
    made: Place = request.getfixturevalue("postgres_place")
    return made


@pytest.fixture(scope="session")
def first_retailer(
    duckdb: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory
) -> Retailer:
    """Make a retailer with two deliveries in a lake, once."""
    retailer = Retailer(duckdb, tmp_path_factory.mktemp("retailer"))
    with functions_of(duckdb.functions):
        deliver_and_load(retailer)
    return retailer


@pytest.fixture(scope="session")
def changed_lake(
    first_retailer: Retailer, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Make what that lake has become: a day more, an order corrected, a month gone."""
    home = tmp_path_factory.mktemp("changed")
    shutil.copytree(first_retailer.home, home, dirs_exist_ok=True)
    retailer = Retailer(first_retailer.engine, home)
    with functions_of(DuckDbEngine.functions):
        deliver_more_and_load(retailer)
    return home / "lake"


@pytest.fixture
def retailer(first_retailer: Retailer, tmp_path: Path) -> Iterator[Retailer]:
    """Copy that retailer, to deliver more to it; the place of the deliveries is as it was."""
    home = tmp_path / "retailer"
    # Other tests have loaded that lake too, and left events of lineage in it.
    loads = shutil.ignore_patterns("warehouse-*.json")
    shutil.copytree(first_retailer.home, home, ignore=loads)
    with functions_of(DuckDbEngine.functions):
        yield Retailer(first_retailer.engine, home)
