"""A lake on S3 is the same as one on a disk."""

from pathlib import Path
from typing import Any

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.engine import Engine
from salesetl.model.options import InputPath
from salesetl.model.quarantine_table import QUARANTINE
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, SALES_SUMMARY
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.rows import read_rows
from salesetl.runner.runner import run
from salesetl.runs import RunReport
from salesetl.storage import storage_of
from tests.jobs.shop import Shop, sale

DELIVERIES = {
    "one/sales.csv": [sale(1), sale(2), sale(3, date="2025-08-03")],
    "two/sales.csv": [sale(2, quantity="1", total_amount="10.50"), sale(4, date="x")],
}


def load(duckdb: Engine, raw: str, lake: str, name: str) -> RunReport:
    """Load a delivery below a root."""
    return run(
        SALES,
        duckdb,
        sales_path=InputPath(f"{raw}/{name}"),
        customers_path=InputPath(f"{raw}/customers.json"),
        output_path=lake,
        max_rejected_ratio=1,
        run_id=name[:3],
    )


def content(lake: str) -> dict[str, Any]:
    """Read all tables of a lake, but for where their files came from and when."""
    storage = storage_of(lake)
    tables = {
        table.name: read_rows(storage, f"{lake}/{table.folder}", table)
        for table in (ENRICHED_SALES, SALES_SUMMARY)
    }
    for row in tables[ENRICHED_SALES.name]:
        row["source_file"] = row["source_file"].rpartition("/")[2]
    rejected = read_rows(storage, f"{lake}/sales/quarantine/sales", QUARANTINE)
    records = [(row["raw_record"], row["reasons"], row["run_id"]) for row in rejected]
    return {name: sorted(map(str, rows)) for name, rows in tables.items()} | {
        "quarantine": records
    }


def test_runs_on_s3_leave_what_they_leave_on_a_disk(
    shop: Shop, duckdb: DuckDbEngine, s3_root: str, tmp_path: Path
) -> None:
    files = [shop.customers()]
    for name, sales in DELIVERIES.items():
        files += [shop.deliver(name.partition("/")[0], sales) / "sales.csv"]
    for file in files:
        target = f"{s3_root}/raw/{file.relative_to(shop.home)}"
        storage_of(target).write(target, file.read_bytes())

    for name in DELIVERIES:
        load(duckdb, str(shop.home), str(tmp_path / "lake"), name)
        report = load(duckdb, f"{s3_root}/raw", f"{s3_root}/lake", name)

    assert report.rows_quarantined == 1
    assert content(f"{s3_root}/lake") == content(str(tmp_path / "lake"))
    left = [
        file.path
        for file in storage_of(s3_root).files(f"{s3_root}/lake/sales/_staging")
    ]
    assert left == []
