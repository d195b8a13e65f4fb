"""The jobs: what each reads, does and publishes."""

from collections.abc import Callable
from dataclasses import dataclass

from salesetl.pipelines import enrich_sales
from salesetl.runs import RunReport
from salesetl.schemas import RAW_SALES
from salesetl.schemas.table import Table


@dataclass(frozen=True)
class Job:
    """A job and its main feed, whose path is the argument `<feed>_path`."""

    run: Callable[..., RunReport]
    feed: Table


JOBS = {enrich_sales.JOB: Job(enrich_sales.run, RAW_SALES)}
