"""Parses the expressions and conditions of source profiles: a small part of SQL, and no more.

What is not listed here cannot be said, so a profile from somewhere else cannot run code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from itertools import islice

from salesetl.mapping.nodes import (
    All,
    Any,
    Arithmetic,
    Call,
    Case,
    Comparison,
    IsIn,
    IsNull,
    Name,
    Negative,
    Node,
    Not,
    Null,
    Number,
    Text,
    depth_of,
    size_of,
)
from salesetl.mapping.tokens import Token, tokens

_DEEPEST = 30
_LARGEST = 1000
_MOST_TOKENS = 500
_TOO_DEEP = "nesting this deep"
_COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<="}
_COMPARISONS |= {">": ">", ">=": ">="}


def parse(source: str) -> Node:
    """Parse an expression or a condition; ValueError with the part that is not understood."""
    node = _Parser(source).whole()
    if depth_of(node) > _DEEPEST or size_of(node) > _LARGEST:
        raise ValueError(_TOO_DEEP)
    return node


class _Parser:
    """A parser by recursive descent; each method reads what its name says."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._tokens = list(islice(tokens(source), _MOST_TOKENS + 1))
        if len(self._tokens) > _MOST_TOKENS:
            raise ValueError(f"more than {_MOST_TOKENS} words and signs")
        self._depth = 0

    def whole(self) -> Node:
        node = self._alternatives()
        if self._tokens:
            raise self._refusal()
        return node

    def _alternatives(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError(_TOO_DEEP)
        node = self._conjunction()
        while self._take("or"):
            node = Any(node, self._conjunction())
        self._depth -= 1
        return node

    def _conjunction(self) -> Node:
        node = self._negation()
        while self._take("and"):
            node = All(node, self._negation())
        return node

    def _negation(self) -> Node:
        if self._take("not"):
            return Not(self._deeper(self._negation))
        return self._comparison()

    def _comparison(self) -> Node:
        left = self._sum()
        for sign, meaning in _COMPARISONS.items():
            if self._take(sign):
                return Comparison(meaning, left, self._sum())
        if self._take("is"):
            is_negated = self._take("not")
            self._need("null")
            return Not(IsNull(left)) if is_negated else IsNull(left)
        is_negated = self._take("not")
        if self._take("in"):
            self._need("(")
            values = self._list()
            if not values:
                raise ValueError("in ()")
            found = IsIn(left, values)
            return Not(found) if is_negated else found
        if is_negated:
            raise self._refusal()
        return left

    def _sum(self) -> Node:
        node = self._product()
        while sign := self._take("+") or self._take("-"):
            node = Arithmetic(sign, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._signed()
        while sign := self._take("*") or self._take("/"):
            node = Arithmetic(sign, node, self._signed())
        return node

    def _signed(self) -> Node:
        if self._take("-"):
            return Negative(self._deeper(self._signed))
        return self._operand()

    def _operand(self) -> Node:
        if self._take("("):
            node = self._alternatives()
            self._need(")")
            return node
        if self._take("case"):
            return self._case()
        if self._take("null"):
            return Null()
        token = self._next()
        if token.kind == "number":
            return Number(Decimal(token.text))
        if token.kind == "text":
            return Text(re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL))
        if token.kind == "name" and self._take("("):
            return Call(token.text.casefold(), self._list())
        if token.kind in ("name", "quoted"):
            return Name(token.text)
        raise self._refusal(token)

    def _case(self) -> Case:
        branches = []
        self._need("when")
        while True:
            condition = self._alternatives()
            self._need("then")
            branches.append((condition, self._alternatives()))
            if not self._take("when"):
                break
        otherwise = self._alternatives() if self._take("else") else Null()
        self._need("end")
        return Case(tuple(branches), otherwise)

    def _list(self) -> tuple[Node, ...]:
        """Read operands up to the parenthesis that closes them; the one that opens is read."""
        operands: list[Node] = []
        if self._take(")"):
            return ()
        while True:
            operands.append(self._alternatives())
            if not self._take(","):
                self._need(")")
                return tuple(operands)

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError(_TOO_DEEP)
        node = read()
        self._depth -= 1
        return node

    def _take(self, word: str) -> str | None:
        """Take the next token if it is a word or a sign; return it, or None."""
        if self._tokens and self._tokens[0].kind in ("word", "sign"):
            if self._tokens[0].text == word:
                return self._tokens.pop(0).text
        return None

    def _need(self, word: str) -> None:
        if not self._take(word):
            raise self._refusal()

    def _next(self) -> Token:
        if not self._tokens:
            raise self._refusal()
        return self._tokens.pop(0)

    def _refusal(self, token: Token | None = None) -> ValueError:
        """Return the error that shows the rest of the source, from what is not understood on."""
        token = token or next(iter(self._tokens), None)
        rest = self._source[token.place :] if token else self._source
        return ValueError(rest.strip()[:80] or self._source[:80])
