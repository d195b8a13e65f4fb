"""PostgreSQL as a warehouse."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from salesetl.errors import InputError, LeaseError, SetupError, one_line
from salesetl.warehouses.dialects import POSTGRESQL
from salesetl.warehouses.parts import Part
from salesetl.warehouses.warehouse import DbtTarget

if TYPE_CHECKING:
    import psycopg

_ROWS_AT_ONCE = 100_000


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
        return dict(
            self.execute(
                "select attname, format_type(atttypid, atttypmod) from pg_attribute"
                f" where attrelid = to_regclass('{name}') and attnum > 0 and not attisdropped"
                " order by attnum"
            )
        )

    def copy(self, part: Part, name: str) -> None:
        """Add the rows of a partition."""
        from pyarrow import csv

        names = ", ".join(part.table.columns)
        statement = f"copy {name} ({names}) from stdin (format csv)"
        options = csv.WriteOptions(include_header=False)
        with self._opened.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for batch in part.batches():
                text = io.BytesIO()
                csv.write_csv(batch, text, options)
                copy.write(text.getvalue())

    def unload(self, name: str, file: str) -> None:
        """Write the rows as Parquet."""
        import pyarrow
        from pyarrow.parquet import ParquetWriter

        kinds = self.columns(name)
        schema = pyarrow.schema(
            [(column, _arrow_type(kind)) for column, kind in kinds.items()]
        )
        with (
            ParquetWriter(file, schema, compression="snappy") as writer,
            self._opened.cursor(name="unload") as cursor,
        ):
            cursor.execute(f"select * from {name}".encode())
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                columns = list(zip(*rows, strict=True))
                writer.write_table(
                    pyarrow.Table.from_arrays(
                        [
                            pyarrow.array(values, field.type)
                            for values, field in zip(columns, schema, strict=True)
                        ],
                        schema=schema,
                    )
                )


class HeldServer:
    """A server of which one process is the only writer of a pipeline's schemas."""

    def __init__(self, url: str, target: DbtTarget) -> None:
        self._url = url
        self.target = target

    @contextmanager
    def transaction(self) -> Iterator[PostgresConnection]:
        """Commit what is done during the block, or nothing of it."""
        with _connected(self._url) as opened, opened.transaction():
            yield PostgresConnection(opened)


class Postgres:
    """A database of PostgreSQL, by a URL of libpq."""

    dialect = POSTGRESQL

    def __init__(self, url: str) -> None:
        self._url = url

    @contextmanager
    def held(self, namespace: str) -> Iterator[HeldServer]:
        """Be the only writer of the schemas of a pipeline."""
        with _connected(self._url) as lock:
            # It is held as long as the connection is, also by a process that is killed.
            [[is_taken]] = lock.execute(
                "select pg_try_advisory_lock(hashtext(%s))", [f"salesetl/{namespace}"]
            ).fetchall()
            if not is_taken:
                raise LeaseError(
                    f"{_place(lock)}: another process is writing {namespace} to the warehouse; try"
                    " again when it is done"
                )
            yield HeldServer(self._url, _target(lock))

    @contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        """Connect to look only."""
        import psycopg

        with _connected(self._url) as opened:
            opened.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            with opened.transaction():
                yield PostgresConnection(opened)


def _arrow_type(kind: str) -> Any:
    """Return the type of Arrow for one that PostgreSQL writes."""
    import pyarrow

    if number := re.fullmatch(r"numeric\((\d+),(\d+)\)", kind):
        return pyarrow.decimal128(int(number[1]), int(number[2]))
    types = {
        "bigint": pyarrow.int64(),
        "boolean": pyarrow.bool_(),
        "date": pyarrow.date32(),
        "integer": pyarrow.int32(),
        "timestamp without time zone": pyarrow.timestamp("us"),
    }
    return types.get(kind, pyarrow.string())


def _target(opened: psycopg.Connection[Any]) -> DbtTarget:
    info = opened.info
    return DbtTarget(
        "postgres",
        {
            "PGHOST": info.host,
            "PGPORT": str(info.port),
            "PGUSER": info.user,
            "PGDATABASE": info.dbname,
        },
    )


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
    except psycopg.OperationalError as error:
        raise InputError(
            f"{url}: cannot connect to PostgreSQL ({one_line(error)}); check the URL, and"
            " PGPASSWORD or PGPASSFILE"
        ) from error
    with opened:
        opened.execute("set time zone 'UTC'")
        yield opened
