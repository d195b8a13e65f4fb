"""The column functions of the PySpark API for DuckDB: they note what SQLFrame is to plan."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlframe.duckdb import Column as OwnColumn
from sqlframe.duckdb import functions as own

from salesetl.engines.recorded import Column, function, text

# Where a word stood in the text; SQLFrame copies that with every copy of an expression.
_POSITION = {"line", "col", "start", "end"}


def lit(value: Any) -> Column:
    """Return a value as a column; plans are the same for all texts."""
    return text(value, own.lit) if type(value) is str else _own("lit")(value)


def __getattr__(name: str) -> Any:
    return _own(name)


def _own(name: str) -> Any:
    found = _expr if name == "expr" else getattr(own, name)
    return function(found, name) if callable(found) else found


def _expr(sql: str) -> OwnColumn:
    return OwnColumn(_parsed(sql).copy())


@lru_cache(10_000)
def _parsed(sql: str) -> Any:
    """Parse SQL once: frames have many expressions in common."""
    expression = own.expr(sql).expression
    for node in expression.walk():
        if node._meta is not None and node._meta.keys() <= _POSITION:
            node._meta = None
    return expression
