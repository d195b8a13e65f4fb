"""A session of SQLFrame for DuckDB whose frames cost less to build."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
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
    """Drops the position of each word in the text.

    Each step of SQLFrame copies expressions several times, and would copy the positions too.
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


@dataclass(frozen=True)
class _Step:
    """A step of a query as SQL of DuckDB, and the steps that it reads."""

    name: str
    text: str
    above: tuple[_Step, ...]

    def add_to(self, steps: dict[str, _Step]) -> None:
        """Add all steps that it takes by name, each once and after those that it reads."""
        if self.name not in steps:
            for step in self.above:
                step.add_to(steps)
            steps[self.name] = self


class _Steps:
    """Keeps the steps of a query as text.

    SQLFrame keeps a query as one tree, and copies all of it at each step. Here a frame has the tree
    of its last step only. Of the steps before, it has the names, and the names of their columns.
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
        """Keep a step as text, and put a stub into the tree that only selects its columns."""
        step = self._step(expression)
        columns = self._get_outer_select_columns(expression)
        stub = exp.Select().select(*(each.expression for each in columns), copy=False)
        cte, name = super()._create_cte_from_expression(  # type: ignore[misc]
            stub.from_(step.name, copy=False),
            branch_id,
            sequence_id,
            name=name or step.name,
            **options,
        )
        cte.set("step", step)
        return cte, name

    def _create_hash_from_expression(self, expression: Any) -> str:
        # SQLFrame takes eight digits of a checksum, which two steps of a query may share.
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
        steps: dict[str, _Step] = {}
        for cte in query.ctes:
            self._kept(cte).add_to(steps)
        named = [
            exp.CTE(
                this=exp.Var(this=step.text),
                alias=exp.TableAlias(this=exp.to_identifier(name)),
            )
            for name, step in steps.items()
        ]
        query.set("with_", exp.With(expressions=named) if named else None)
        self._set_display_names(query)  # type: ignore[attr-defined]
        return [query]

    def _step(self, query: Any) -> _Step:
        above = tuple(self._kept(cte) for cte in query.ctes)
        text = self._text(query)
        return _Step(_step_name(text), text, above)

    def _kept(self, cte: Any) -> _Step:
        """Return the step that a stub stands for. SQLFrame may have added to the stub."""
        step: _Step = cte.args["step"]
        if cte.alias == step.name:
            return step
        return _Step(cte.alias, self._text(cte.this), (step,))

    def _text(self, query: Any) -> str:
        bare = query.copy()
        bare.set("with_", None)
        return self.session._to_sql(bare, dialect=_DUCKDB)


class _Frame(_Steps, DuckDBDataFrame):
    pass


class _TableFrame(_Steps, DuckDBTable):
    _df = _Frame


class FrugalSession(DuckDBSession):
    """Plans queries for a database, and parses each name of a column once."""

    _df = _Frame
    _table = _TableFrame

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        # SQLFrame calls the class to get the current session, so this may run again.
        if hasattr(self, "_known_name"):
            return
        super().__init__(conn=connection)
        self.input_dialect = _Spark()
        self._known_name = lru_cache(10_000)(super()._normalize_string)

    def _normalize_string(self, value: str) -> str:
        return self._known_name(value)

    def frame(self, table: str, types: Mapping[str, str]) -> Any:
        """Return the frame of a table with columns of these types of DuckDB."""
        columns = {
            exp.to_identifier(name.lower()).sql(dialect="spark"): _spark_type(each)
            for name, each in types.items()
        }
        self.catalog.add_table(table, columns)
        return self.table(table)


@cache
def _spark_type(data_type: str) -> str:
    return exp.DataType.build(data_type, dialect="duckdb").sql(dialect="spark")
