"""Notes calls of the PySpark API, and makes them with SQLFrame only when their plan is new."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from salesetl.engines.query_plans import Parameter, unique_name

# Values that are written alike only if they are the same.
_PLAIN = (str, int, float, bytes, Decimal, date, type(None))


class Recorded:
    """A call that is noted.

    Calls have the same `key` if they differ in nothing but parameters, and then share a plan.
    `inputs` are the calls that `make` needs the results of.
    """

    def __init__(
        self,
        key: str,
        parameters: Sequence[Parameter],
        make: Callable[[], Any],
        inputs: Sequence[Recorded] = (),
    ) -> None:
        self.key = key
        self.parameters = parameters
        self._make = make
        self._inputs = inputs

    def real(self) -> Any:
        """Return what SQLFrame makes of it; made once.

        It is no property: `__getattr__` would hide an AttributeError of SQLFrame.
        """
        # Not by recursion, because a chain of calls may be longer than Python's stack is deep.
        waiting = [self]
        while waiting:
            last = waiting[-1]
            if inputs := [each for each in last._inputs if not each._is_made]:
                waiting += inputs
                continue
            waiting.pop()
            if not last._is_made:
                last.become(last._make())
        return self._real

    def become(self, real: Any) -> None:
        """Keep what SQLFrame has made of it."""
        self._real = real

    @property
    def _is_made(self) -> bool:
        return "_real" in vars(self)


class Function:
    """A function of columns, called once with noted columns; SQLFrame calls it with its own.

    `item` makes a noted column by the name of what the function takes.
    """

    def __init__(
        self, own: Callable[..., Any], item: Callable[[str], Recorded]
    ) -> None:
        # SQLFrame takes the names of the items from here, and writes them into its SQL.
        self.__signature__ = inspect.signature(own)
        self.names = [*self.__signature__.parameters]
        self._items = [item(name) for name in self.names]
        self.made = own(*self._items)

    def __call__(self, *columns: Any) -> Any:
        for item, column in zip(self._items, columns, strict=True):
            item.become(column)
        return real_of(self.made)


def noted(value: Any, item: Callable[[str], Recorded]) -> Any:
    """Return an argument of a call with the functions in it noted; `item` is as in Function."""
    if isinstance(value, list | tuple):
        return [noted(each, item) for each in value]
    if isinstance(value, Mapping):
        return {name: noted(each, item) for name, each in value.items()}
    return Function(value, item) if callable(value) else value


def key_of(value: Any, parameters: dict[Parameter, int]) -> Any:
    """Return what tells a noted argument from others.

    Its parameters are added to those of the call. The key has only their places, so that the same
    parameter twice is another key than two parameters.
    """
    if isinstance(value, Recorded):
        places = [
            parameters.setdefault(each, len(parameters)) for each in value.parameters
        ]
        return value.key, places
    if isinstance(value, list):
        return [key_of(each, parameters) for each in value]
    if isinstance(value, Mapping):
        return [(name, key_of(each, parameters)) for name, each in value.items()]
    if isinstance(value, Function):
        return "function", value.names, key_of(value.made, parameters)
    return value if isinstance(value, _PLAIN) else unique_name("value")


def calls_in(value: Any) -> Iterator[Recorded]:
    """Yield the calls in a noted argument; those in a function wait until SQLFrame calls it."""
    if isinstance(value, Recorded):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from calls_in(each)
    elif isinstance(value, Mapping):
        yield from calls_in([*value.values()])


def real_of(value: Any) -> Any:
    """Return an argument with what SQLFrame makes of the calls in it."""
    if isinstance(value, Recorded):
        return value.real()
    if isinstance(value, list | tuple):
        return [real_of(each) for each in value]
    if isinstance(value, Mapping):
        return {name: real_of(each) for name, each in value.items()}
    return value


def digest(*parts: Any) -> str:
    """Return a short text that tells these parts from others; it is the same in every process."""
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()
