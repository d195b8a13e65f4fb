"""Writes the tables that a warehouse serves back to the lake, as Parquet."""

from __future__ import annotations

from salesetl.errors import InputError
from salesetl.lineage import place_of, read_facets, written_facets
from salesetl.model.pipeline import Pipeline
from salesetl.queries import PROCESSED
from salesetl.storage import join, normalized
from salesetl.warehouses.step_lineage import recorded, with_columns
from salesetl.warehouses.warehouse import Connection, Warehouse


def unload(warehouse: Warehouse, pipeline: Pipeline, output_path: str) -> list[str]:
    """Write every table that is served to a file below `<pipeline>/processed`, and return those.

    All are of one state of the warehouse, on Snowflake while nobody publishes. A reader of a file
    sees the old content or the new.
    """
    root = join(normalized(output_path), pipeline.name, PROCESSED)
    with (
        recorded("unload", pipeline, output_path) as step,
        warehouse.reading() as connection,
    ):
        tables = served_tables(connection, pipeline)
        if not tables:
            raise InputError(
                f"the warehouse serves no tables of {pipeline.name}; build them first: salesetl"
                f" warehouse build {pipeline.name}"
            )
        written = []
        for table in tables:
            name = f"{pipeline.name}.{table}"
            target = join(root, table, f"{table}.parquet")
            connection.unload(name, target)
            written.append(target)
            columns = connection.columns(name)
            [[rows]] = connection.execute(f"select count(*) from {name}")
            step.inputs.append(
                with_columns(warehouse.place(name), columns, read_facets(int(rows)))
            )
            step.outputs.append(
                with_columns(place_of(target), columns, written_facets(int(rows)))
            )
    return written


def served_tables(connection: Connection, pipeline: Pipeline) -> list[str]:
    """List the tables of the serving schema of a pipeline."""
    found = connection.execute(
        "select lower(table_name) from information_schema.tables"
        f" where lower(table_schema) = '{pipeline.name}' and table_type = 'BASE TABLE'"
        " order by 1"
    )
    return [name for (name,) in found]
