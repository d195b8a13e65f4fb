"""The column functions of the PySpark API, from the engine in use.

Imported as `F` in place of `pyspark.sql.functions`, so that one transform runs on every engine, and
on DuckDB without PySpark being installed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import Any

_MODULE = ContextVar("module", default="pyspark.sql.functions")


@contextmanager
def functions_of(module: str) -> Iterator[None]:
    """Take the functions from a module during the block."""
    before = _MODULE.set(module)
    try:
        yield
    finally:
        _MODULE.reset(before)


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        # Asked for by Python's own imports, before there is an engine.
        raise AttributeError(name)
    return getattr(import_module(_MODULE.get()), name)
