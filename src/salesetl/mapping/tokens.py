"""Cuts the source of an expression into words, names, numbers, texts and signs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?![\w.])
      | (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | `(?P<quoted>[^`]+)`
      | (?P<name>[^\W\d]\w*)
      | (?P<sign><=|>=|<>|!=|[-+*/(),=<>])
    )""",
    re.VERBOSE | re.DOTALL,
)
_WORDS = {
    *("and", "or", "not", "is", "in", "null"),
    *("case", "when", "then", "else", "end"),
}


@dataclass(frozen=True)
class Token:
    """A part of a source, and where it begins."""

    kind: str
    text: str
    place: int


def tokens(source: str) -> Iterator[Token]:
    """Yield the parts of a source; ValueError with the rest from what is none of them."""
    place = 0
    while source[place:].strip():
        found = _TOKEN.match(source, place)
        if not found:
            raise ValueError(source[place:].strip()[:80])
        kind = str(found.lastgroup)
        text, begin, place = found[kind], found.start(kind), found.end()
        if kind == "name" and text.casefold() in _WORDS:
            kind, text = "word", text.casefold()
        yield Token(kind, text, begin)
