"""A stream of events on disk: the files that it delivers, the job that stages them, and its lake."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesetl.engines.engine import Session
from salesetl.model.options import InputPath
from salesetl.model.table import Table
from salesetl.pipelines.events.pipeline import EVENTS_PIPELINE
from salesetl.rows import read_rows
from salesetl.runner.runner import run
from salesetl.runs import RunReport
from salesetl.storage import storage_of

Event = dict[str, Any]
Rows = list[dict[str, Any]]


def view(number: int, **fields: Any) -> Event:
    """Make a delivered view of product 101 by customer C1."""
    return {
        "event_id": f"E{number}",
        "event_type": "product_view",
        "session_id": "S1",
        "event_timestamp": "2025-01-01T10:00:00.125Z",
        "customer": {
            "customer_id": "C1",
            "name": "Ann Lee",
            "email": "c1@example.org",
            "country": "DE",
        },
        "session": {"channel": "Google", "device": "mobile"},
        "product": product(),
    } | fields


def product(number: int = 101, price: float = 10.05) -> dict[str, Any]:
    """Make a product as an event has it."""
    return {
        "product_id": str(number),
        "name": f"Product {number}",
        "category": "Sports",
        "price": price,
    }


def order(number: int, state: str = "order_create", **fields: Any) -> Event:
    """Make an event of an order of two of product 101 and one of 201; `fields` are of the order."""
    found = {
        "order_id": f"O{number}",
        "items": [
            {"product": product(101), "quantity": 2},
            {"product": product(201, 5), "quantity": 1},
        ],
        "subtotal": 25.10,
        "tax": 4.77,
        "shipping": 4.90,
        "total_amount": 34.77,
        "currency": "EUR",
        "status": "created",
    } | fields
    event = view(0, event_id=f"E{number}-{state}", event_type=state, order=found)
    del event["product"]
    return event


@dataclass
class EventStream:
    """The files of one stream below `home`, and the job run on them."""

    engine: Session
    home: Path

    @property
    def raw(self) -> Path:
        """The folder of all files."""
        return self.home / "raw" / "events"

    def deliver(
        self,
        name: str,
        events: Iterable[Event | str],
        between: str = "\n",
    ) -> Path:
        """Write a gzipped file of events, with something between them."""
        path = self.raw / f"2025/01/01/10/{name}.json.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        texts = [each if isinstance(each, str) else json.dumps(each) for each in events]
        path.write_bytes(gzip.compress(between.join(texts).encode()))
        return path

    def load(self, lake: str = "lake", **arguments: Any) -> RunReport:
        """Run stage_events on all files, or on those of `events_path`."""
        return run(
            EVENTS_PIPELINE,
            self.engine,
            **{
                "events_path": InputPath(str(self.raw)),
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
