"""Snowflake as a warehouse: a key pair in the environment, and one transaction for each load."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from salesetl.errors import (
    ArgumentError,
    InputError,
    LeaseError,
    SetupError,
    WarehouseError,
)
from salesetl.warehouses.dialects import SNOWFLAKE, staging_schema
from salesetl.warehouses.schemas import make_schema
from salesetl.warehouses.snowflake_rows import SnowflakeConnection
from salesetl.warehouses.warehouse import DbtTarget

FORM = "snowflake://account/database?warehouse=…&role=…&stage=database.schema.stage"

_SETTINGS = {"warehouse", "role", "stage"}
_LOCK = "_writer"
_PATIENCE = 5
# A name without quotes, with its schema: a connection has none that is current.
_STAGE = re.compile(r"([A-Za-z_][A-Za-z0-9_$]*\.){1,2}[A-Za-z_][A-Za-z0-9_$]*")


@dataclass(frozen=True)
class SnowflakePlace:
    """A database of an account, with the virtual warehouse, the role and the stage to use."""

    account: str
    database: str
    warehouse: str
    role: str
    stage: str = ""

    @classmethod
    def of(cls, url: str) -> SnowflakePlace:
        """Read a URL; ArgumentError if it has another form."""
        parts = urlsplit(url)
        found = parse_qs(parts.query, keep_blank_values=True)
        settings = {name: each[0] for name, each in found.items()}
        database = parts.path.strip("/")
        is_whole = parts.netloc and database and "@" not in parts.netloc
        stage = settings.get("stage")
        is_named = stage is None or _STAGE.fullmatch(stage)
        if not is_whole or not is_named or set(settings) - _SETTINGS:
            raise ArgumentError(
                f"--warehouse: a URL of Snowflake is {FORM}, of which stage may be left out; the"
                " user is SNOWFLAKE_USER"
            )
        return cls(
            parts.netloc,
            database,
            settings.get("warehouse", ""),
            settings.get("role", ""),
            stage or "",
        )

    @property
    def shown(self) -> str:
        """The URL that messages have."""
        return f"snowflake://{self.account}/{self.database}"

    def target(self) -> DbtTarget:
        """Where dbt builds; it reads user and key from the same variables."""
        return DbtTarget(
            "snowflake",
            {
                "SNOWFLAKE_ACCOUNT": self.account,
                "SNOWFLAKE_DATABASE": self.database,
                "SNOWFLAKE_WAREHOUSE": self.warehouse,
                "SNOWFLAKE_ROLE": self.role,
            },
        )

    def arguments(self) -> dict[str, str]:
        """Return what the driver connects with; InputError if there is no key pair."""
        named = {
            "user": os.environ.get("SNOWFLAKE_USER", ""),
            "private_key_file": os.environ.get("SNOWFLAKE_PRIVATE_KEY_PATH", ""),
        }
        if not all(named.values()):
            raise InputError(
                f"{self.shown}: there are no credentials; set SNOWFLAKE_USER, and"
                " SNOWFLAKE_PRIVATE_KEY_PATH to the file of its private key"
            )
        given = {
            "account": self.account,
            "database": self.database,
            "warehouse": self.warehouse,
            "role": self.role,
        }
        return {**named, **{name: value for name, value in given.items() if value}}


class HeldAccount:
    """A database of which one process is the only writer of a pipeline's schemas."""

    def __init__(self, place: SnowflakePlace) -> None:
        self._place = place
        self.target = place.target()

    @contextmanager
    def transaction(self) -> Iterator[SnowflakeConnection]:
        """Commit what is done to rows during the block, or nothing of it."""
        with _connected(self._place) as connection:
            yield connection
            connection.commit()


class Snowflake:
    """A database of Snowflake."""

    dialect = SNOWFLAKE

    def __init__(self, url: str) -> None:
        self._place = SnowflakePlace.of(url)

    def place(self, name: str) -> tuple[str, str]:
        """Name a table by the account and the database."""
        return f"snowflake://{self._place.account}", f"{self._place.database}.{name}"

    @contextmanager
    def held(self, namespace: str) -> Iterator[HeldAccount]:
        """Be the only writer of the schemas of a pipeline, by a row that is being changed."""
        name = f"{staging_schema(namespace)}.{_LOCK}"
        with _connected(self._place) as lock:
            make_schema(lock, staging_schema(namespace))
            lock.execute(f"create table if not exists {name} (one integer)")
            lock.execute(f"alter session set lock_timeout = {_PATIENCE}")
            lock.execute(
                f"insert into {name} select 1 where not exists (select 1 from {name})"
            )
            lock.commit()
            try:
                lock.execute(f"update {name} set one = one")
            except Exception as error:
                if "lock" not in str(error).lower():
                    raise
                raise LeaseError(
                    f"{self._place.shown}: another process is writing {namespace} to the"
                    " warehouse; try again when it is done"
                ) from None
            yield HeldAccount(self._place)

    @contextmanager
    def reading(self) -> Iterator[SnowflakeConnection]:
        """Connect to look only."""
        with _connected(self._place) as connection:
            yield connection


def open_connection(arguments: dict[str, str]) -> Any:
    """Open a connection of the driver; each statement commits by itself until one begins."""
    try:
        from snowflake import connector
    except ImportError as error:
        raise SetupError(
            "the driver of Snowflake is not installed: pip install 'salesetl[snowflake]'"
        ) from error
    return connector.connect(
        **arguments, autocommit=True, session_parameters={"TIMEZONE": "UTC"}
    )


@contextmanager
def _connected(place: SnowflakePlace) -> Iterator[SnowflakeConnection]:
    """Open a connection; what is not committed is undone when it closes."""
    arguments = place.arguments()
    with _errors_of(place):
        opened = open_connection(arguments)
        try:
            yield SnowflakeConnection(opened, place.stage)
        finally:
            opened.close()


@contextmanager
def _errors_of(place: SnowflakePlace) -> Iterator[None]:
    """Turn an error of the driver into a line without a value of a row."""
    try:
        yield
    except Exception as error:
        if not type(error).__module__.startswith("snowflake.connector"):
            raise
        lines = str(error).splitlines() or [type(error).__name__]
        said = re.sub("'[^']*'|\"[^\"]*\"", "'…'", " ".join(lines[:2]))
        raise WarehouseError(
            f"{place.shown}: {said}; what was there is there still. Mend that, then do it again"
        ) from error
