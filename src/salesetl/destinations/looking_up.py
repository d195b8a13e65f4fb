"""Looks published rows up by their keys, in as few files and columns as may have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from salesetl.destinations.footers import text_range
from salesetl.destinations.lake import Lake
from salesetl.destinations.partitions import Sought, key_column
from salesetl.model.table import Table
from salesetl.storage import StoredFile
from salesetl.storage.at_once import each_at_once

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def look_up(
    lake: Lake, table: Table, columns: Sequence[str], sought: Sought
) -> DataFrame | None:
    """Read some columns of the rows among which sought keys may be; None if there are none.

    The columns of the partitions come with them.
    """
    return lake.read_files(table, files_that_may_hold(lake, table, sought), columns)


def files_that_may_hold(
    lake: Lake, table: Table, sought: Sought
) -> dict[str, list[StoredFile]]:
    """Return the files, by partition, in which a key may be that is sought.

    First the ledger tells of partitions, then the footers of the files that are left.
    """
    known, column = lake.entries(table), key_column(table)
    files = {
        folder: found
        for folder, found in lake.files(table).items()
        if sought.may_be_in(folder)
        and (folder not in known or known[folder].may_hold(sought.ranges))
    }
    if sought.ranges is None or column is None:
        return files
    listed = [file for found in files.values() for file in found]
    bounds = each_at_once(lambda file: text_range(file, column), listed)
    held = {
        file.path
        for file, bound in zip(listed, bounds, strict=True)
        if bound is None or sought.may_be_between(*bound)
    }
    return {
        folder: [file for file in found if file.path in held]
        for folder, found in files.items()
    }
