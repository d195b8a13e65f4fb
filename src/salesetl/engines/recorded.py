"""Frames of the PySpark API that note their steps, and have them planned when that is asked for.

Runs have nearly all of their steps in common. What SQLFrame has planned is kept in this process,
and serves all frames whose steps are the same but for the tables that they read and some texts.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property, partial
from hashlib import blake2b
from typing import Any, TypeVar

from salesetl.engines.engine import NAME_SEPARATOR
from salesetl.engines.planner import Planner
from salesetl.engines.query_plans import Parameter, plan, unique_name

# What makes a frame, or groups of rows, of another. Anything else is asked of SQLFrame.
_STEPS = frozenset(
    """agg alias crossJoin distinct drop dropDuplicates exceptAll filter groupBy intersect join
    limit orderBy select selectExpr sort subtract union unionAll unionByName where withColumn
    withColumnRenamed withColumns""".split()
)
_OPERATORS = """add and eq ge getitem gt invert le lt mod mul ne neg or radd rand rmod rmul ror rsub
    rtruediv sub truediv""".split()
# Values that are written alike only if they are the same.
_PLAIN = (str, int, float, bytes, Decimal, date, type(None))

Made = TypeVar("Made", bound="Recorded")


class Recorded:
    """A call that is noted. Calls have the same `key` if they differ in nothing but parameters."""

    def __init__(
        self, key: str, parameters: Sequence[Parameter], make: Callable[[], Any]
    ) -> None:
        self.key = key
        self.parameters = parameters
        self._make = make

    @cached_property
    def real(self) -> Any:
        """What SQLFrame makes of it."""
        return self._make()


class Column(Recorded):
    """A column of the PySpark API."""

    __hash__ = object.__hash__
    __iter__ = None

    def __getattr__(self, name: str) -> Any:
        return _method(Column, self, name)


for _operator in _OPERATORS:

    def _noted(self: Column, *others: Any, _name: str = f"__{_operator}__") -> Column:
        return _method(Column, self, _name)(*others)

    setattr(Column, f"__{_operator}__", _noted)


class Frame(Recorded):
    """A frame of the PySpark API, or its rows in groups."""

    def __init__(
        self,
        key: str,
        parameters: Sequence[Parameter],
        make: Callable[[], Any],
        planner: Planner,
    ) -> None:
        super().__init__(key, parameters, make)
        self._planner = planner

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        text = plan(f"columns of {self.key}", self.parameters, self._names)
        return text.split(NAME_SEPARATOR)

    def query(self) -> str:
        """SQL of DuckDB for its rows."""
        return plan(
            self.key, self.parameters, lambda: self._planner.query(lambda: self.real)
        )

    def transform(self, step: Callable[..., Any], *args: Any, **names: Any) -> Any:
        """Return what a function makes of it."""
        return step(self, *args, **names)

    def _names(self) -> str:
        return self._planner.made(lambda: NAME_SEPARATOR.join(self.real.columns))

    def __getitem__(self, name: str) -> Column:
        return _method(Column, self, "__getitem__")(name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in _STEPS:
            return _method(partial(Frame, planner=self._planner), self, name)
        found = self._planner.made(lambda: getattr(self.real, name))
        if not callable(found):
            return found
        return lambda *args, **names: self._planner.made(
            lambda: found(*_real(args), **_real(names))
        )


def table(name: str, types: Mapping[str, str], planner: Planner) -> Frame:
    """Return the frame of a table with a unique name; the types of its columns are DuckDB's."""
    key = _digest("table", *types.items())
    return Frame(key, [Parameter(name)], lambda: planner.table(name, types), planner)


def text(value: str, make: Callable[[str], Any]) -> Column:
    """Return a column of the same text everywhere; `make` makes SQLFrame's column of a text."""
    parameter = Parameter(unique_name("text"), value)
    return Column(_digest("text"), [parameter], lambda: make(parameter.mark))


def function(name: str, own: Callable[[], Callable[..., Any]]) -> Callable[..., Column]:
    """Return a function of columns that notes its calls; `own` returns that of SQLFrame."""
    return lambda *args, **names: _call(Column, name, own, args, names)


def _method(
    kind: Callable[..., Made], target: Recorded, name: str
) -> Callable[..., Made]:
    if kind is Column and name.startswith("_") and name.strip("_") not in _OPERATORS:
        raise AttributeError(name)

    def noted(*args: Any, **names: Any) -> Made:
        def step(own: Any, *rest: Any, **others: Any) -> Any:
            return getattr(own, name)(*rest, **others)

        return _call(kind, name, lambda: step, (target, *args), names)

    return noted


def _call(
    kind: Callable[..., Made],
    name: str,
    own: Callable[[], Callable[..., Any]],
    args: Sequence[Any],
    names: Mapping[str, Any],
) -> Made:
    parameters: dict[Parameter, int] = {}
    key = _digest(name, _key(args, parameters), _key(names, parameters))
    return kind(key, [*parameters], lambda: own()(*_real(args), **_real(names)))


def _key(value: Any, parameters: dict[Parameter, int]) -> Any:
    """Tell a value from others; adds its parameters, and tells only which of them they are."""
    if isinstance(value, Recorded):
        places = [
            parameters.setdefault(each, len(parameters)) for each in value.parameters
        ]
        return value.key, places
    if isinstance(value, list | tuple):
        return [_key(each, parameters) for each in value]
    if isinstance(value, Mapping):
        return [(name, _key(each, parameters)) for name, each in value.items()]
    if isinstance(value, _PLAIN):
        return value
    if inspect.isfunction(value):
        # What it does is seen from what it makes of columns.
        wanted = len(inspect.signature(value).parameters)
        items = [Column(_digest("item", n), [], tuple) for n in range(wanted)]
        return "function", _key(value(*items), parameters)
    return unique_name("value")


def _real(value: Any) -> Any:
    if isinstance(value, Recorded):
        return value.real
    if isinstance(value, list | tuple):
        return [_real(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _real(each) for name, each in value.items()}
    if inspect.isfunction(value):
        return _RealFunction(value)
    return value


class _RealFunction:
    """A function of columns for SQLFrame, which looks at the names of what it takes."""

    def __init__(self, own: Callable[..., Any]) -> None:
        self._own = own
        self.__signature__ = inspect.signature(own)

    def __call__(self, *columns: Any) -> Any:
        return _real(self._own(*columns))


def _digest(*parts: Any) -> str:
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()
