"""A feed: the rows of one source with what became of each."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from salesetl import quality
from salesetl.accounting import Tally, count_outcomes
from salesetl.engines import functions as F
from salesetl.engines.base import NAME_SEPARATOR, Engine
from salesetl.errors import BooksError, InputError
from salesetl.readers.csv import UnknownColumns, report_unknown
from salesetl.readers.names import compare_names
from salesetl.runs import RunReport
from salesetl.schemas import QUARANTINE
from salesetl.schemas.table import Table
from salesetl.storage import join, natural_key
from salesetl.transforms.contract import conform

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


logger = logging.getLogger(__name__)


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
        files = _file_order(engine, judged)
        versions = engine.settle(
            quality.decide_versions(judged, repeated, files, table),
            join(path, "versions"),
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


def _file_order(engine: Engine, rows: DataFrame) -> DataFrame:
    """Number the files of rows, older ones first, as their paths say: 9 comes before 10."""
    found = engine.rows(rows.select("_source_file").distinct())
    paths = sorted((row["_source_file"] for row in found), key=natural_key)
    return engine.frame(
        [(path, number) for number, path in enumerate(paths)],
        {"_source_file": "string", "_file_order": "int"},
    )


def report_names(
    report: RunReport,
    feed: Feed,
    path: str,
    policy: UnknownColumns,
    *,
    allow_empty: bool,
) -> None:
    """Enter into the report which names of a feed of JSON its contract does not know or misses.

    InputError if no object has any column of the contract; or, where unknown columns are to fail,
    if there is an unknown one or one that no object has.
    """
    table = feed.table
    each = F.explode(F.split("_names", NAME_SEPARATOR)).alias("name")
    rows = feed.engine.rows(feed.labelled.select(each).distinct())
    names = compare_names((row["name"] for row in rows if row["name"]), table.schema)
    if names.unknown and not names.known and not allow_empty:
        raise InputError(
            f"{path}: no row has any column of {table.name}; there are"
            f" {', '.join(names.unknown[:10])}. If the rows are inside one of them, deliver an"
            " object a line, or that list alone"
        )
    if names.known and names.absent:
        told = f"{path}: no row of {table.name} has {names.absent_text}"
        if policy == "fail":
            raise InputError(
                f"{told}; correct the names, or pass --unknown_columns ignore"
            )
        logger.warning("%s; what is missing is empty", told)
        report.absent_columns += [f"{table.name}.{name}" for name in names.absent]
    unknown = [f"{table.name}.{name}" for name in names.unknown]
    report_unknown(dict.fromkeys(unknown, path), policy)
    report.unknown_columns = [*report.unknown_columns, *unknown]


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
