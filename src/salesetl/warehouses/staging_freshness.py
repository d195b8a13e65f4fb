"""Tells whether the rows of a warehouse arrive as their tables declare."""

from __future__ import annotations

from datetime import UTC, datetime

from salesetl.errors import QualityError
from salesetl.model.lineage_columns import LOADED_AT
from salesetl.model.pipeline import Pipeline
from salesetl.warehouses.dialects import staging_table
from salesetl.warehouses.mirror import require_loaded
from salesetl.warehouses.warehouse import Warehouse


def check_freshness(
    warehouse: Warehouse, pipeline: Pipeline, now: datetime | None = None
) -> list[str]:
    """Return a line for each table of which the newest row is older than its first limit.

    `now` is a moment in UTC. QualityError if one has no rows, or is older than its second limit;
    InputError if nothing was loaded yet.
    """
    moment = (now or datetime.now(UTC)).replace(tzinfo=None)
    late, too_late = [], []
    with warehouse.reading() as connection:
        require_loaded(connection, pipeline)
        for table in pipeline.tables:
            if not table.freshness:
                continue
            name = staging_table(table)
            # Moments in a warehouse are in UTC, without a time zone.
            [[newest]] = connection.execute(f"select max({LOADED_AT.name}) from {name}")
            if newest is None:
                too_late.append(f"{name}: has no rows")
                continue
            hours = (moment - newest).total_seconds() / 3600
            told = (
                f"{name}: the newest row was loaded {hours:.1f} hours ago, at {newest}"
            )
            if hours > table.freshness.error_after_hours:
                too_late.append(told)
            elif hours > table.freshness.warn_after_hours:
                late.append(told)
    if too_late:
        raise QualityError(
            f"{'; '.join(too_late)}: see whether files still arrive, and the last run of"
            f" {pipeline.job}"
        )
    return late
