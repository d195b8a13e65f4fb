"""Generated deliveries of retail, as a reader finds them."""

import csv
import json
from collections import defaultdict
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from generators.__main__ import main
from generators.retail_dirt import CUSTOMER_DIRT, ORDER_DIRT, PRODUCT_DIRT

DAYS = [date(2025, 1, 1) + timedelta(days=day) for day in range(30)]
COLUMNS = {
    "customers": [
        "customer_id",
        "first_name",
        "last_name",
        "email",
        "registration_date",
    ],
    "products": ["product_id", "product_name", "category", "price", "stock_quantity"],
    "orders": [
        "order_id",
        "customer_id",
        "product_id",
        "order_date",
        "quantity",
        "unit_price",
        "total_amount",
    ],
}
KINDS = {
    "customers": CUSTOMER_DIRT,
    "products": PRODUCT_DIRT,
    "orders": ORDER_DIRT,
}


class World:
    """Generated files, by their path below the root, and what they hold."""

    def __init__(self, root: Path, *words: str) -> None:
        main(["retail", *words, "--output_path", str(root)])
        files = [path for path in root.rglob("*") if path.is_file()]
        self.files = {str(path.relative_to(root)): path.read_bytes() for path in files}
        self.answers: dict[str, Any] = json.loads(self.files["_answers/retail.json"])

    @property
    def truth(self) -> dict[str, Any]:
        """What a warehouse must have in the end."""
        found: dict[str, Any] = self.answers["truth"]
        return found

    def lines(self, day: date, name: str) -> list[str]:
        """Return the lines of a file below its header."""
        content = self.files[f"retail/delivered={day}/{name}.csv"].decode()
        header, *lines = content.splitlines()
        assert header == ",".join(COLUMNS[name])
        return lines

    def rows(self, day: date, name: str) -> list[dict[str, str]]:
        """Return the rows of a file."""
        lines = [",".join(COLUMNS[name]), *self.lines(day, name)]
        return list(csv.DictReader(lines))

    def histories(
        self, name: str, *columns: str
    ) -> dict[str, list[tuple[str, ...] | None]]:
        """Return what the snapshots say of each key day by day, None where it is missing."""
        key = COLUMNS[name][0]
        found: dict[str, list[tuple[str, ...] | None]] = {}
        for place, day in enumerate(DAYS):
            for row in self.rows(day, name):
                days = found.setdefault(row[key], [None] * len(DAYS))
                days[place] = tuple(row[column] for column in columns)
        return found

    def deliveries(self) -> dict[str, dict[date, list[dict[str, str]]]]:
        """Return the lines of each order by the day of their delivery."""
        found: dict[str, dict[date, list[dict[str, str]]]] = defaultdict(dict)
        for day in DAYS:
            for order_id, lines in groupby(
                self.rows(day, "orders"), lambda row: row["order_id"]
            ):
                assert day not in found[order_id], "an order is in one piece"
                found[order_id][day] = list(lines)
        return found
