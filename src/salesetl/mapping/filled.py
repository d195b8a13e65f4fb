"""Fills values down that stand only on the first line of several that belong together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from salesetl import parsing
from salesetl.characters import name_key, trimmed
from salesetl.engines import functions as F
from salesetl.mapping.profile import Profile
from salesetl.mapping.sections import FillDown

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def filled_down(
    rows: DataFrame, positions: Mapping[str, str], fill: FillDown, profile: Profile
) -> DataFrame:
    """Give empty fields the value of the line above that has one, within its group and its file.

    Rows have their `_place`. A row without a value for the group keeps its own fields.
    """
    group = [positions[name_key(name)] for name in fill.within]
    keys = {
        f"_group_{place}": given_text(name, profile) for place, name in enumerate(group)
    }
    grouped = rows.withColumns({key: F.expr(text) for key, text in keys.items()})
    parts = ", ".join(["_source_file", *keys])
    frame = "rows between unbounded preceding and current row"
    window = f"partition by {parts} order by _place {frame}"
    is_grouped = " and ".join(f"{key} is not null" for key in keys)
    filled = {}
    for name in fill.columns:
        column = positions[name_key(name)]
        given = given_text(column, profile)
        last = f"last_value({given}) ignore nulls over ({window})"
        filled[column] = F.expr(f"case when {is_grouped} then {last} else {column} end")
    return grouped.withColumns(filled).select(*rows.columns)


def given_text(position: str, profile: Profile) -> str:
    """SQL for the trimmed text of a field; null where it says that there is none."""
    text = trimmed(position)
    if not profile.nulls:
        return text
    markers = ", ".join(map(parsing.text_literal, profile.nulls))
    return f"case when {text} in ({markers}) then null else {text} end"
