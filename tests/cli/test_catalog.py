"""`salesetl catalog` compares the whole lake with the Data Catalog."""

from pathlib import Path

import pytest

from salesetl.cli import main
from salesetl.storage import storage_of
from tests.data_catalog import Glue
from tests.jobs.shop import Shop, sale
from tests.lakes import Lakes

TABLES = ["enriched_sales", "sales_summary"]


def load_sales(shop: Shop) -> None:
    """Load two months of sales, and one that is rejected."""
    shop.load(shop.deliver("one", [sale(1), sale(2, date="2025-08-02")]))
    shop.load(shop.deliver("two", [sale(3), sale(4, date="x")]), run_id="r1")


@pytest.fixture
def lake(lakes: Lakes, tmp_path: Path, s3_root: str) -> str:
    """Put the lake of these sales on S3; its root."""
    lakes.copy(load_sales, tmp_path)
    storage = storage_of(s3_root)
    for file in (tmp_path / "lake").rglob("*.*"):
        if file.is_file():
            storage.write(f"{s3_root}/{file.relative_to(tmp_path)}", file.read_bytes())
    return f"{s3_root}/lake"


@pytest.fixture
def glue(lake: str) -> Glue:
    """Name a database that is not there yet."""
    return Glue()


def salesetl(command: str, glue: Glue, lake: str, *more: str) -> None:
    """Run a command on the catalogue."""
    where = ["--database", glue.database, "--output_path", lake]
    main(["catalog", command, "sales", *where, *more])


def test_apply_does_what_plan_shows_and_then_there_is_nothing_to_change(
    lake: str, glue: Glue, capsys: pytest.CaptureFixture[str]
) -> None:
    salesetl("plan", glue, lake)
    planned = capsys.readouterr().out
    salesetl("apply", glue, lake)
    applied = capsys.readouterr().out

    for command in ("plan", "apply", "drift"):
        salesetl(command, glue, lake)
    assert capsys.readouterr().out == "nothing to change\n" * 3
    assert len(planned.splitlines()) == len(applied.splitlines())
    for told in (
        f"would create database {glue.database}",
        f"sales_summary: would create table: {lake}/sales/sales_summary/",
        "enriched_sales: partitions: would add 2, update 0, remove 0",
    ):
        assert f"{told}\n" in planned
    assert all("would" in line for line in planned.splitlines())
    for told in (
        f"database {glue.database} created",
        f"sales_summary: table created: {lake}/sales/sales_summary/",
        "enriched_sales: partitions: 2 added, 0 updated, 0 removed",
    ):
        assert f"{told}\n" in applied
    assert sorted(glue.tables()) == sorted([*TABLES, "quarantine_sales"])
    assert list(glue.partitions("quarantine_sales")) == [("r1",)]


def test_the_tables_of_a_pipeline_without_runs_are_made_empty(
    lake: str, glue: Glue
) -> None:
    main(
        ["catalog", "apply", "orders", "--database", glue.database]
        + ["--output_path", lake]
    )

    assert sorted(glue.tables()) == ["fact_order_items", "fact_orders"]
    assert glue.partitions("fact_orders") == {}


def test_drift_fails_and_shows_what_differs(
    lake: str, glue: Glue, capsys: pytest.CaptureFixture[str]
) -> None:
    salesetl("apply", glue, lake)
    glue.drop_partition("enriched_sales", "2025", "8")
    glue.edit("sales_summary", lambda table: table.update(Description="Sums"))
    capsys.readouterr()

    with pytest.raises(SystemExit) as raised:
        salesetl("drift", glue, lake)

    told = capsys.readouterr()
    assert raised.value.code == 1
    assert told.out.splitlines() == [
        "enriched_sales: partitions: would add 1, update 0, remove 0",
        "sales_summary: would change comment: Sums → One currency × region × product × year × month",
    ]
    assert f"salesetl catalog apply sales --database {glue.database}" in told.err


def test_partitions_without_files_are_removed(lake: str, glue: Glue) -> None:
    salesetl("apply", glue, lake)
    storage_of(lake).delete(f"{lake}/sales/enriched_sales/year=2025/month=8")
    storage_of(lake).delete(f"{lake}/sales/quarantine/sales")

    salesetl("apply", glue, lake)

    assert list(glue.partitions("enriched_sales")) == [("2025", "9")]
    assert glue.partitions("quarantine_sales") == {}


@pytest.mark.parametrize("command", ["plan", "apply", "drift"])
def test_a_refused_change_fails_with_its_reason(
    command: str, lake: str, glue: Glue, capsys: pytest.CaptureFixture[str]
) -> None:
    salesetl("apply", glue, lake)
    glue.retype("enriched_sales", "quantity", "string")
    before = glue.state()

    with pytest.raises(SystemExit) as raised:
        salesetl(command, glue, lake)

    reason = "enriched_sales: column quantity refused: string → decimal(12,3)"
    assert raised.value.code == 1
    assert reason in capsys.readouterr().err
    assert glue.state() == before


def test_a_lake_by_another_scheme_is_the_same_lake(
    lake: str, glue: Glue, capsys: pytest.CaptureFixture[str]
) -> None:
    salesetl("apply", glue, lake.replace("s3://", "s3a://"))
    capsys.readouterr()

    salesetl("drift", glue, lake)

    assert capsys.readouterr().out == "nothing to change\n"
    for table in glue.tables().values():
        assert table["StorageDescriptor"]["Location"].startswith(f"{lake}/")


def test_projection_stays_until_it_is_turned_off(lake: str, glue: Glue) -> None:
    salesetl("apply", glue, lake, "--projection")
    salesetl("apply", glue, lake)
    projected = glue.partitions("enriched_sales")
    is_on = glue.table("enriched_sales")["Parameters"]["projection.enabled"]
    salesetl("apply", glue, lake, "--no-projection")

    assert (is_on, projected) == ("true", {})
    assert len(glue.partitions("enriched_sales")) == 2


def test_a_lake_on_a_disk_cannot_be_registered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        main(
            [
                "catalog",
                "plan",
                "sales",
                "--database",
                "d",
                "--output_path",
                str(tmp_path),
            ]
        )

    assert raised.value.code == 2
    assert "has only tables on S3" in capsys.readouterr().err
