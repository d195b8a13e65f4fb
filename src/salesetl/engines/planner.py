"""Plans queries with SQLFrame.

SQLFrame is imported only for a new plan, because the import takes longer than a small run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from salesetl.engines.duckdb_session import FrugalSession

Made = TypeVar("Made")

# SQLFrame knows one session in a process.
_ONE_AT_A_TIME = RLock()


class Planner:
    """Plans queries for a database, in a session of SQLFrame."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        self._own: FrugalSession | None = None

    def query(self, frame: Callable[[], Any]) -> str:
        """Return the SQL of DuckDB for a frame of SQLFrame."""
        return str(
            self.made(
                lambda: frame().sql(optimize=False, pretty=False, dialect="duckdb")
            )
        )

    def table(self, name: str, types: Mapping[str, str]) -> Any:
        """Return SQLFrame's frame of a table with columns of these types of DuckDB."""
        with self._session() as session:
            return session.frame(name, types)

    def made(self, make: Callable[[], Made]) -> Made:
        """Return what `make` makes in this session."""
        with self._session():
            return make()

    def is_frame(self, value: Any) -> bool:
        """Tell whether a value is a frame of SQLFrame."""
        from sqlframe.duckdb import DuckDBDataFrame

        return isinstance(value, DuckDBDataFrame)

    @contextmanager
    def _session(self) -> Iterator[FrugalSession]:
        from sqlframe.base.session import _BaseSession

        from salesetl.engines.duckdb_session import FrugalSession

        known: Any = _BaseSession
        with _ONE_AT_A_TIME:
            # The session may be of another engine or program, which needs it afterwards.
            other = known._instance
            known._instance = self._own
            try:
                self._own = self._own or FrugalSession(self._connection)
                yield self._own
            finally:
                known._instance = other
