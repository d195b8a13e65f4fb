"""Gives a frame the columns and types of its contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.model.table import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


def conform(frame: DataFrame, table: Table) -> DataFrame:
    """Return exactly the columns of the contract, in its order, with its types.

    Columns of lineage are null where the frame has none, as it was not read by a run.
    """
    unread = {
        field.name
        for field in table.schema
        if field.metadata.get("is_lineage") and field.name not in frame.columns
    }
    return frame.select(
        *(
            (F.lit(None) if name in unread else F.col(name)).cast(data_type).alias(name)
            for name, data_type in table.types.items()
        )
    )
