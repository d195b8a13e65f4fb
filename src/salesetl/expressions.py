"""The expressions of source profiles: arithmetic and text functions over columns.

An expression is parsed, never executed. Anything but columns, constants and the listed operators
and functions is refused, so a profile cannot run code.
"""

import ast
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from salesetl import parsing
from salesetl.errors import InputError, nearest

# Results are rounded half-up to six decimals; one of more than twelve digits before them is null.
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "try_cast(try_add({0}, {1}) as decimal(18, 6))",
    ast.Sub: "try_cast(try_subtract({0}, {1}) as decimal(18, 6))",
    ast.Mult: "try_cast(try_multiply({0}, {1}) as decimal(18, 6))",
    ast.Div: "try_cast({quotient} as decimal(18, 6))",
}
# Functions and the number of operands that they take.
_ANY = range(1, 100)
_ONE = range(1, 2)
_NUMBER_FUNCTIONS = {"abs": _ONE, "coalesce": _ANY}
_TEXT_FUNCTIONS = {
    "coalesce": _ANY,
    "concat": _ANY,
    "lower": _ONE,
    "trim": _ONE,
    "upper": _ONE,
}
_FUNCTIONS = {**_NUMBER_FUNCTIONS, **_TEXT_FUNCTIONS}
_DEEPEST = 50

# A name in backticks, or quoted text, in which backticks mean nothing.
_BACKTICKS = re.compile(r"""`(?P<name>[^`]+)`|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_ALLOWED = f"columns, numbers, quoted text, + - * / and {', '.join(sorted(_FUNCTIONS))}"


class Expression:
    """An expression over columns of a source file. A name with blanks is written in backticks."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._quoted: dict[str, str] = {}
        try:
            self._tree = ast.parse(
                _BACKTICKS.sub(self._unquote, source), mode="eval"
            ).body
            called = {
                node.func for node in ast.walk(self._tree) if isinstance(node, ast.Call)
            }
            self.names = [
                self._quoted.get(node.id, node.id)
                for node in ast.walk(self._tree)
                if isinstance(node, ast.Name) and node not in called
            ]
            if _depth(self._tree) > _DEEPEST:
                raise self._refusal("nesting this deep")
            self.sql(dict.fromkeys(self.names, "_"), dict.fromkeys(self.names, "_"))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise self._refusal(source[:80]) from error

    def sql(
        self,
        texts: Mapping[str, str],
        numbers: Mapping[str, str],
        quotient: str = "try_divide({0}, {1})",
    ) -> str:
        """Return SQL for the text of the result.

        `texts` is SQL for the text that a name stands for, `numbers` for its text with a decimal
        point, used where the name is an operand of arithmetic. `quotient` is SQL for that of two
        numbers, null if the second is zero.
        """
        return self._text(self._tree, texts, numbers, quotient)

    def _text(
        self,
        node: ast.expr,
        texts: Mapping[str, str],
        numbers: Mapping[str, str],
        quotient: str,
    ) -> str:
        match node:
            case ast.Name(id=name):
                return texts[self._quoted.get(name, name)]
            case ast.Constant(value=str(text)):
                return parsing.text_literal(text)
            case ast.Call(func=ast.Name(id=name), args=operands, keywords=[]) if len(
                operands
            ) in _TEXT_FUNCTIONS.get(name, ()):
                parts = (
                    self._text(operand, texts, numbers, quotient)
                    for operand in operands
                )
                blanks = "both ' ' from " if name == "trim" else ""
                return f"{name}({blanks}{', '.join(parts)})"
            case _:
                number = self._number(node, numbers, quotient)
                # Spark would write zero at a fine scale as 0E-8.
                written = f"cast({number} as string)"
                return f"case when abs({number}) < 0.000001 then '0' else {written} end"

    def _number(self, node: ast.expr, numbers: Mapping[str, str], quotient: str) -> str:
        match node:
            case ast.Name(id=name):
                text = numbers[self._quoted.get(name, name)]
                return parsing.decimal(text, 18, 6)
            case ast.Constant(value=int() | float()) if not isinstance(
                node.value, bool
            ):
                return self._number_literal(node)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"(-{self._number(operand, numbers, quotient)})"
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                pair = [self._number(each, numbers, quotient) for each in (left, right)]
                divided = quotient.format(*pair)
                return _OPERATORS[type(op)].format(*pair, quotient=divided)
            case ast.Call(func=ast.Name(id=name), args=operands, keywords=[]) if len(
                operands
            ) in _NUMBER_FUNCTIONS.get(name, ()):
                parts = (
                    self._number(operand, numbers, quotient) for operand in operands
                )
                return f"{name}({', '.join(parts)})"
            case _:
                raise self._refusal(ast.unparse(node))

    def _number_literal(self, node: ast.Constant) -> str:
        try:
            number = Decimal(ast.unparse(node))
        except InvalidOperation as error:
            raise self._refusal(ast.unparse(node)) from error
        text = f"{number:f}"
        whole, _, fraction = text.partition(".")
        if len(whole) > 12 or len(fraction) > 6:
            raise self._refusal(text[:40])
        return (
            f"cast('{text}' as decimal({len(whole) + len(fraction)}, {len(fraction)}))"
        )

    def _unquote(self, match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            return match[0]
        # No source can hold this identifier by itself: it is made longer than the source.
        placeholder = f"quoted_{len(self._quoted)}".ljust(len(self.source) + 1, "_")
        self._quoted[placeholder] = name
        return placeholder

    def _refusal(self, part: str) -> InputError:
        called = re.match(r"(\w+)\(", part)
        meant = nearest(called[1], _FUNCTIONS) if called else None
        hint = f"did you mean {meant}? Use" if meant and meant not in part else "use"
        return InputError(
            f"expression {self.source!r}: {part!r} is not allowed; {hint} {_ALLOWED}"
        )


def _depth(node: ast.AST) -> int:
    return 1 + max(map(_depth, ast.iter_child_nodes(node)), default=0)
