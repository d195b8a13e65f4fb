"""The column functions of the PySpark API for DuckDB. They note calls, and SQLFrame plans them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from salesetl.engines.recorded import Column, Text, function

if TYPE_CHECKING:
    from sqlframe.duckdb import Column as OwnColumn

# Where a word stood in the text; SQLFrame copies that with every copy of an expression.
_POSITION = {"line", "col", "start", "end"}


def lit(value: Any) -> Column:
    """Return a column of one value. All texts share a plan."""
    if type(value) is str:
        return Text(value, lambda mark: _own("lit")(mark))
    return function("lit", lambda: _own("lit"))(value)


def __getattr__(name: str) -> Callable[..., Column]:
    return function(name, lambda: _own(name))


def _own(name: str) -> Any:
    # Imported late, because the import takes longer than a small run whose plans are known.
    from sqlframe.duckdb import functions

    return _expr if name == "expr" else getattr(functions, name)


def _expr(sql: str) -> OwnColumn:
    from sqlframe.duckdb import Column as OwnColumn

    return OwnColumn(_parsed(sql).copy())


@lru_cache(10_000)
def _parsed(sql: str) -> Any:
    """Parse SQL once: frames have many expressions in common."""
    from sqlframe.duckdb import functions

    expression = functions.expr(sql).expression
    for node in expression.walk():
        if node._meta is not None and node._meta.keys() <= _POSITION:
            node._meta = None
    return expression
