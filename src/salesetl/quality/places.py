"""Numbers rows of a file that belong together, such as the lines of an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.model.table import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


def with_places(rows: DataFrame, table: Table, *, is_replay: bool = False) -> DataFrame:
    """Fill the columns that are the place of a row, as the contract says, where rows have none.

    Rows are parsed, and carry the lineage of their reader. Of replayed rows the place in their file
    is not known any more, and stays null: they are told to be of the file that they first came in.
    """
    for name, shared in table.places.items():
        if is_replay and not shared:
            continue
        group = ", ".join(["_source_file", *(f"`{each}`" for each in shared)])
        place = f"row_number() over (partition by {group} order by _place, _raw_record)"
        rows = rows.withColumn(
            name, F.expr(f"coalesce(`{name}`, cast({place} as int))")
        )
    return rows
