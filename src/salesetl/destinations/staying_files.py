"""Which files of a partition stay as they are when rows are added to it."""

from __future__ import annotations

from collections.abc import Collection

from salesetl.destinations.lake import Lake
from salesetl.model.table import Table
from salesetl.storage import StoredFile

# A file that is smaller is written again with what arrives, so that a partition to which little is
# added at a time does not become many small files (docs/decisions/0022).
LEAST_STAYING_BYTES = 2 * 1024 * 1024


def files_staying(
    lake: Lake, table: Table, folders: Collection[str], whole: Collection[str]
) -> tuple[dict[str, list[StoredFile]], dict[str, list[StoredFile]]]:
    """Return which files of partitions that change stay, and the others; none stays of `whole`."""
    staying: dict[str, list[StoredFile]] = {}
    others: dict[str, list[StoredFile]] = {}
    for folder in sorted(set(folders) & set(lake.files(table))):
        for file in lake.files(table)[folder]:
            stays = folder not in whole and file.size >= LEAST_STAYING_BYTES
            (staying if stays else others).setdefault(folder, []).append(file)
    return staying, others
