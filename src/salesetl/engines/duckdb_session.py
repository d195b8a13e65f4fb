"""A session of SQLFrame for DuckDB whose frames cost less to build."""

import hashlib
from functools import lru_cache
from typing import Any

import duckdb
from sqlframe.duckdb import DuckDBDataFrame, DuckDBSession
from sqlframe.duckdb.table import DuckDBTable
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


class _LongNames:
    """Gives each step of a query a name that no other one has.

    SQLFrame takes eight digits of a checksum. Among the many steps of a run two had the same name
    now and then, and one was taken for the other.
    """

    session: DuckDBSession

    def _create_hash_from_expression(self, expression: Any) -> str:
        text = expression.sql(dialect=self.session.input_dialect)
        digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        return self.session._normalize_string(f"t{digest}")


class _Frame(_LongNames, DuckDBDataFrame):
    pass


class _TableFrame(_LongNames, DuckDBTable):
    _df = _Frame


class FrugalSession(DuckDBSession):
    """Reads each name of a table, a column or a step only once."""

    _df = _Frame
    _table = _TableFrame

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        # SQLFrame asks for its session by making one, and gets this one made again.
        if hasattr(self, "_known_name"):
            return
        super().__init__(conn=connection)
        self.input_dialect = _Spark()
        self._known_name = lru_cache(10_000)(super()._normalize_string)

    def _normalize_string(self, value: str) -> str:
        return self._known_name(value)
