"""A shop on disk: deliveries, the job that loads them, and the lake it leaves, read without Spark."""

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesetl.engines.engine import Session
from salesetl.model.options import InputPath
from salesetl.model.quarantine_table import QUARANTINE
from salesetl.model.table import Table
from salesetl.pipelines.orders.contracts import FACT_ORDER_ITEMS, FACT_ORDERS
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, SALES_SUMMARY
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.rows import read_rows
from salesetl.runner.runner import run
from salesetl.runs import RunReport
from salesetl.storage import storage_of
from tests.frames import ORDER, SALE

Rows = list[dict[str, Any]]


def sale(number: int, **fields: str) -> dict[str, str]:
    """Make a delivered sale, number n on day n of September 2025 unless told otherwise."""
    return (
        SALE | {"transaction_id": f"T{number}", "date": f"2025-09-{number:02}"} | fields
    )


def order(number: int, **fields: Any) -> dict[str, Any]:
    """Make a delivered order, number n on day n of January 2025 unless told otherwise."""
    moment = f"2025-01-{number:02}T08:30:00Z"
    return ORDER | {"order_id": f"O{number}", "order_timestamp": moment} | fields


def sums(report: RunReport, state: str) -> str | dict[str, str]:
    """Return what a report says of the one amount in a state, by currency if it has some."""
    [by_currency] = report.amounts.values()
    found = {name: states[state] for name, states in by_currency.items()}
    if list(found) == [""]:
        return found[""]
    return {name: text for name, text in found.items() if text != "0.00"}


@dataclass
class Shop:
    """The folders of one shop below `home`, and the jobs run on them."""

    engine: Session
    home: Path

    def deliver(self, name: str, sales: Iterable[dict[str, str]]) -> Path:
        """Write a delivery of sales, a folder with one file, and return the folder."""
        path = self.home / name / "sales.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = list(sales)
        names = dict.fromkeys(name for row in [SALE, *rows] for name in row)
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(names))
            writer.writeheader()
            writer.writerows(rows)
        return path.parent

    def deliver_orders(
        self, name: str, orders: Iterable[dict[str, Any]], file: str = "orders.json"
    ) -> Path:
        """Write a delivery of orders, a line each, and return its folder."""
        path = self.home / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(each)}\n" for each in orders))
        return path.parent

    def customers(self) -> Path:
        """Write customers C1 and C2."""
        path = self.home / "customers.json"
        tiers = {"C1": "Gold", "C2": "Bronze"}
        path.write_text(
            "\n".join(
                json.dumps(
                    {
                        "customer_id": customer_id,
                        "age_group": "26-35",
                        "membership_tier": tier,
                        "signup_date": "2024-01-01",
                    }
                )
                for customer_id, tier in tiers.items()
            )
        )
        return path

    def load(
        self,
        sales_path: Path | str,
        customers_path: Path | None = None,
        lake: str = "lake",
        **arguments: Any,
    ) -> RunReport:
        """Run enrich_sales."""
        return run(
            SALES,
            self.engine,
            sales_path=InputPath(str(sales_path)),
            customers_path=InputPath(str(customers_path or self.customers())),
            **{
                "output_path": str(self.home / lake),
                "max_rejected_ratio": 1.0,
                **arguments,
            },
        )

    def load_orders(
        self, orders_path: Path, lake: str = "lake", **arguments: Any
    ) -> RunReport:
        """Run flatten_orders."""
        return run(
            ORDERS,
            self.engine,
            orders_path=InputPath(str(orders_path)),
            output_path=str(self.home / lake),
            **{"max_rejected_ratio": 1.0, **arguments},
        )

    def rows(self, table: Table, lake: str = "lake") -> Rows:
        """Read a table of the lake, sorted, but for the files that its rows came from."""
        root = str(self.home / lake / table.folder)
        rows = read_rows(storage_of(root), root, table)
        for row in rows:
            row.pop("source_file", None)
        return sorted(rows, key=lambda row: str(sorted(row.items())))

    def ids(self, lake: str = "lake") -> list[str]:
        """Return the ids of all sales in the lake, repeated if they are there repeatedly."""
        return sorted(row["transaction_id"] for row in self.rows(ENRICHED_SALES, lake))

    def tables(self, lake: str = "lake") -> tuple[Rows, Rows]:
        """Read both tables of the lake."""
        return self.rows(ENRICHED_SALES, lake), self.rows(SALES_SUMMARY, lake)

    def order_tables(self, lake: str = "lake") -> tuple[Rows, Rows]:
        """Read orders and their lines, each sorted by its key."""
        orders = self.rows(FACT_ORDERS, lake)
        lines = self.rows(FACT_ORDER_ITEMS, lake)
        orders.sort(key=lambda row: str(row["order_id"]))
        lines.sort(key=lambda row: (row["order_id"], row["line_number"]))
        return orders, lines

    def quarantine(self, lake: str = "lake", feed: str = "sales") -> Rows:
        """Read what is in quarantine of a feed."""
        root = str(
            self.home
            / lake
            / ("orders" if feed == "orders" else "sales")
            / "quarantine"
            / feed
        )
        return read_rows(storage_of(root), root, QUARANTINE)

    def months(
        self, lake: str = "lake", table: Table = ENRICHED_SALES
    ) -> dict[str, int]:
        """Count the files of each partition of a table."""
        folders = (self.home / lake / table.folder).glob("*=*/*=*")
        return {
            f"{folder.parent.name}/{folder.name}": len(list(folder.glob("*.parquet")))
            for folder in sorted(folders)
        }
