"""A feed: the rows of one source with what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from salesetl import quality
from salesetl.accounting import Tally, count_outcomes
from salesetl.engines import functions as F
from salesetl.engines.base import Engine
from salesetl.errors import BooksError
from salesetl.schemas import QUARANTINE
from salesetl.schemas.table import Table
from salesetl.storage import join
from salesetl.transforms.contract import conform

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Feed:
    """The rows of one source, each with its outcome, and their count."""

    engine: Engine
    table: Table
    labelled: DataFrame
    tally: Tally

    @property
    def accepted(self) -> DataFrame:
        """The rows to load, with the columns of the raw contract and what was joined to them."""
        rows = self.labelled.where(f"_outcome = '{quality.ACCEPTED}'")
        return rows.select(*(name for name in rows.columns if not name.startswith("_")))


def settle_feed(engine: Engine, rows: DataFrame, table: Table, path: str) -> Feed:
    """Decide the outcome of every row of a feed once, and count them.

    What is decided is kept in `path`; whatever reads the feed from here on reads that, and never
    the source again. BooksError if rows are not accounted for.
    """
    judged = engine.settle(
        quality.judge(engine.named(rows), table), join(path, "judged")
    )
    repeated = engine.settle(
        quality.find_repeated_keys(judged, table), join(path, "repeated_keys")
    )
    # Hardly a row has the key of another, so only those that do are sorted into versions.
    if engine.rows(repeated.limit(1)):
        versions = engine.settle(
            quality.decide_versions(judged, repeated, table), join(path, "versions")
        )
        single = quality.decide_single_rows(judged, repeated, table)
        labelled = single.unionByName(versions)
    else:
        labelled = quality.decide_by_reasons(judged)
    feed = Feed(engine, table, labelled, count_outcomes(engine, labelled, table))
    if not feed.tally.is_balanced:
        raise BooksError(
            f"{table.name}: rows read are not all accounted for: {feed.tally}"
        )
    return feed


def quarantined_rows(feed: Feed, run_id: str, rejected_at: str) -> DataFrame:
    """Return the rejected rows of a feed in the shape of QUARANTINE."""
    rows = feed.labelled.where(f"_outcome = '{quality.QUARANTINED}'").select(
        F.col("_raw_record").alias("raw_record"),
        F.col("_source_header").alias("source_header"),
        F.col("_source_file").alias("source_file"),
        F.expr("split(_reasons, ' ')").alias("reasons"),
        F.lit(rejected_at).cast("timestamp").alias("rejected_at"),
        F.lit(run_id).alias("run_id"),
    )
    return conform(rows, QUARANTINE)
