"""The words, names, numbers, texts and signs of an expression's source."""

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


def quoted(name: str) -> str:
    """Write the name of a column as a source has it."""
    is_bare = re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name)
    return name if is_bare and name.casefold() not in _WORDS else f"`{name}`"


def literal(text: str) -> str:
    """Write a text as a source has it."""
    return "'" + re.sub(r"(['\\])", r"\\\1", text) + "'"


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
