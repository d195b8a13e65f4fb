"""Knows what columns of contracts are called in the exports of other systems."""

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources

# How sure a name makes: it is one that is known, has all its words, or begins or ends with it.
_EXACT, _WORDS, _PART = 1.0, 0.6, 0.4
# Names are listed from the most telling one on.
_EACH_LATER = 0.005
_SHORTEST_PART = 5


def likeness(name: str, column: str) -> float:
    """Tell from 0 to 1 how likely a column of that name has the values of a contract's column."""
    known = known_columns().get(column, {"names": [column]})
    words = words_of(name)
    wholes = known.get("whole", [])
    alike = [
        _alike(words, words_of(each), is_whole=each in wholes)
        for each in [*known["names"], *wholes]
    ]
    found = max(each - rank * _EACH_LATER for rank, each in enumerate(alike))
    if _EXACT not in alike and set(words) & set(known.get("avoid", [])):
        return 0.0
    return max(found, 0.0)


def words_of(name: str) -> list[str]:
    """Return the words of a name in lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", plain)
    return re.findall(r"[^\W_]+", apart.casefold())


def _alike(words: list[str], known: list[str], *, is_whole: bool) -> float:
    whole, part = "".join(words), "".join(known)
    if whole == part:
        return _EXACT
    if is_whole:
        return 0.0
    if set(known) <= set(words):
        return _WORDS
    is_part = whole.startswith(part) or whole.endswith(part)
    return _PART if is_part and len(part) >= _SHORTEST_PART else 0.0


@cache
def known_columns() -> dict[str, dict[str, list[str]]]:
    """Return what is known of the names of each column of contracts."""
    text = resources.files("salesetl").joinpath("suggesting", "names.toml").read_text()
    return tomllib.loads(text)
