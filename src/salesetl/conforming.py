"""Bringing a frame into the shape of its contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.model.table import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


def conform(frame: DataFrame, table: Table) -> DataFrame:
    """Return exactly the columns of the contract, in its order, with its types."""
    return frame.select(
        *(
            F.col(name).cast(data_type).alias(name)
            for name, data_type in table.types.items()
        )
    )
