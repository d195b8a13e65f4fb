"""Redshift as a warehouse: connections with credentials of IAM, one transaction for each load.

It is by the driver and not by the Data API: a load asks for sums within its transaction, and may
have more statements than the 40 of a batch. dbt uses the same driver.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from salesetl.aws import aws_errors, client
from salesetl.errors import (
    ArgumentError,
    InputError,
    LeaseError,
    SetupError,
    WarehouseError,
)
from salesetl.warehouses.dialects import REDSHIFT, staging_schema
from salesetl.warehouses.redshift_files import RedshiftConnection
from salesetl.warehouses.schemas import make_schema
from salesetl.warehouses.warehouse import DbtTarget

FORM = "redshift://cluster-or-workgroup.region/database?user=…&iam_role=arn:…"

_PORT = 5439
_LOCK = "_writer"
_PATIENCE = "5000"


@dataclass(frozen=True)
class RedshiftPlace:
    """A cluster, with the user to be, or a workgroup of Redshift Serverless, without."""

    name: str
    region: str
    database: str
    user: str | None
    iam_role: str | None

    @classmethod
    def of(cls, url: str) -> RedshiftPlace:
        """Read a URL; ArgumentError if it has another form."""
        parts = urlsplit(url)
        name, _, region = parts.netloc.partition(".")
        settings = parse_qs(parts.query)
        database = parts.path.strip("/")
        if not (name and region and database) or set(settings) - {"user", "iam_role"}:
            raise ArgumentError(
                f"--warehouse: a URL of Redshift is {FORM}; leave user out for a workgroup of"
                " Redshift Serverless"
            )
        user, role = settings.get("user"), settings.get("iam_role")
        return cls(
            name, region, database, user and user[0] or None, role and role[0] or None
        )

    def host(self) -> str:
        """Ask AWS for its address."""
        with aws_errors(f"redshift://{self.name}.{self.region}"):
            if self.user:
                found = client("redshift", self.region).describe_clusters(
                    ClusterIdentifier=self.name
                )
                return str(found["Clusters"][0]["Endpoint"]["Address"])
            serverless = client("redshift-serverless", self.region)
            found = serverless.get_workgroup(workgroupName=self.name)
            return str(found["workgroup"]["endpoint"]["address"])

    def arguments(self) -> dict[str, Any]:
        """Return what the driver connects with: credentials of IAM that last for minutes."""
        whose = (
            {"cluster_identifier": self.name, "db_user": self.user}
            if self.user
            else {"is_serverless": True, "serverless_work_group": self.name}
        )
        return {
            "iam": True,
            "host": self.host(),
            "port": _PORT,
            "database": self.database,
            "region": self.region,
            **whose,
        }

    def target(self) -> DbtTarget:
        """Where dbt builds."""
        return DbtTarget(
            "redshift",
            {
                "SALESETL_REDSHIFT_CLUSTER": self.name if self.user else "",
                "SALESETL_REDSHIFT_HOST": self.host(),
                "SALESETL_REDSHIFT_USER": self.user or "",
                "SALESETL_REDSHIFT_DATABASE": self.database,
                "AWS_REGION": self.region,
            },
        )


class HeldCluster:
    """A cluster of which one process is the only writer of a pipeline's schemas."""

    def __init__(self, place: RedshiftPlace) -> None:
        self._place = place

    @property
    def target(self) -> DbtTarget:
        """Where dbt builds."""
        return self._place.target()

    @contextmanager
    def transaction(self) -> Iterator[RedshiftConnection]:
        """Commit what is done during the block, or nothing of it."""
        with _connected(self._place) as connection:
            yield connection
            connection.commit()


class Redshift:
    """A database of Redshift."""

    dialect = REDSHIFT

    def __init__(self, url: str) -> None:
        self._place = RedshiftPlace.of(url)

    def place(self, name: str) -> tuple[str, str]:
        """Name a table by the cluster or workgroup and the database."""
        own = self._place
        return f"redshift://{own.name}.{own.region}:{_PORT}", f"{own.database}.{name}"

    @contextmanager
    def held(self, namespace: str) -> Iterator[HeldCluster]:
        """Be the only writer of the schemas of a pipeline, by a lock on a table of its own."""
        schema = staging_schema(namespace)
        with _connected(self._place) as lock:
            make_schema(lock, schema)
            lock.execute(f"create table if not exists {schema}.{_LOCK} (one integer)")
            lock.commit()
            lock.execute(f"set statement_timeout to {_PATIENCE}")
            try:
                lock.execute(f"lock table {schema}.{_LOCK}")
            except Exception as error:
                if "cancel" not in _told(error):
                    raise
                raise LeaseError(
                    f"{_shown(self._place)}: another process is writing {namespace} to the"
                    " warehouse; try again when it is done"
                ) from None
            yield HeldCluster(self._place)

    @contextmanager
    def reading(self) -> Iterator[RedshiftConnection]:
        """Connect to look only."""
        with _connected(self._place) as connection:
            yield connection


def open_connection(arguments: dict[str, Any]) -> Any:
    """Open a connection of the driver."""
    try:
        import redshift_connector
    except ImportError as error:
        raise SetupError(
            "redshift_connector is not installed: pip install 'salesetl[redshift]'"
        ) from error
    return redshift_connector.connect(**arguments)


@contextmanager
def _connected(place: RedshiftPlace) -> Iterator[RedshiftConnection]:
    """Open a connection; what is not committed is undone when it closes."""
    arguments = place.arguments()
    try:
        opened = open_connection(arguments)
    except Exception as error:
        if not _is_of_driver(error):
            raise
        raise InputError(
            f"{_shown(place)}: cannot connect to Redshift ({_told(error)}); check the URL, the"
            " network, and that this role may get its credentials"
        ) from error
    try:
        yield RedshiftConnection(opened, place.iam_role)
    except Exception as error:
        if not _is_of_driver(error):
            raise
        raise WarehouseError(
            f"{_shown(place)}: {_told(error)}; what was there is there still. Mend that, then do it"
            " again"
        ) from error
    finally:
        opened.close()


def _shown(place: RedshiftPlace) -> str:
    return f"redshift://{place.name}.{place.region}/{place.database}"


def _is_of_driver(error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] == "redshift_connector"


def _told(error: Exception) -> str:
    """Tell what Redshift says, without a value of a row."""
    said = error.args[0] if error.args else ""
    text = str(said.get("M", "")) if isinstance(said, dict) else str(said)
    line = next(iter(text.splitlines()), type(error).__name__)
    return re.sub("'[^']*'|\"[^\"]*\"", "'…'", line)
