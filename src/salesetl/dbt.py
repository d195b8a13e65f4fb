"""Contracts as sources of the dbt project."""

import json
from collections.abc import Iterable

from salesetl.model.lineage_columns import LOADED_AT
from salesetl.model.pipeline import Pipeline
from salesetl.model.table import Table, type_text

_HEAD = """\
# Made from the contracts in src/salesetl/pipelines/ by `make docs`.
version: 2

sources:"""
_PIPELINE = """\
  - name: {name}
    description: "The published tables of {name}"
    database: "{{{{ target.database }}}}"
    schema: "{schema}"
    tables:"""
_IN_LAKE = "{{{{ env_var('SALESETL_DATABASE', 'salesetl') }}}}_{name}"
# Where a warehouse has its copy of the tables of a pipeline.
_IN_WAREHOUSE = "{name}_staging"


def sources_page(pipelines: Iterable[Pipeline]) -> str:
    """Describe the tables of pipelines as dbt sources, one a pipeline.

    Of each table the grain, the columns with their types, keys and listed values. Models of a lake
    are also told where its files are, which is what DuckDB reads in place of a table of the
    catalogue.
    """
    lines = [_HEAD]
    for pipeline in pipelines:
        schema = _IN_WAREHOUSE if pipeline.is_for_warehouse else _IN_LAKE
        schema = schema.format(name=pipeline.name)
        lines += [_PIPELINE.format(name=pipeline.name, schema=schema)]
        for table in pipeline.tables:
            lines.append(_source(table, is_in_lake=not pipeline.is_for_warehouse))
    return "\n".join(lines) + "\n"


def _source(table: Table, *, is_in_lake: bool) -> str:
    lines = [
        f"      - name: {table.name}",
        f"        description: {_text(f'Grain: {table.grain}.')}",
    ]
    if is_in_lake:
        lines += [
            "        config:",
            "          meta:",
            "            external_location: >-",
            "              read_parquet(",
            f"              {_files(table)},",
            "              hive_partitioning = true, hive_types_autocast = false)",
        ]
    if table.freshness:
        lines += [
            "        config:",
            f"          loaded_at_field: {LOADED_AT.name}",
            "          freshness:",
            f"            warn_after: {_hours(table.freshness.warn_after_hours)}",
            f"            error_after: {_hours(table.freshness.error_after_hours)}",
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


def _files(table: Table) -> str:
    lake = "{{ env_var('SALESETL_LAKE') if target.type == 'duckdb' }}"
    return f"'{lake}/{'/'.join([table.folder, *'*' * len(table.partition_by), '*.parquet'])}'"


def _tests(table: Table, name: str) -> list[str]:
    tests = []
    if name in table.key and name not in table.optional_columns:
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


def _hours(count: int) -> str:
    return f"{{count: {count}, period: hour}}"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
