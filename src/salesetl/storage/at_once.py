"""Work on many files at once, where each is mostly waiting for a store to answer."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from salesetl.aws import FILES_AT_ONCE

Item = TypeVar("Item")
Found = TypeVar("Found")


def each_at_once(
    work: Callable[[Item], Found], items: Iterable[Item], workers: int = FILES_AT_ONCE
) -> list[Found]:
    """Return what `work` returns for each item, in their order; several are worked on at once.

    When one fails, or the run is to end, those that have not begun are left, those that have are
    waited for, and the error of the first is raised.
    """
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, items))
