"""Bringing a frame into the shape of its contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl import columns
from salesetl.engines import functions as F
from salesetl.schemas.table import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def parse_fields(raw: DataFrame, table: Table) -> DataFrame:
    """Turn the text of every contract column into its type; null where it has not the form.

    Other columns, such as the lineage of the reader, are kept as they are, but for `_is_plain`,
    which says what is to be trimmed. No row is dropped.
    """
    known = {*table.columns, "_is_plain"}
    lineage = [name for name in raw.columns if name not in known]
    # In two steps, so that an engine trims each field once and not wherever its text is looked at.
    texts = [F.expr(columns.cleaned(field)).alias(field.name) for field in table.schema]
    values = [F.expr(columns.parsed(field)).alias(field.name) for field in table.schema]
    return raw.select(*texts, *lineage).select(*values, *lineage)


def conform(frame: DataFrame, table: Table) -> DataFrame:
    """Return exactly the columns of the contract, in its order, with its types."""
    return frame.select(
        *(
            F.col(name).cast(data_type).alias(name)
            for name, data_type in table.types.items()
        )
    )
