"""Contracts as sources of the dbt project."""

import json
from collections.abc import Iterable

from salesetl.model.table import Table, type_text

_HEAD = """\
# Made from the contracts in src/salesetl/pipelines/ by `make docs`.
version: 2

sources:
  - name: lake
    description: "The published tables of the lake"
    database: "{{ target.database }}"
    schema: "{{ env_var('SALESETL_DATABASE', 'salesetl') }}"
    config:
      # What DuckDB reads in place of a table of the catalogue.
      meta:
        external_location: >-
          read_parquet(
          '{{ env_var('SALESETL_LAKE') if target.type == 'duckdb' }}/{name}/*/*/*.parquet',
          hive_partitioning = true, hive_types_autocast = false)
    tables:"""


def sources_page(tables: Iterable[Table]) -> str:
    """Describe tables as dbt sources: grain, columns with their types, keys and listed values."""
    return "\n".join([_HEAD, *(_source(table) for table in tables)]) + "\n"


def _source(table: Table) -> str:
    lines = [
        f"      - name: {table.name}",
        f"        description: {_text(f'Grain: {table.grain}.')}",
    ]
    if len(table.key) > 1:
        lines += [
            "        data_tests:",
            "          - is_grain:",
            "              arguments:",
            f"                columns: {json.dumps(table.key)}",
        ]
    lines += ["        columns:"]
    for field in table.schema:
        lines += [
            f"          - name: {field.name}",
            f"            description: {_text(field.metadata['comment'])}",
            f"            data_type: {type_text(field.dataType)}",
            *_tests(table, field.name),
        ]
    return "\n".join(lines)


def _tests(table: Table, name: str) -> list[str]:
    tests = []
    if name in table.key:
        tests += ["              - not_null"]
    if table.key == (name,):
        tests += ["              - unique"]
    metadata = table.field(name).metadata
    if values := metadata.get("values"):
        # Another value of a column that is open is only counted.
        severity = "warn" if metadata.get("is_open") else "error"
        tests += [
            "              - accepted_values:",
            "                  arguments:",
            f"                    values: {json.dumps(values)}",
            "                  config:",
            f"                    severity: {severity}",
        ]
    return ["            data_tests:", *tests] if tests else []


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
