"""Translates what source profiles say in the language of expressions to SQL."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace

from salesetl import parsing
from salesetl.errors import InputError, nearest
from salesetl.mapping import nodes
from salesetl.mapping.nodes import Node, chooses, is_number, names_of
from salesetl.mapping.operands import Operands
from salesetl.mapping.syntax import parse

# Results are rounded half-up to six decimals; one of more than twelve digits before them is null.
_ARITHMETIC = {
    "+": "try_cast(try_add({0}, {1}) as decimal(18, 6))",
    "-": "try_cast(try_subtract({0}, {1}) as decimal(18, 6))",
    "*": "try_cast(try_multiply({0}, {1}) as decimal(18, 6))",
    "/": "try_cast({quotient} as decimal(18, 6))",
}
# Functions and the number of operands that they take.
_ANY = range(1, 100)
_ONE = range(1, 2)
_NUMBER_FUNCTIONS = {"abs": _ONE, "coalesce": _ANY, "round": range(1, 3)}
_TEXT_FUNCTIONS = {
    "coalesce": _ANY,
    "concat": _ANY,
    "lower": _ONE,
    "trim": _ONE,
    "upper": _ONE,
}
_FUNCTIONS = {**_NUMBER_FUNCTIONS, **_TEXT_FUNCTIONS}
_ALLOWED = (
    "columns, numbers, quoted text, + - * /, case when … then … else … end, = <> < <= > >= and or"
    f" not in is null, and {', '.join(sorted(_FUNCTIONS))}"
)


_Read = Callable[[Node, Operands], str]


class Formula(ABC):
    """A text of a profile that is translated to SQL."""

    def __init__(self, source: str) -> None:
        """Parse the text; InputError shows the part that is not allowed."""
        self.source = source
        try:
            self.tree = parse(source)
        except ValueError as error:
            raise self._refusal(str(error)) from error
        self.names = list(names_of(self.tree))
        self.chooses = chooses(self.tree)
        nothing = dict.fromkeys(self.names, "_")
        self.sql(Operands(nothing, nothing))

    @abstractmethod
    def sql(self, operands: Operands) -> str:
        """Return SQL for the result."""

    def text_of(self, node: Node, given: Operands) -> str:
        """SQL for the text of a value."""
        match node:
            case nodes.Name(name):
                return given.texts[name]
            case nodes.Text(text):
                return parsing.text_literal(text)
            case nodes.Null():
                return "cast(null as string)"
            case nodes.Case() if not is_number(node):
                return self.case_of(node, given, self.text_of)
            case nodes.Call(name, parts) if len(parts) in _TEXT_FUNCTIONS.get(name, ()):
                texts = (self.text_of(part, given) for part in parts)
                blanks = "both ' ' from " if name == "trim" else ""
                return f"{name}({blanks}{', '.join(texts)})"
            case _:
                number = self._number(node, given)
                # Spark would write zero at a fine scale as 0E-8.
                written = f"cast({number} as string)"
                return f"case when abs({number}) < 0.000001 then '0' else {written} end"

    def _number(self, node: Node, given: Operands) -> str:
        """SQL for the value of a number."""
        match node:
            case nodes.Name(name):
                text, is_rounded = given.numbers[name], given.is_rounded
                return parsing.decimal(text, 18, 6, is_rounded=is_rounded)
            case nodes.Number():
                return self._number_literal(node)
            case nodes.Null():
                return "cast(null as decimal(18, 6))"
            case nodes.Negative(operand):
                return f"(-{self._number(operand, given)})"
            case nodes.Arithmetic(sign, left, right):
                pair = [self._number(each, given) for each in (left, right)]
                quotient = given.quotient.format(*pair)
                return _ARITHMETIC[sign].format(*pair, quotient=quotient)
            case nodes.Case():
                return self.case_of(node, given, self._number)
            case nodes.Call("round", (value, *places)) if len(places) < 2:
                return self._rounded(value, places, given)
            case nodes.Call(name, parts) if len(parts) in _NUMBER_FUNCTIONS.get(
                name, ()
            ):
                numbers = (self._number(part, given) for part in parts)
                return f"{name}({', '.join(numbers)})"
            case _:
                raise self._refusal(_shown(node, self.source))

    def condition_of(self, node: Node, given: Operands) -> str:
        """SQL for whether a condition holds; null where that is not known."""
        match node:
            case nodes.All(left, right) | nodes.Any(left, right):
                word = "and" if isinstance(node, nodes.All) else "or"
                pair = (self.condition_of(each, given) for each in (left, right))
                return f"({f' {word} '.join(pair)})"
            case nodes.Not(condition):
                return f"(not {self.condition_of(condition, given)})"
            case nodes.IsNull(operand):
                return f"({self.text_of(operand, given)} is null)"
            case nodes.Comparison(_, left, right) if nodes.Null() in (left, right):
                raise self._refusal("a comparison with null (write is null)")
            case nodes.IsIn(_, values) if nodes.Null() in values:
                raise self._refusal("null in a list (write is null)")
            case nodes.Comparison(sign, left, right):
                read = self._reader(left, right, is_ordered=sign not in ("=", "<>"))
                return f"({read(left, given)} {sign} {read(right, given)})"
            case nodes.IsIn(operand, values):
                read = self._reader(operand, *values)
                listed = ", ".join(read(each, given) for each in values)
                return f"({read(operand, given)} in ({listed}))"
            case _:
                raise self._refusal(_shown(node, self.source))

    def case_of(self, node: nodes.Case, given: Operands, read: _Read) -> str:
        """SQL for a case whose values are read in one way."""
        branches = " ".join(
            f"when {self.condition_of(condition, given)} then {read(value, given)}"
            for condition, value in node.branches
        )
        return f"case {branches} else {read(node.otherwise, given)} end"

    def _reader(self, *values: Node, is_ordered: bool = False) -> _Read:
        """Return how to read values that are compared.

        As numbers if one of them is a number, or if they are ordered and none is quoted text: as
        text, 10 would be less than 9.
        """
        is_quoted = any(isinstance(value, nodes.Text) for value in values)
        if any(map(is_number, values)) or is_ordered and not is_quoted:
            return self._number
        return self.text_of

    def _rounded(self, value: Node, places: list[Node], given: Operands) -> str:
        match places:
            case []:
                digits = 0
            case [nodes.Number(places_kept)] if places_kept in range(7):
                digits = int(places_kept)
            case _:
                raise self._refusal(_shown(places[0], self.source))
        # A float may be written with more decimals than a number here has.
        number = self._number(value, replace(given, is_rounded=True))
        if isinstance(value, nodes.Name):
            # Rounded only once, from all decimals.
            text = given.numbers[value.name]
            number = parsing.decimal(text, 38, 18, is_rounded=True)
        return f"try_cast(round({number}, {digits}) as decimal(18, 6))"

    def _number_literal(self, node: nodes.Number) -> str:
        text = f"{node.value:f}"
        whole, _, fraction = text.partition(".")
        if len(whole) > 12 or len(fraction) > 6:
            raise self._refusal(text[:40])
        return (
            f"cast('{text}' as decimal({len(whole) + len(fraction)}, {len(fraction)}))"
        )

    def _refusal(self, part: str) -> InputError:
        called = re.match(r"(\w+)\s*\(", part)
        meant = nearest(called[1], _FUNCTIONS) if called else None
        hint = f"did you mean {meant}? Use" if meant and meant not in part else "use"
        return InputError(
            f"expression {self.source!r}: {part!r} is not allowed; {hint} {_ALLOWED}"
        )


def _shown(node: Node, source: str) -> str:
    """Return the part of a source that a node was read from, for a message."""
    match node:
        case nodes.Call(name, _) if f"{name}(" in source.casefold():
            return source[source.casefold().index(f"{name}(") :][:80]
        case nodes.Text(text):
            return text[:80]
        case nodes.Number(value):
            return str(value)
        case _:
            return source[:80]
