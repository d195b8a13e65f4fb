"""A database of DuckDB in memory, set up as the engine needs it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from salesetl.engines.duckdb_tables import duckdb_type
from salesetl.engines.duckdb_text import literal
from salesetl.engines.query_plans import unique_name

_SETTINGS = {
    "TimeZone": "UTC",
    # So that a connection tells the progress of its query.
    "enable_progress_bar": True,
    "enable_progress_bar_print": False,
    # Rows have no order; keeping one would take memory.
    "preserve_insertion_order": False,
    # A join keeps its right side in memory, as it is written here: how many rows a text file has,
    # DuckDB can only guess, and it would keep them all.
    "disabled_optimizers": "build_side_probe_side",
}
# Values that JSON holds as they are. A parameter of a query would make DuckDB import pandas, which
# takes as long as a small run.
_IN_JSON = {"string", "int", "bigint"}
# What SQLFrame takes for functions of DuckDB and are none; and a quotient in whole millionths, for
# DuckDB's own is a float.
_MACROS = (
    "millionths(number) as cast(cast(number as decimal(18, 6)) * 1000000 as hugeint)",
    "rounded_ratio(a, b) as (2 * abs(a) + abs(b)) // (2 * abs(b)) * sign(a) * sign(b)",
    "quotient(a, b) as case when b <> 0 then"
    " try(cast(rounded_ratio(millionths(a) * 1000000, millionths(b)) as decimal(38, 0))"
    " * 0.000001) end",
    "safe_add(a, b) as try(a + b)",
    "safe_subtract(a, b) as try(a - b)",
    "safe_multiply(a, b) as try(a * b)",
    "timestamp_micros(number) as make_timestamp(number)",
)


def connect(spill: str, **settings: Any) -> duckdb.DuckDBPyConnection:
    """Open a database that keeps in a folder what does not fit into memory."""
    connection = duckdb.connect()
    for name, value in (_SETTINGS | {"temp_directory": spill} | settings).items():
        connection.execute(f"set {name} = {literal(value)}")
    for macro in _MACROS:
        connection.execute(f"create macro {macro}")
    return connection


def in_order(connection: duckdb.DuckDBPyConnection, lines: str) -> str:
    """Keep lines in the order of their files; return a query for them with their `_place`."""
    name = unique_name("lines")
    connection.execute("set preserve_insertion_order = true")
    try:
        connection.execute(
            f"create table {name} as select *,"
            f" cast(row_number() over () as decimal(38, 0)) as _place from ({lines})"
        )
    finally:
        connection.execute("set preserve_insertion_order = false")
    return f"from {name}"


def make_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    rows: Sequence[tuple[Any, ...]],
    types: Mapping[str, str],
) -> None:
    """Make a table of values, which may be none, with columns of these types of Spark."""
    own = {column: duckdb_type(data_type) for column, data_type in types.items()}
    columns = ", ".join(f'"{column}" {data_type}' for column, data_type in own.items())
    connection.execute(f"create table {name} ({columns})")
    if rows and _IN_JSON.issuperset(types.values()):
        lists = zip(own.values(), zip(*rows, strict=True), strict=True)
        values = ", ".join(
            f"unnest(from_json({literal(json.dumps(values))}, '[\"{data_type}\"]'))"
            for data_type, values in lists
        )
        connection.execute(f"insert into {name} select {values}")
    elif rows:
        places = ", ".join("?" * len(types))
        connection.executemany(f"insert into {name} values ({places})", rows)
