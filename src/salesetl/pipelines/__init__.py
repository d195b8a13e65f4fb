"""The jobs: what each reads, does and publishes."""

from collections.abc import Callable
from dataclasses import dataclass

from salesetl.pipelines import enrich_sales, flatten_orders
from salesetl.runs import RunReport
from salesetl.schemas.table import Table


@dataclass(frozen=True)
class Job:
    """A job, the feeds it reads, the main one first, and the tables it writes."""

    run: Callable[..., RunReport]
    feeds: tuple[Table, ...]
    tables: tuple[Table, ...]

    @property
    def feed(self) -> Table:
        """The main feed, whose path is the argument `<feed>_path`."""
        return self.feeds[0]


JOBS = {
    enrich_sales.JOB: Job(
        enrich_sales.run,
        feeds=enrich_sales.FEEDS,
        tables=enrich_sales.TABLES,
    ),
    flatten_orders.JOB: Job(
        flatten_orders.run,
        feeds=flatten_orders.FEEDS,
        tables=flatten_orders.TABLES,
    ),
}
