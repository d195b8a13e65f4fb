"""Makes the schemas of a pipeline in a warehouse."""

from __future__ import annotations

from salesetl.warehouses.warehouse import Connection


def make_schema(connection: Connection, name: str) -> None:
    """Make a schema if it is not there.

    It is looked for first: a role that owns its schemas but may make no others is refused `create
    schema if not exists` by PostgreSQL even where the schema is there.
    """
    if not connection.execute(
        f"select 1 from information_schema.schemata where lower(schema_name) = '{name}'"
    ):
        connection.execute(f"create schema if not exists {name}")
