"""The column functions of SQLFrame for DuckDB, with expressions that cost less to copy."""

from typing import Any

from sqlframe.duckdb import Column
from sqlframe.duckdb import functions as own

# Where a word stood in the text; SQLFrame copies that with every copy of an expression.
_POSITION = {"line", "col", "start", "end"}


def expr(text: str) -> Column:
    """Parse SQL as a column."""
    column = own.expr(text)
    for node in column.expression.walk():
        if node._meta is not None and node._meta.keys() <= _POSITION:
            node._meta = None
    return column


def __getattr__(name: str) -> Any:
    return getattr(own, name)
