"""Cuts the records of a text file into its fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from salesetl.engines import functions as F
from salesetl.engines.delimited import LONGEST_RECORD
from salesetl.readers.layouts import Layout

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

NO_PLACE = "cast(null as decimal(38, 0))"


def split_fields(
    records: DataFrame,
    layout: Layout,
    places: Mapping[str, int],
    told: Collection[int] = (),
) -> DataFrame:
    """Give each record its fields as the columns `_0`, `_1`, …, null where it is malformed.

    Only those of some places: a file may have thousands of columns, and the contract but a few. At
    those that are `told`, a malformed record has its field too, if it stands before the fault.
    """
    is_well_formed = (
        f"size(_fields) = {layout.text.width} and length(_record) <= {LONGEST_RECORD}"
    )
    fields = [
        F.expr(
            f"case when {is_well_formed} then {_text(f'_fields[{place}]', layout)}"
            f"{_first_field(place, layout) if place in told else ''} end"
        ).alias(f"_{place}")
        for place in places.values()
    ]
    return records.select(
        *fields,
        F.col("_record").alias("_raw_record"),
        F.lit(layout.header_line).alias("_source_header"),
        "_source_file",
        F.expr("_place" if layout.text.is_ordered else NO_PLACE).alias("_place"),
        F.expr(is_well_formed).alias("_is_well_formed"),
        "_is_plain",
    )


def _first_field(place: int, layout: Layout) -> str:
    text = _text(f"_first_fields[{place}]", layout)
    return f" when size(_first_fields) > {place} then {text}"


def _text(field: str, layout: Layout) -> str:
    return field if layout.text.spans else _unquoted(field)


def _unquoted(field: str) -> str:
    # Blanks may stand around the quotes.
    quoted = f"trim(both ' \t' from {field})"
    inside = f"substring({quoted}, 2, length({quoted}) - 2)"
    text = f"replace({inside}, '\"\"', '\"')"
    is_quoted = f"instr({field}, '\"') > 0 and {quoted} like '\"%'"
    return f"case when {is_quoted} then {text} else {field} end"
