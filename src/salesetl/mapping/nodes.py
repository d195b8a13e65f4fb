"""What an expression or a condition of a source profile is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal


@dataclass(frozen=True)
class Name:
    """A column of the file or of the contract."""

    name: str


@dataclass(frozen=True)
class Number:
    """A number as it is written."""

    value: Decimal


@dataclass(frozen=True)
class Text:
    """A quoted text."""

    value: str


@dataclass(frozen=True)
class Null:
    """Nothing."""


@dataclass(frozen=True)
class Negative:
    """A number with the other sign."""

    operand: Node


@dataclass(frozen=True)
class Arithmetic:
    """One of + - * / between two numbers."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Call:
    """A function of some operands."""

    name: str
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Case:
    """The first value whose condition holds, or else another."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node


@dataclass(frozen=True)
class Comparison:
    """Whether two values compare as the sign says."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class IsNull:
    """Whether there is no value."""

    operand: Node


@dataclass(frozen=True)
class IsIn:
    """Whether a value is one of a list."""

    operand: Node
    values: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    """Whether a condition does not hold."""

    condition: Node


@dataclass(frozen=True)
class All:
    """Whether two conditions both hold."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Any:
    """Whether one of two conditions holds."""

    left: Node
    right: Node


Node = (
    Name
    | Number
    | Text
    | Null
    | Negative
    | Arithmetic
    | Call
    | Case
    | Comparison
    | IsNull
    | IsIn
    | Not
    | All
    | Any
)


def names_of(node: Node) -> Iterator[str]:
    """Yield the names of the columns that a node uses."""
    if isinstance(node, Name):
        yield node.name
    for inner in _inner(node):
        yield from names_of(inner)


def depth_of(node: Node) -> int:
    """Return how deep nodes are nested in a node, itself counted."""
    return 1 + max(map(depth_of, _inner(node)), default=0)


def size_of(node: Node) -> int:
    """Estimate how much SQL a node becomes, where a name is 1.

    Engines write the operands of a division several times, and the text of a number twice.
    """
    times = 1
    if isinstance(node, Arithmetic) and node.sign == "/":
        times = 6
    elif isinstance(node, Call | Case | IsNull):
        times = 2
    return 1 + times * sum(map(size_of, _inner(node)))


def _inner(node: object) -> Iterator[Node]:
    """Yield the nodes directly below one."""
    values = [getattr(node, each.name) for each in fields(node)]  # type: ignore[arg-type]
    while values:
        value = values.pop(0)
        if isinstance(value, tuple):
            values[:0] = value
        elif isinstance(value, Node):
            yield value


def is_number(node: Node) -> bool:
    """Whether a node can only be a number."""
    match node:
        case Number() | Negative() | Arithmetic() | Call("abs" | "round", _):
            return True
        case Call("coalesce", parts):
            return any(map(is_number, parts))
        case Case(branches, otherwise):
            return any(
                is_number(each) for each in (*dict(branches).values(), otherwise)
            )
        case _:
            return False


def chooses(node: Node) -> bool:
    """Whether a node may choose between values, so that a null does not make it null."""
    return isinstance(node, Case | Call) or any(map(chooses, _inner(node)))
