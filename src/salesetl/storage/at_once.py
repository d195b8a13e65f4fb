"""Runs work on many files at once, because most of the time is waiting for storage."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from salesetl.aws import FILES_AT_ONCE

Item = TypeVar("Item")
Found = TypeVar("Found")


def each_at_once(
    work: Callable[[Item], Found], items: Iterable[Item], workers: int = FILES_AT_ONCE
) -> list[Found]:
    """Return the results of `work` for all items, in order; several run at once.

    When one fails, or the run is to end, those that have not begun are left, those that have are
    waited for, and the error of the first is raised.
    """
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, items))
