"""Redshift: the statements are its SQL, and load, publish and unload as on the others."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from pyarrow import parquet

from salesetl.errors import AwsError, InputError, LeaseError, WarehouseError
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.storage import storage_of
from salesetl.warehouses import redshift
from salesetl.warehouses.loading_lake import load
from salesetl.warehouses.unloading import unload
from salesetl.warehouses.urls import warehouse_of
from salesetl.warehouses.warehouse import Warehouse
from tests.jobs.retailer import Retailer
from tests.warehouses.dbt_program import PROGRAM, needs_dbt
from tests.warehouses.lakes_to_load import lake_on_s3
from tests.warehouses.places import Place
from tests.warehouses.redshift_on_postgres import Driver
from tests.warehouses.sql_parsing import unparsable
from tests.warehouses.statements import StatementError, before_each, failing_at

ROLE = "arn:aws:iam::123456789012:role/loader"
URL = "redshift://sales.eu-central-1/dev?user=loader"


@dataclass
class Cluster:
    """A cluster that AWS knows, PostgreSQL instead of it, and what was sent to it."""

    place: Place
    statements: list[str] = field(default_factory=list)
    arguments: dict[str, Any] = field(default_factory=dict)

    def warehouse(self, url: str = f"{URL}&iam_role={ROLE}") -> Warehouse:
        """The warehouse as the library has it."""
        return warehouse_of(url)


@pytest.fixture
def cluster(
    postgres_place: Place, s3_root: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Cluster]:
    """Make a cluster in an emulated AWS, and take connections to it."""
    made = Cluster(postgres_place)

    def open_connection(arguments: dict[str, Any]) -> Driver:
        made.arguments = arguments
        return Driver(postgres_place.url, made.statements)

    monkeypatch.setattr(redshift, "open_connection", open_connection)
    monkeypatch.setattr(redshift, "_PATIENCE", "100")
    client = boto3.client("redshift", region_name="eu-central-1")
    known = {
        each["ClusterIdentifier"] for each in client.describe_clusters()["Clusters"]
    }
    if "sales" not in known:
        client.create_cluster(
            ClusterIdentifier="sales",
            NodeType="ra3.large",
            MasterUsername="admin",
            MasterUserPassword="Correct-horse-1",
        )
    yield made
    wrong = {
        statement: found
        for statement in dict.fromkeys(made.statements)
        if (found := unparsable(statement, "redshift"))
    }
    assert wrong == {}


def test_a_lake_is_loaded_once_however_often(
    cluster: Cluster, first_retailer: Retailer, s3_root: str, postgres: str
) -> None:
    lake = lake_on_s3(first_retailer.home / "lake", s3_root)

    load(cluster.warehouse(), RETAIL, lake)
    once = cluster.place.content(RETAIL)
    load(cluster.warehouse(), RETAIL, lake)

    assert cluster.place.content(RETAIL) == once
    assert len(once["retail_staging.order_lines"]) == 4
    copies = [each for each in cluster.statements if each.startswith("copy ")]
    assert len(copies) == 6 and all(f"iam_role '{ROLE}'" in each for each in copies)
    left = [file.path for file in storage_of(lake).files(f"{lake}/retail/_warehouse")]
    assert left == []


def test_rows_are_those_of_the_lake(
    cluster: Cluster, first_retailer: Retailer, s3_root: str, tmp_path: Path
) -> None:
    load(cluster.warehouse(), RETAIL, lake_on_s3(first_retailer.home / "lake", s3_root))
    other = Place(f"duckdb://{tmp_path / 'sales.duckdb'}")
    load(other.warehouse, RETAIL, str(first_retailer.home / "lake"))

    def tables(place: Place) -> dict[str, Any]:
        found = place.content(RETAIL)
        return {name: rows for name, rows in found.items() if "_loaded" not in name}

    assert tables(cluster.place) == tables(other)


def test_a_failure_at_any_statement_leaves_the_old_data(
    cluster: Cluster, first_retailer: Retailer, changed_lake: Path, s3_root: str
) -> None:
    load(cluster.warehouse(), RETAIL, lake_on_s3(first_retailer.home / "lake", s3_root))
    before = cluster.place.content(RETAIL)
    lake = lake_on_s3(changed_lake, f"{s3_root}/changed")
    due = 0
    while True:
        due += 1
        try:
            with before_each(failing_at(due)):
                load(cluster.warehouse(), RETAIL, lake)
        except StatementError:
            assert cluster.place.content(RETAIL) == before, f"statement {due}"
        else:
            break

    assert due > 30
    assert cluster.place.rows(
        "select distinct year from retail_staging.order_lines"
    ) == [(2025,)]


def test_two_loads_at_once_are_kept_apart(
    cluster: Cluster, first_retailer: Retailer, s3_root: str
) -> None:
    lake = lake_on_s3(first_retailer.home / "lake", s3_root)
    with cluster.warehouse().held("retail"):
        with pytest.raises(LeaseError, match="another process is writing retail"):
            load(cluster.warehouse(), RETAIL, lake)

    load(cluster.warehouse(), RETAIL, lake)


def test_what_is_refused_is_one_line(
    cluster: Cluster, first_retailer: Retailer
) -> None:
    with pytest.raises(WarehouseError) as error:
        with cluster.warehouse().reading() as connection:
            connection.execute("select cast('Ann Lee' as integer)")
    told = str(error.value)
    assert told.startswith("redshift://sales.eu-central-1/dev: invalid input syntax")
    assert "Ann" not in told and len(told.splitlines()) == 1

    with pytest.raises(InputError, match="Redshift reads and writes S3 only; copy"):
        load(cluster.warehouse(), RETAIL, str(first_retailer.home / "lake"))


def test_tables_are_unloaded_by_redshift_and_replaced_whole(
    cluster: Cluster, s3_root: str, tmp_path: Path
) -> None:
    cluster.place.change(
        "create schema retail",
        "create table retail.sales (name varchar(256), amount decimal(18, 2))",
        "create table retail.nothing (name varchar(256))",
        "insert into retail.sales values ('Ann', 1.10)",
    )
    unload(cluster.warehouse(URL), RETAIL, s3_root)
    cluster.place.change("update retail.sales set amount = 2.20")

    written = unload(cluster.warehouse(URL), RETAIL, s3_root)

    names = [file.path for file in storage_of(s3_root).files(f"{s3_root}/retail")]
    assert sorted(names) == written
    rows = []
    for path in written:
        (tmp_path / "file").write_bytes(storage_of(path).read(path))
        rows.append(parquet.read_table(tmp_path / "file").to_pylist())
    assert [[str(row["amount"]) for row in each] for each in rows] == [[], ["2.20"]]


def test_the_address_of_a_cluster_is_asked_for_and_its_credentials_are_those_of_iam(
    cluster: Cluster,
) -> None:
    with cluster.warehouse().held("retail") as held:
        environment = held.target.environment

    host = cluster.arguments["host"]
    assert host.startswith("sales.") and host.endswith("redshift.amazonaws.com")
    assert cluster.arguments == {
        "iam": True,
        "host": host,
        "port": 5439,
        "database": "dev",
        "region": "eu-central-1",
        "cluster_identifier": "sales",
        "db_user": "loader",
    }
    assert environment["SALESETL_REDSHIFT_HOST"] == host
    with pytest.raises(AwsError, match="^redshift://other.eu-central-1: "):
        with cluster.warehouse("redshift://other.eu-central-1/dev?user=x").reading():
            pass


@needs_dbt
def test_the_driver_takes_what_it_is_given(cluster: Cluster) -> None:
    with cluster.warehouse().reading():
        pass
    serverless = {"is_serverless": True, "serverless_work_group": "sales"}
    names = json.dumps(sorted({*cluster.arguments, *serverless}))
    script = (
        "import inspect, json, redshift_connector as driver;"
        "known = inspect.signature(driver.connect).parameters;"
        f"assert set({names}) <= set(known), set({names}) - set(known);"
        "from redshift_connector.core import convert_paramstyle;"
        "text = \"select '%', '?', '%s' || chr(39)\";"
        "assert convert_paramstyle('qmark', text)[0] == text"
    )
    done = subprocess.run(
        [PROGRAM.with_name("python"), "-c", script], capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr.decode()
