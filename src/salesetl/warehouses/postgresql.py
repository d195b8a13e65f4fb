"""PostgreSQL as a warehouse."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from salesetl.errors import InputError, LeaseError, SetupError, WarehouseError
from salesetl.warehouses.dialects import POSTGRESQL
from salesetl.warehouses.parts import Part
from salesetl.warehouses.postgresql_text import copy_text, kind
from salesetl.warehouses.unloaded_files import file_for, schema_of, write_rows
from salesetl.warehouses.warehouse import DbtTarget

if TYPE_CHECKING:
    import psycopg


class PostgresConnection:
    """One connection to PostgreSQL."""

    def __init__(self, opened: psycopg.Connection[Any]) -> None:
        self._opened = opened

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement, and return its rows."""
        found = self._opened.execute(statement.encode())
        return found.fetchall() if found.description else []

    def columns(self, name: str) -> dict[str, str]:
        """Return the types of the columns of `schema.table`."""
        found = dict(
            self.execute(
                "select attname, format_type(atttypid, atttypmod) from pg_attribute"
                f" where attrelid = to_regclass('{name}') and attnum > 0 and not attisdropped"
                " order by attnum"
            )
        )
        return {column: kind(shown) for column, shown in found.items()}

    def copy(self, part: Part, name: str) -> None:
        """Add the rows of a partition."""
        names = ", ".join(part.table.columns)
        statement = f"copy {name} ({names}) from stdin"
        with self._opened.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for batch in part.batches():
                copy.write(copy_text(batch))

    def unload(self, name: str, target: str) -> None:
        """Write the rows as Parquet."""
        schema = schema_of(name, self.columns(name))
        with (
            file_for(target) as file,
            self._opened.cursor(name="unload") as cursor,
        ):
            cursor.execute(f"select * from {name}".encode())
            write_rows(file, schema, cursor.fetchmany)


class HeldServer:
    """A server of which one process is the only writer of a pipeline's schemas."""

    def __init__(self, url: str, namespace: str, target: DbtTarget) -> None:
        self._url, self._namespace = url, namespace
        self.target = target

    @contextmanager
    def transaction(self) -> Iterator[PostgresConnection]:
        """Commit what is done during the block, or nothing of it."""
        with _connected(self._url) as opened, opened.transaction():
            # Another writer may be here once the connection that holds the lock is lost.
            opened.execute(
                "select pg_advisory_xact_lock(hashtext(%s), 0)",
                [_lock(self._namespace)],
            )
            yield PostgresConnection(opened)


class Postgres:
    """A database of PostgreSQL, by a URL of libpq."""

    dialect = POSTGRESQL

    def __init__(self, url: str) -> None:
        self._url = url

    def place(self, name: str) -> tuple[str, str]:
        """Name a table by the server and the database; libpq has defaults for both."""
        from psycopg.conninfo import conninfo_to_dict

        given = conninfo_to_dict(self._url)

        def setting(key: str, variable: str, default: str) -> str:
            found = given.get(key) or os.environ.get(variable) or default
            # Of several servers, the first.
            return str(found).split(",")[0] or default

        user = setting("user", "PGUSER", "postgres")
        host = setting("host", "PGHOST", "localhost")
        port = setting("port", "PGPORT", "5432")
        database = setting("dbname", "PGDATABASE", user)
        return f"postgres://{host}:{port}", f"{database}.{name}"

    @contextmanager
    def held(self, namespace: str) -> Iterator[HeldServer]:
        """Be the only writer of the schemas of a pipeline."""
        with _connected(self._url) as lock:
            # It is held as long as the connection is, also by a process that is killed.
            [[is_taken]] = lock.execute(
                "select pg_try_advisory_lock(hashtext(%s))", [_lock(namespace)]
            ).fetchall()
            if not is_taken:
                raise LeaseError(
                    f"{_place(lock)}: another process is writing {namespace} to the warehouse; try"
                    " again when it is done"
                )
            try:
                yield HeldServer(self._url, namespace, _target(lock))
            finally:
                # The server notices a closed connection later than the next writer tries. One that
                # is lost has no lock.
                with suppress(lock.Error):
                    lock.execute(
                        "select pg_advisory_unlock(hashtext(%s))", [_lock(namespace)]
                    )

    @contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        """Connect to look only."""
        import psycopg

        with _connected(self._url) as opened:
            opened.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            with opened.transaction():
                yield PostgresConnection(opened)


def _target(opened: psycopg.Connection[Any]) -> DbtTarget:
    """Return what dbt connects to, in the same way: a certificate is checked there too."""
    from psycopg import pq

    info = opened.info
    given = info.get_parameters()
    # What its profile does not name, such as sslmode, its driver takes from the environment.
    named = {
        each.envvar.decode(): given[keyword]
        for each in pq.Conninfo.get_defaults()
        if each.envvar and (keyword := each.keyword.decode()) in given
    }
    named.pop("PGAPPNAME", None)
    return DbtTarget(
        "postgres",
        {
            **named,
            "PGHOST": info.host,
            "PGPORT": str(info.port),
            "PGUSER": info.user,
            "PGDATABASE": info.dbname,
        },
    )


def _lock(namespace: str) -> str:
    return f"salesetl/{namespace}"


def _place(opened: psycopg.Connection[Any]) -> str:
    info = opened.info
    return f"postgresql://{info.host}:{info.port}/{info.dbname}"


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    try:
        import psycopg
    except ImportError as error:
        raise SetupError(
            "psycopg is not installed: pip install 'salesetl[postgresql]'"
        ) from error
    try:
        opened = psycopg.connect(url, autocommit=True, application_name="salesetl")
    except psycopg.Error as error:
        raise InputError(
            f"{url}: cannot connect to PostgreSQL ({_told(error)}); check the URL, and PGPASSWORD"
            " or PGPASSFILE"
        ) from error
    place = _place(opened)
    try:
        with opened:
            opened.execute("set time zone 'UTC'")
            yield opened
    except psycopg.Error as error:
        raise WarehouseError(
            f"{place}: {_told(error)}; what was there is there still. Mend that, then do it again"
        ) from error


def _told(error: psycopg.Error) -> str:
    """Tell what the server says, without a value of a row."""
    said = error.diag.message_primary or next(iter(str(error).splitlines()), "")
    is_of_values = (error.sqlstate or "").startswith(("22", "23"))
    return re.sub('"[^"]*"', '"…"', said) if is_of_values else said
