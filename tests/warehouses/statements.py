"""Does something at each statement that a load or a build sends to a warehouse."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from salesetl.warehouses.duckdb_file import DuckDbConnection
from salesetl.warehouses.postgresql import PostgresConnection
from salesetl.warehouses.redshift_files import RedshiftConnection
from salesetl.warehouses.snowflake_rows import SnowflakeConnection

_OWNERS = (
    DuckDbConnection,
    PostgresConnection,
    RedshiftConnection,
    SnowflakeConnection,
)


class StatementError(Exception):
    """What a statement is made to fail with."""


@contextmanager
def before_each(act: Callable[[int], object]) -> Iterator[list[int]]:
    """Do something before each statement, with its number from 1; the list has the last one."""
    number = [0]
    with pytest.MonkeyPatch.context() as patch:
        for owner in _OWNERS:
            for name in ("execute", "copy"):
                patch.setattr(owner, name, _watched(getattr(owner, name), number, act))
        yield number


def failing_at(due: int) -> Callable[[int], None]:
    """Fail at the statement of a number."""

    def act(number: int) -> None:
        if number == due:
            raise StatementError

    return act


def _watched(
    original: Callable[..., Any], number: list[int], act: Callable[[int], object]
) -> Callable[..., Any]:
    def watched(*words: Any) -> Any:
        number[0] += 1
        act(number[0])
        return original(*words)

    return watched
