"""DuckDB as a warehouse: a file of its own."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesetl.engines.duckdb_text import literal
from salesetl.errors import InputError, LeaseError, SetupError
from salesetl.warehouses.dialects import DUCKDB
from salesetl.warehouses.parts import Part
from salesetl.warehouses.unloaded_files import file_for
from salesetl.warehouses.warehouse import DbtTarget

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class DuckDbConnection:
    """One connection to a file of DuckDB."""

    def __init__(self, opened: DuckDBPyConnection) -> None:
        self._opened = opened
        opened.execute("set TimeZone = 'UTC'")

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement, and return its rows."""
        found = self._opened.execute(statement)
        return found.fetchall() if found.description else []

    def columns(self, name: str) -> dict[str, str]:
        """Return the types of the columns of `schema.table`."""
        schema, table = name.split(".")
        return dict(
            self.execute(
                "select column_name, lower(data_type) from information_schema.columns"
                f" where table_catalog = current_database() and table_schema = '{schema}'"
                f" and table_name = '{table}' order by ordinal_position"
            )
        )

    def copy(self, part: Part, name: str) -> None:
        """Add the rows of a partition."""
        names = ", ".join(part.table.columns)
        for batch in part.batches():
            self._opened.register("_batch", batch)
            self._opened.execute(f"insert into {name} ({names}) select * from _batch")
            self._opened.unregister("_batch")

    def unload(self, name: str, target: str) -> None:
        """Write the rows as Parquet."""
        with file_for(target) as file:
            self.execute(
                f"copy (select * from {name}) to {literal(file)}"
                " (format parquet, compression snappy)"
            )


class HeldFile:
    """A copy of the file that takes its place when all is done."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def target(self) -> DbtTarget:
        """Where dbt builds."""
        return DbtTarget(
            "duckdb_warehouse", {"SALESETL_WAREHOUSE_PATH": str(self._path)}
        )

    @contextmanager
    def transaction(self) -> Iterator[DuckDbConnection]:
        """Open the copy, and commit what was done."""
        opened = _connect(self._path)
        try:
            opened.execute("begin")
            yield DuckDbConnection(opened)
            opened.execute("commit")
            opened.execute("checkpoint")
        finally:
            opened.close()


class DuckDbFile:
    """A warehouse in a file, which readers can open at any time.

    A writer of DuckDB locks readers out, so all is written in a copy beside the file, which then
    takes its place. Who reads the old one goes on doing so.
    """

    dialect = DUCKDB

    def __init__(self, path: str) -> None:
        self.path = Path(path).absolute()

    def place(self, name: str) -> tuple[str, str]:
        """Name a table by the file."""
        return f"duckdb://{self.path}", f"{self.path.stem}.{name}"

    @contextmanager
    def held(self, namespace: str) -> Iterator[HeldFile]:
        """Be the only writer of the file.

        LeaseError at the end if somebody else has written to it all the same, such as an analyst
        who made a view: it would be lost.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(self.path):
            # What a killed writer has left.
            self._remove_next()
            if self.path.exists():
                self._settle()
            before = _state_of(self.path)
            if before:
                shutil.copyfile(self.path, self._next)
            try:
                yield HeldFile(self._next)
                if self._next.exists():
                    if _state_of(self.path) != before:
                        raise LeaseError(
                            f"{self.path}: somebody else has written to the warehouse meanwhile;"
                            " nothing was changed, try again"
                        )
                    os.replace(self._next, self.path)
            finally:
                self._remove_next()

    @contextmanager
    def reading(self) -> Iterator[DuckDbConnection]:
        """Open the file to look only; a warehouse is empty until it is loaded."""
        is_there = self.path.exists()
        opened = _connect(self.path if is_there else ":memory:", is_read_only=is_there)
        try:
            opened.execute("begin")
            yield DuckDbConnection(opened)
        finally:
            opened.close()

    @property
    def _next(self) -> Path:
        return self.path.with_name(f"{self.path.name}.next")

    def _remove_next(self) -> None:
        for path in (self._next, _log_of(self._next)):
            path.unlink(missing_ok=True)

    def _settle(self) -> None:
        """Write into the file what somebody else has left in its log."""
        if _log_of(self.path).exists():
            _connect(self.path).close()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with open(f"{path}.lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LeaseError(
                f"{path}: another process is writing to the warehouse; try again when it is done"
            ) from None
        try:
            yield
        finally:
            with suppress(OSError):
                fcntl.flock(lock, fcntl.LOCK_UN)


def _state_of(path: Path) -> tuple[int, int, int, bool] | None:
    """Tell one state of a file and its log from another; None if there is none."""
    if not path.exists():
        return None
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, _log_of(path).exists()


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _connect(path: Path | str, *, is_read_only: bool = False) -> DuckDBPyConnection:
    try:
        import duckdb
    except ImportError as error:
        raise SetupError(
            "DuckDB is not installed: pip install 'salesetl[embedded]'"
        ) from error
    try:
        return duckdb.connect(str(path), read_only=is_read_only)
    except duckdb.IOException as error:
        raise InputError(
            f"{path}: cannot be opened; close what has it open for writing, or name another file"
        ) from error
