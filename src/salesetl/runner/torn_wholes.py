"""Rejects replayed rows that would take published rows of the same whole with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.model.source import Source
from salesetl.model.table import SOURCE_FILE, Table
from salesetl.quality.judging import ACCEPTED, QUARANTINED, TORN
from salesetl.runner.run import Run
from salesetl.runner.superseding import published_rows, with_outcome

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


def without_torn(
    run: Run, source: Source, rows: DataFrame, published: Table
) -> DataFrame:
    """Reject accepted rows of a replay if rows of their whole are published from the same file.

    So it is with a record that told no order and was corrected by hand: its line would replace the
    other lines of the order. Nothing tells for sure whether a replay brings these too, for two
    lines may be equal. What is published from another file is another version, to be replaced.
    """
    unit = list(source.whole)
    there = published_rows(run, rows, published, unit, [*unit, SOURCE_FILE.name])
    if there is None:
        return rows
    accepted = rows.where(f"_outcome = '{ACCEPTED}'")
    torn = (
        _files_of(accepted, unit, "_source_file")
        .join(
            _files_of(there, unit, SOURCE_FILE.name),
            on=[*unit, "_file"],
            how="left_semi",
        )
        .select(*unit)
        .distinct()
    )
    torn = run.engine.checkpoint(torn, run.folder("torn_wholes", source.name))
    if not run.engine.rows(torn.limit(1)):
        return rows
    return with_outcome(rows, torn, unit, QUARANTINED, "_reasons", TORN.name)


def _files_of(rows: DataFrame, unit: list[str], path: str) -> DataFrame:
    # However a path is written, it is the same file.
    file = f"regexp_replace(`{path}`, '^[a-z0-9]+://', '')"
    return rows.select(*unit, F.expr(file).alias("_file")).distinct()
