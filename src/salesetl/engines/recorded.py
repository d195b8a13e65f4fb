"""Frames and columns of the PySpark API that note their calls, and plan a query when it is needed.

Runs have nearly all of their steps in common. A plan of SQLFrame is kept in this process, and is
used for every frame with the same steps, whatever tables it reads and whatever its texts are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from salesetl.engines.calls import Recorded, calls_in, digest, key_of, noted, real_of
from salesetl.engines.engine import NAME_SEPARATOR
from salesetl.engines.planner import Planner
from salesetl.engines.query_plans import Parameter, plan, unique_name

# Methods that return a frame or its rows in groups. Other methods are called on SQLFrame's frame.
_STEPS = frozenset(
    """agg alias crossJoin distinct drop dropDuplicates exceptAll filter groupBy intersect join
    limit orderBy select selectExpr sort subtract union unionAll unionByName where withColumn
    withColumnRenamed withColumns""".split()
)
_OPERATORS = """add and eq ge getitem gt invert le lt mod mul ne neg or radd rand rmod rmul ror rsub
    rtruediv sub truediv""".split()

Made = TypeVar("Made", bound="Recorded")


class Column(Recorded):
    """A column of the PySpark API."""

    __hash__ = object.__hash__
    __iter__ = None

    def __getattr__(self, name: str) -> Any:
        return _method(Column, self, name)


class Text(Column):
    """A column of the same text everywhere, which is a parameter of plans."""

    def __init__(self, value: str, make: Callable[[str], Any]) -> None:
        parameter = Parameter(unique_name("text"), value)
        super().__init__(digest("text"), [parameter], lambda: make(parameter.mark))
        self._make_text = partial(make, value)
        self._value = value

    def fixed(self) -> Column:
        """Return the same column as part of the plan."""
        return Column(digest("text", self._value), [], self._make_text)


for _operator in _OPERATORS:

    def _operate(self: Column, *others: Any, _name: str = f"__{_operator}__") -> Column:
        return _method(Column, self, _name)(*others)

    setattr(Column, f"__{_operator}__", _operate)


class Frame(Recorded):
    """A frame of the PySpark API, or its rows in groups."""

    def __init__(self, *call: Any, planner: Planner) -> None:
        """Take a call as Recorded does."""
        super().__init__(*call)
        self._planner = planner

    @property
    def columns(self) -> list[str]:
        """Return the names of its columns."""
        text = plan(f"columns of {self.key}", self.parameters, self._names)
        return text.split(NAME_SEPARATOR)

    def query(self) -> str:
        """Return the SQL of DuckDB for its rows."""
        return plan(self.key, self.parameters, lambda: self._planner.query(self.real))

    def transform(self, step: Callable[..., Any], *args: Any, **names: Any) -> Any:
        """Return the result of a function of this frame."""
        return step(self, *args, **names)

    def _names(self) -> str:
        return self._planner.made(lambda: NAME_SEPARATOR.join(self.real().columns))

    def __getitem__(self, name: str) -> Column:
        return _method(Column, self, "__getitem__")(name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        step = _method(partial(Frame, planner=self._planner), self, name)
        if name in _STEPS:
            return step
        found = self._planner.made(lambda: getattr(self.real(), name))
        if not callable(found):
            return found

        def call(*args: Any, **names: Any) -> Any:
            made = self._planner.made(lambda: found(*real_of(args), **real_of(names)))
            if not self._planner.is_frame(made):
                return made
            # Noted too, such as a count of groups: SQLFrame's frame has marks in place of texts.
            noted_step = step(*args, **names)
            noted_step.become(made)
            return noted_step

        return call


def table(name: str, types: Mapping[str, str], planner: Planner) -> Frame:
    """Return the frame of a table with a unique name; the types of its columns are DuckDB's."""
    key = digest("table", *types.items())
    make = partial(planner.table, name, types)
    return Frame(key, [Parameter(name)], make, planner=planner)


def function(name: str, own: Callable[[], Callable[..., Any]]) -> Callable[..., Column]:
    """Return a function of columns that notes its calls; `own` returns that of SQLFrame."""

    def call(*args: Any, **names: Any) -> Column:
        fixed = [_fixed(each) for each in args]
        return _call(
            Column, name, own, fixed, {key: _fixed(each) for key, each in names.items()}
        )

    return call


def _fixed(value: Any) -> Any:
    # SQLFrame translates some texts, such as the format of a date: a mark cannot stand for these.
    return value.fixed() if isinstance(value, Text) else value


def _method(
    kind: Callable[..., Made], target: Recorded, name: str
) -> Callable[..., Made]:
    if kind is Column and name.startswith("_") and name.strip("_") not in _OPERATORS:
        raise AttributeError(name)

    def call(*args: Any, **names: Any) -> Made:
        def step(own: Any, *rest: Any, **others: Any) -> Any:
            return getattr(own, name)(*rest, **others)

        # A function may have the name of a method.
        return _call(kind, f".{name}", lambda: step, (target, *args), names)

    return call


def _call(
    kind: Callable[..., Made],
    name: str,
    own: Callable[[], Callable[..., Any]],
    args: Sequence[Any],
    names: Mapping[str, Any],
) -> Made:
    args, names = noted(args, _item), noted(names, _item)
    parameters: dict[Parameter, int] = {}
    key = digest(name, key_of(args, parameters), key_of(names, parameters))
    return kind(
        key,
        [*parameters],
        lambda: own()(*real_of(args), **real_of(names)),
        [*calls_in([args, names])],
    )


def _item(name: str) -> Column:
    # By name, because SQL too tells the items of functions within functions apart by their names.
    return Column(digest("item", name), [], tuple)
