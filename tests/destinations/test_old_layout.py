"""A lake of an earlier version is told, and moved with one command."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from salesetl.cli import main
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.errors import InputError
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.storage import storage_of
from tests.jobs.shop import Shop, order, sale

TABLES = {
    "sales/enriched_sales": "enriched_sales",
    "sales/sales_summary": "sales_summary",
    "orders/fact_orders": "fact_orders",
    "orders/fact_order_items": "fact_order_items",
    "sales/quarantine": "quarantine",
    "sales/_keys/sales.json": "sales/_keys/sales.json",
}


@pytest.fixture
def shop(duckdb: DuckDbEngine, tmp_path: Path) -> Shop:
    """Open a shop whose lake lies as an earlier version had it."""
    shop = Shop(duckdb, tmp_path)
    shop.load(shop.deliver("raw", [sale(1), sale(2, quantity="x")]), run_id="r1")
    shop.load_orders(shop.deliver_orders("orders", [order(1)]), run_id="r2")
    lake = tmp_path / "lake"
    for now, before in TABLES.items():
        (lake / before).parent.mkdir(exist_ok=True)
        (lake / now).rename(lake / before)
    for table in ("enriched_sales", "fact_orders"):
        for file in (lake / table).rglob("*.parquet"):
            rows = parquet.ParquetFile(file).read().drop_columns(["source_file"])
            parquet.write_table(rows, file)
    for name, job, run_id in (
        ("sales", "enrich_sales", "r1"),
        ("orders", "flatten_orders", "r2"),
    ):
        report = json.loads((lake / name / f"_runs/{run_id}.json").read_text())
        [amounts] = report.pop("amounts").values()
        for state, key in (
            ("loaded", "loaded"),
            ("kept", "kept"),
            ("published", "summary"),
        ):
            told = {currency: each[state] for currency, each in amounts.items()}
            report[f"revenue_{key}"] = told.get("", told)
        report["feeds"] = {
            source: {"rows_set_aside": counts.pop("rows_out_of_range"), **counts}
            for source, counts in report.pop("sources").items()
        }
        report["rows_set_aside"] = report.pop("rows_out_of_range") + 7
        report["sales_of_late_buyers"] = report.pop("rows_to_refresh") + 8
        del report["rows_superseded"]
        path = lake / "_runs" / job / f"{run_id}.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(report))
        for file in sorted((lake / name).rglob("*"), reverse=True):
            file.unlink() if file.is_file() else file.rmdir()
    return shop


def move(shop: Shop) -> None:
    """Run the command that moves the lake."""
    main(["move-lake", "--output_path", str(shop.home / "lake")])


def test_a_run_refuses_it_with_the_command_that_moves_it(shop: Shop) -> None:
    with pytest.raises(InputError, match="salesetl move-lake --output_path"):
        shop.load(shop.deliver("more", [sale(3)]))


def test_it_is_moved_and_runs_go_on(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    move(shop)

    assert shop.ids() == ["T1"]
    shop.load(shop.deliver("more", [sale(3)]))
    shop.load_orders(shop.deliver_orders("orders", [order(1), order(2)]))
    assert shop.ids() == ["T1", "T3"]
    assert len(shop.order_tables()[0]) == 2
    assert len(shop.quarantine()) == 1
    main(["runs", "list", "--output_path", str(shop.home / "lake")])
    main(["runs", "show", "r1", "--output_path", str(shop.home / "lake")])
    told = capsys.readouterr().out
    assert "files moved" in told and "USD 25.25" in told and "21.00" in told
    left = {path.name for path in (shop.home / "lake").iterdir() if any(path.iterdir())}
    assert left == {"sales", "orders"}
    report = json.loads((shop.home / "lake/sales/_runs/r1.json").read_text())
    assert (report["rows_out_of_range"], report["rows_to_refresh"]) == (7, 8)


def test_it_is_moved_on_s3_too(
    shop: Shop, s3_root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lake, storage = f"{s3_root}/lake", storage_of(s3_root)
    for file in (shop.home / "lake").rglob("*.*"):
        name = file.relative_to(shop.home)
        if file.is_file():
            storage.write(f"{s3_root}/{name}", file.read_bytes())

    main(["move-lake", "--output_path", lake])

    main(["table", "enriched_sales", "--output_path", lake])
    main(["runs", "list", "--output_path", lake])
    told = capsys.readouterr().out
    assert "T1" in told and "r1" in told and "r2" in told
    left = {
        each.path.removeprefix(f"{lake}/").split("/")[0] for each in storage.files(lake)
    }
    assert left == {"sales", "orders"}


def test_a_move_that_was_cut_off_is_finished_by_another(shop: Shop) -> None:
    lake = shop.home / "lake"
    [file] = (lake / "enriched_sales").rglob("*.parquet")
    target = lake / "sales/enriched_sales" / file.relative_to(lake / "enriched_sales")
    target.parent.mkdir(parents=True)
    target.write_bytes(b"half a file")

    move(shop)
    move(shop)

    assert shop.ids() == ["T1"]


def test_rows_of_earlier_versions_are_older_than_any_other(shop: Shop) -> None:
    move(shop)

    report = shop.load(shop.deliver("a", [sale(1, region="South")]))

    assert report.rows_superseded == 0
    assert [row["region"] for row in shop.rows(ENRICHED_SALES)] == ["South"]


def test_a_lake_that_a_run_is_writing_is_not_moved(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop.home / "lake/_journal").mkdir()
    (shop.home / "lake/_journal/enrich_sales.json").write_text("{}")

    with pytest.raises(SystemExit):
        move(shop)

    assert "run its job again with the earlier version" in capsys.readouterr().err


def test_a_moved_file_says_of_itself_what_it_holds(shop: Shop) -> None:
    move(shop)

    [file] = (shop.home / "lake/sales/enriched_sales").rglob("*.parquet")
    rows = parquet.ParquetFile(file).read()
    assert rows.schema.field("source_file").type == pa.string()
    assert rows["source_file"].to_pylist() == [None]
