"""Lakes that are loaded into warehouses."""

import shutil
from pathlib import Path

import pyarrow
from pyarrow import parquet

from salesetl.model.options import InputPath
from salesetl.model.table import Table
from salesetl.pipelines.retail.contracts import ORDER_LINES
from salesetl.storage import storage_of
from tests.jobs.retailer import Retailer, customer, line, product

# What is hard to write into a statement, a line of CSV or the text of a COPY.
HARD_TEXT = "d'Arc; \"A\",\t\\N \\. $1 {x} %s 'ü' 日本 🛒\r\n\\.\nend"


def deliver_and_load(retailer: Retailer) -> None:
    """Load two days of deliveries, with orders of two months and a return."""
    retailer.deliver(
        "2025-01-01",
        [customer(1, last_name=HARD_TEXT), customer(2)],
        [product(1), product(2, price="0.10")],
        [
            line(1),
            line(1, product_id="P2", unit_price="0.10", total_amount="0.20"),
            line(2, order_date="2024-12-31"),
        ],
    )
    retailer.deliver(
        "2025-01-02",
        [customer(1), customer(2)],
        [product(1, price="11.00")],
        [line(3, order_date="2025-01-02", customer_id="C9")],
    )
    retailer.load()


def deliver_more_and_load(retailer: Retailer) -> None:
    """Load a third day with a correction, and remove the month before."""
    lines = [line(1, quantity="4", total_amount="42.00"), line(4)]
    folder = retailer.deliver("2025-01-03", [customer(1)], [product(1)], lines)
    retailer.load(retail_path=InputPath(str(folder)))
    shutil.rmtree(retailer.home / "lake" / ORDER_LINES.folder / "year=2024")


def write_part(lake: Path, table: Table, folder: str, rows: pyarrow.Table) -> None:
    """Write a partition as a lake without a ledger has it."""
    path = lake / table.folder / folder
    path.mkdir(parents=True, exist_ok=True)
    parquet.write_table(rows, path / f"part-{len(list(path.iterdir()))}.parquet")


def lake_on_s3(lake: Path, root: str) -> str:
    """Copy a lake to S3; its root there."""
    for path in filter(Path.is_file, lake.rglob("*")):
        target = f"{root}/lake/{path.relative_to(lake)}"
        storage_of(root).upload(str(path), target)
    return f"{root}/lake"
