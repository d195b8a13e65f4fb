"""A retailer on disk: daily deliveries, the job that stages them, and the lake it leaves."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesetl.engines.engine import Session
from salesetl.model.options import InputPath
from salesetl.model.table import Table
from salesetl.pipelines.retail.contracts import (
    RAW_CUSTOMERS,
    RAW_ORDERS,
    RAW_PRODUCTS,
)
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.rows import read_rows
from salesetl.runner.runner import run
from salesetl.runs import RunReport
from salesetl.storage import storage_of

Rows = list[dict[str, Any]]

_HEADERS = {
    contract.name: [
        field.name
        for field in contract.delivered_fields
        if field.name not in contract.places
    ]
    for contract in (RAW_CUSTOMERS, RAW_ORDERS, RAW_PRODUCTS)
}


def customer(number: int, **fields: str) -> dict[str, str]:
    """Make a delivered customer."""
    return {
        "customer_id": f"C{number}",
        "first_name": "Ann",
        "last_name": "Lee",
        "email": f"c{number}@example.org",
        "registration_date": "2024-01-01",
    } | fields


def product(number: int, **fields: str) -> dict[str, str]:
    """Make a delivered product."""
    return {
        "product_id": f"P{number}",
        "product_name": f"Product {number}",
        "category": "Books",
        "price": "10.50",
        "stock_quantity": "7",
    } | fields


def line(order: int, **fields: str) -> dict[str, str]:
    """Make a delivered order line, two of product P1 for customer C1."""
    return {
        "order_id": f"O{order}",
        "customer_id": "C1",
        "product_id": "P1",
        "order_date": "2025-01-01",
        "quantity": "2",
        "unit_price": "10.50",
        "total_amount": "21.00",
    } | fields


@dataclass
class Retailer:
    """The folders of one retailer below `home`, and the job run on them."""

    engine: Session
    home: Path

    @property
    def raw(self) -> Path:
        """The folder of all deliveries."""
        return self.home / "raw" / "retail"

    def deliver(
        self,
        day: str,
        customers: Iterable[dict[str, str]] | None = None,
        products: Iterable[dict[str, str]] | None = None,
        orders: Iterable[dict[str, str]] | None = None,
        *,
        suffix: str = "",
    ) -> Path:
        """Write the files of a delivery that are given, and return its folder."""
        folder = self.raw / f"delivered={day}"
        folder.mkdir(parents=True, exist_ok=True)
        files = {"customers": customers, "products": products, "orders": orders}
        for name, rows in files.items():
            if rows is not None:
                with (folder / f"{name}{suffix}.csv").open("w", newline="") as file:
                    writer = csv.DictWriter(file, _HEADERS[name])
                    writer.writeheader()
                    writer.writerows(rows)
        return folder

    def load(self, lake: str = "lake", **arguments: Any) -> RunReport:
        """Run stage_retail on all deliveries, or on those of `retail_path`."""
        return run(
            RETAIL,
            self.engine,
            **{
                "retail_path": InputPath(str(self.raw)),
                "output_path": str(self.home / lake),
                "max_rejected_ratio": 1.0,
                **arguments,
            },
        )

    def rows(self, table: Table, lake: str = "lake") -> Rows:
        """Return the rows of a table, by key."""
        root = str(self.home / lake / table.folder)
        found = read_rows(storage_of(root), root, table)
        return sorted(found, key=lambda row: [str(row[name]) for name in table.key])
