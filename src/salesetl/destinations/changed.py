"""Works out which partitions of a table will not hold what they hold already."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from salesetl.destinations.lake import Change, Lake
from salesetl.destinations.staying_files import files_staying
from salesetl.model.table import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def changed_partitions(
    lake: Lake,
    table: Table,
    arriving: DataFrame,
    touched: set[str],
    replaced_in: set[str],
    also: Collection[str],
    whole: Collection[str],
    *,
    goes: Callable[[DataFrame], DataFrame],
    stays: Callable[[DataFrame], DataFrame],
) -> Change:
    """Return the change of the partitions that will not hold what they hold already.

    Rows arrive in those that are `touched`. Of published rows those in `replaced_in` go, as far as
    `goes` says, and the others stay; where none goes, large files stay as they are.
    """
    concerned = touched | replaced_in
    changed = set(concerned)
    if replaced_in:
        going = goes(lake.read(table, sorted(replaced_in)))
        # Where rows arrive and none goes, they are new.
        changed -= replaced_in
        changed |= lake.differing(table, going, arriving, concerned - changed)
    as_it_is = sorted(concerned - changed - set(also))
    changed |= set(also)
    staying, others = files_staying(lake, table, changed, replaced_in | set(whole))
    kept = lake.read_files(table, others)
    if kept is not None and replaced_in & set(others):
        kept = stays(kept).select(*table.columns)
    return Change(
        table,
        arriving.where(lake.is_in(table, changed)) if as_it_is else arriving,
        kept,
        sorted(changed),
        goes(lake.read(table, as_it_is)).select(*table.columns) if as_it_is else None,
        as_it_is,
        lake.read_files(table, staying),
        staying,
    )
