"""A web shop on disk: batches of sales, users and products, and the job that curates them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesetl.engines.engine import Session
from salesetl.model.options import InputPath
from salesetl.model.table import Table
from salesetl.pipelines.shop.pipeline import SHOP
from salesetl.rows import read_rows
from salesetl.runner.runner import run
from salesetl.runs import RunReport
from salesetl.storage import storage_of

_USER = {"name": "A B", "phone_number": "+91 98 7654 3210", "city": "Pune"}
_PRODUCT = {"product_name": "Mouse", "category": "Accessories", "current_price": 10.5}


def web_sale(number: int, **fields: Any) -> dict[str, Any]:
    """Make a delivered sale, two of product 200 to user 1000."""
    return {
        "order_id": f"S{number}",
        "user_id": 1000,
        "product_id": 200,
        "quantity": 2,
        "unit_price": 10.5,
        "total_amount": 21.0,
        "payment_type": "UPI",
        "order_time": "2025-01-31T08:30:00Z",
    } | fields


@dataclass
class WebShop:
    """The folders of one web shop below `home`, and the job run on them."""

    engine: Session
    home: Path

    @property
    def raw(self) -> Path:
        """The folder of all that is delivered."""
        return self.home / "raw" / "shop"

    def deliver(
        self, day: str, sales: Iterable[dict[str, Any]], file: str = "sales.json"
    ) -> Path:
        """Write a batch of sales of a day, user 1000 and product 200; return the batch."""
        self._write("users/city=Pune/1000.json", [{"user_id": 1000} | _USER])
        self._write(
            "products/category=Accessories/200.json", [{"product_id": 200} | _PRODUCT]
        )
        return self._write(f"sales/date={day}/{file}", sales)

    def _write(self, name: str, objects: Iterable[dict[str, Any]]) -> Path:
        path = self.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(each)}\n" for each in objects))
        return path

    def load(self, lake: str = "lake", **arguments: Any) -> RunReport:
        """Run curate_shop_sales."""
        paths = {
            f"{name}_path": InputPath(str(self.raw / name))
            for name in ("sales", "users", "products")
        }
        return run(
            SHOP,
            self.engine,
            **{
                **paths,
                "output_path": str(self.home / lake),
                "max_rejected_ratio": 1.0,
                **arguments,
            },
        )

    def rows(self, table: Table, lake: str = "lake") -> list[dict[str, Any]]:
        """Return the rows of a table, by key."""
        root = str(self.home / lake / table.folder)
        found = read_rows(storage_of(root), root, table)
        return sorted(found, key=lambda row: [str(row[name]) for name in table.key])
