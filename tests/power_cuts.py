"""A disk that is cut off after so many operations, as when the machine of a run dies."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from salesetl.storage.disk import LocalStorage

_WHOLE = (
    "files",
    "read",
    "read_from",
    "read_end",
    "write",
    "update",
    "download",
    "upload",
)
_BY_ITEM = ("move", "delete_files")


class PowerCut(Exception):
    """The machine went dark."""


class _Power:
    """So many operations, then no more; `used` counts them."""

    def __init__(self, operations: int) -> None:
        self.operations, self.used = operations, 0

    def use(self) -> None:
        """Do an operation, or fail."""
        self.used += 1
        if self.used > self.operations:
            raise PowerCut


@contextmanager
def power_for(operations: int, lake: Path) -> Iterator[_Power]:
    """Let a disk do so many operations; then the run in the block is dead, and leaves its lease.

    That is taken away here, as from a run that is known to be dead.
    """
    power = _Power(operations)
    with pytest.MonkeyPatch.context() as patched:
        for name in _WHOLE:
            patched.setattr(LocalStorage, name, _counted(name, power))
        for name in _BY_ITEM:
            patched.setattr(LocalStorage, name, _counted_by_item(name, power))
        patched.setattr(LocalStorage, "delete", _counted("delete", power))
        with suppress(PowerCut):
            yield power
    for lease in lake.glob("*/_lease.json"):
        lease.unlink()


def _counted(name: str, power: _Power) -> Callable[..., Any]:
    original = getattr(LocalStorage, name)

    def operation(*words: Any, **named: Any) -> Any:
        power.use()
        return original(*words, **named)

    return operation


def _counted_by_item(name: str, power: _Power) -> Callable[..., Any]:
    original = getattr(LocalStorage, name)

    def operation(storage: LocalStorage, items: list[Any]) -> list[Any]:
        absent: list[Any] = []
        for item in items:
            power.use()
            absent += original(storage, [item]) or []
        return absent

    return operation
