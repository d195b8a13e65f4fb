"""Finds the warehouse of a URL."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from salesetl.errors import ArgumentError
from salesetl.warehouses import redshift, snowflake
from salesetl.warehouses.duckdb_file import DuckDbFile
from salesetl.warehouses.postgresql import Postgres
from salesetl.warehouses.warehouse import Warehouse

FORMS = (
    "duckdb:///path/to/file.duckdb, postgresql://user@host:5432/database,"
    f" {redshift.FORM} or {snowflake.FORM}"
)


def warehouse_of(url: str) -> Warehouse:
    """Return the warehouse of a URL; ArgumentError if there is none, or if it has a password."""
    scheme, found, rest = url.partition("://")
    if not found or not rest or scheme == "duckdb" and not rest.strip("/"):
        # It may be anything, such as a line with a password.
        raise ArgumentError(f"--warehouse: is no URL of a warehouse, such as {FORMS}")
    if scheme == "duckdb":
        return DuckDbFile(re.sub("^/+", "/", rest))
    if _has_password(url):
        raise ArgumentError(
            "--warehouse: a URL is shown in logs and lists of processes; leave the password out."
            " That of PostgreSQL is set as PGPASSWORD or in the file PGPASSFILE"
        )
    if scheme in ("postgresql", "postgres"):
        return Postgres(url)
    if scheme == "redshift":
        return redshift.Redshift(url)
    if scheme == "snowflake":
        return snowflake.Snowflake(url)
    raise ArgumentError(
        f"--warehouse: there is no kind of warehouse {scheme!r}; one is {FORMS}"
    )


def _has_password(url: str) -> bool:
    try:
        parts = urlsplit(url)
        names = [name.lower() for name, _ in parse_qsl(parts.query, True)]
        return parts.password is not None or any("password" in name for name in names)
    except ValueError:
        raise ArgumentError(
            f"--warehouse: cannot be read as a URL, such as {FORMS}"
        ) from None
