"""A session of SQLFrame for DuckDB whose frames cost less to build."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import duckdb
from sqlframe.base.util import quote_preserving_alias_or_name as quoted_name
from sqlframe.duckdb import Column, DuckDBDataFrame, DuckDBSession
from sqlframe.duckdb import functions as F
from sqlframe.duckdb.table import DuckDBTable
from sqlglot import expressions as exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.dialects.spark import Spark
from sqlglot.parsers.spark import SparkParser

_DUCKDB = Dialect.get_or_raise("duckdb")


class _Parser(SparkParser):
    """Forgets where a word stood in the text.

    SQLFrame would copy that with every copy of an expression, of which each step makes several.
    """

    def expression(self, instance: Any, token: Any = None, comments: Any = None) -> Any:
        return super().expression(instance, None, comments)


class _Spark(Spark):
    Parser = _Parser


def _step_name(text: str) -> str:
    return f"t{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"


@lru_cache(10_000)
def _column(name: str) -> Any:
    return F.col(name).expression


class _Steps:
    """Keeps the steps of a query as text.

    SQLFrame has a query as one tree, all of which it copies at each step. Here a frame is the tree
    of its last step, and has of those before it only the names, and those of their columns.
    """

    session: FrugalSession

    def _create_cte_from_expression(
        self,
        expression: Any,
        branch_id: str,
        sequence_id: str,
        name: str | None = None,
        **options: Any,
    ) -> Any:
        """Keep a step; the one that stands for it in the tree reads nothing but its columns."""
        kept = self.session.keep(expression)
        columns = self._get_outer_select_columns(expression)
        stub = exp.Select().select(*(each.expression for each in columns), copy=False)
        return super()._create_cte_from_expression(  # type: ignore[misc]
            stub.from_(kept, copy=False),
            branch_id,
            sequence_id,
            name=name or kept,
            **options,
        )

    def _create_hash_from_expression(self, expression: Any) -> str:
        # Of eight digits of a checksum, as SQLFrame takes it, two steps have the same now and then.
        return _step_name(expression.sql(dialect=self.session.input_dialect))

    @classmethod
    def _get_outer_select_columns(cls, item: Any) -> list[Column]:
        query: Any = item.find(exp.Select)
        named: list[Any] = []
        for column in query.expressions if query else []:
            named += column.aliases if isinstance(column, exp.Aliases) else [column]
        return [Column(_column(quoted_name(each)).copy()) for each in named]

    def _convert_leaf_to_cte(self, *args: Any, **names: Any) -> Any:
        frame = super()._convert_leaf_to_cte(*args, **names)  # type: ignore[misc]
        steps = frame.expression.args["with_"].expressions
        frame.expression.args["with_"].set("expressions", steps[-1:])
        return frame

    def _get_expressions(self, *args: Any, **options: Any) -> list[Any]:
        query = self._resolve_pending_hints().expression  # type: ignore[attr-defined]
        steps = self.session.steps_of(query)
        query.set("with_", exp.With(expressions=steps) if steps else None)
        self._set_display_names(query)  # type: ignore[attr-defined]
        return [query]


class _Frame(_Steps, DuckDBDataFrame):
    pass


class _TableFrame(_Steps, DuckDBTable):
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
        # The text of a step, and the steps that it reads, by its name.
        self._steps: dict[str, tuple[str, set[str]]] = {}
        self._known_name = lru_cache(10_000)(super()._normalize_string)

    def _normalize_string(self, value: str) -> str:
        return self._known_name(value)

    def keep(self, query: Any) -> str:
        """Keep a step as text; its name, which is the same for the same text."""
        for other in query.ctes:
            if other.alias not in self._steps:
                self._steps[other.alias] = self._text(other.this)
        text, above = self._text(query)
        name = _step_name(text)
        self._steps.setdefault(name, (text, above))
        return name

    def steps_of(self, query: Any) -> list[Any]:
        """Return all steps that a query is made of, each after those that it reads."""
        wanted = set[str]()
        for other in query.ctes:
            if other.alias not in self._steps:
                self._steps[other.alias] = self._text(other.this)
        found = self._read_by(query)
        while found:
            wanted |= found
            found = set().union(*(self._steps[each][1] for each in found)) - wanted
        return [
            exp.CTE(
                this=exp.Var(this=text),
                alias=exp.TableAlias(this=exp.to_identifier(name)),
            )
            for name, (text, _) in self._steps.items()
            if name in wanted
        ]

    def _text(self, query: Any) -> tuple[str, set[str]]:
        bare = query.copy()
        bare.set("with_", None)
        return self._to_sql(bare, dialect=_DUCKDB), self._read_by(bare)

    def _read_by(self, query: Any) -> set[str]:
        """Return the names of the steps that a query reads itself."""
        tables = {table.name for table in query.find_all(exp.Table)}
        return tables & self._steps.keys()
