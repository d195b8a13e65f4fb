"""The jobs: what each reads, does and publishes."""

from collections.abc import Callable
from dataclasses import dataclass

from salesetl.pipelines import enrich_sales, flatten_orders
from salesetl.runs import RunReport
from salesetl.schemas import RAW_ORDERS, RAW_SALES
from salesetl.schemas.table import Table


@dataclass(frozen=True)
class Job:
    """A job and its main feed, whose path is the argument `<feed>_path`."""

    run: Callable[..., RunReport]
    feed: Table


JOBS = {
    enrich_sales.JOB: Job(enrich_sales.run, RAW_SALES),
    flatten_orders.JOB: Job(flatten_orders.run, RAW_ORDERS),
}
