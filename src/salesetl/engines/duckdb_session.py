"""A session of SQLFrame for DuckDB whose frames cost less to build."""

from functools import lru_cache
from typing import Any

import duckdb
from sqlframe.duckdb import DuckDBSession
from sqlglot.dialects.spark import Spark
from sqlglot.parsers.spark import SparkParser


class _Parser(SparkParser):
    """Forgets where a word stood in the text.

    SQLFrame would copy that with every copy of an expression, of which each step makes several.
    """

    def expression(self, instance: Any, token: Any = None, comments: Any = None) -> Any:
        return super().expression(instance, None, comments)


class _Spark(Spark):
    Parser = _Parser


class FrugalSession(DuckDBSession):
    """Reads each name of a table, a column or a step only once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        # SQLFrame asks for its session by making one, and gets this one made again.
        if hasattr(self, "_known_name"):
            return
        super().__init__(conn=connection)
        self.input_dialect = _Spark()
        self._known_name = lru_cache(10_000)(super()._normalize_string)

    def _normalize_string(self, value: str) -> str:
        return self._known_name(value)
