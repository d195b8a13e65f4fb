"""Loading on both engines, and seeing that nothing differs in what they leave."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from salesetl.engines.engine import Engine, Session
from salesetl.errors import SalesEtlError
from salesetl.pipelines.orders.contracts import FACT_ORDER_ITEMS, FACT_ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, SALES_SUMMARY
from salesetl.runs import RunReport
from tests.jobs.books import books_of, rejected_rows
from tests.jobs.shop import Shop

# How a run is started: on a shop, into a lake of that name.
Load = Callable[[Shop, str], RunReport]

SALES = ("sales", (ENRICHED_SALES, SALES_SUMMARY))
ORDERS = ("orders", (FACT_ORDERS, FACT_ORDER_ITEMS))


@dataclass(frozen=True)
class Engines:
    """The two engines, and the folder that they share."""

    embedded: Engine
    spark: Session
    home: Path

    def load_sales(self, sales_path: Path, **arguments: Any) -> RunReport:
        """Load sales on each engine into a lake of its own, compare, and return the report."""
        values = {"allow_empty": True, **arguments}
        return self._load(
            lambda shop, lake: shop.load(sales_path, lake=lake, **values), SALES
        )

    def load_orders(self, orders_path: Path, **arguments: Any) -> RunReport:
        """Load orders on each engine into a lake of its own, compare, and return the report."""
        values = {"allow_empty": True, **arguments}
        return self._load(
            lambda shop, lake: shop.load_orders(orders_path, lake=lake, **values),
            ORDERS,
        )

    def _load(self, load: Load, pipeline: tuple[str, Sequence[Any]]) -> RunReport:
        parent = Path(mkdtemp(dir=self.home)).name
        books = []
        for name, engine in (("duckdb", self.embedded), ("spark", self.spark)):
            shop, lake = Shop(engine, self.home), f"{parent}/{name}"
            report = load(shop, lake)
            books.append(books_of(shop, report, lake, *pipeline))
        assert books[1] == books[0]
        return report

    def refuse(self, load: Load, pipeline: tuple[str, Sequence[Any]], lake: str) -> str:
        """See that a run is refused on each engine in the same words, which are returned.

        Each runs on a copy of a lake, and leaves the same tables and quarantine.
        """
        feed, tables = pipeline
        found = []
        for name, engine in (("duckdb", self.embedded), ("spark", self.spark)):
            own = f"{Path(mkdtemp(dir=self.home)).name}/{name}"
            shutil.copytree(self.home / lake, self.home / own)
            shop = Shop(engine, self.home)
            with pytest.raises(SalesEtlError) as refusal:
                load(shop, own)
            told = str(refusal.value).replace(str(self.home / own), lake)
            rows = [shop.rows(table, own) for table in tables]
            found.append((told, rows, rejected_rows(shop, own, feed)))
        assert found[1] == found[0]
        before = Shop(self.embedded, self.home)
        assert found[0][1] == [before.rows(table, lake) for table in tables]
        return found[0][0]

    def take_turns(
        self, runs: Sequence[Load], pipeline: tuple[str, Sequence[Any]], lake: str
    ) -> list[dict[str, Any]]:
        """Load one delivery after the other, and compare the books after each; return them.

        Once on the embedded engine alone, and once on Spark and the embedded engine by turns, each
        of which goes on where the other has left off.
        """
        alone = Shop(self.embedded, self.home)
        found = []
        for number, load in enumerate(runs):
            other = Shop(self.embedded if number % 2 else self.spark, self.home)
            books = [
                books_of(shop, load(shop, own), own, *pipeline)
                for shop, own in ((alone, "alone"), (other, lake))
            ]
            assert books[1] == books[0], f"run {number}"
            found.append(books[0])
        return found
