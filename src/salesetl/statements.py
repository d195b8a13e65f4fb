"""The shipped SQL: queries and views by name, and the tables that each reads."""

import difflib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from salesetl.errors import ArgumentError
from salesetl.registry import asked_tables

# Stands in the comment of the model of such a view.
_OF_ANALYTICS = "-- Written by `salesetl analytics`."
_SOURCE = re.compile(r"\b(?:from|join)\s+([a-z_][a-z0-9_]*)")


@dataclass(frozen=True)
class Statement:
    """One statement of a folder of `sql/athena`; a view creates itself, others return rows."""

    name: str
    text: str
    folder: str

    @property
    def is_view(self) -> bool:
        """Whether it creates a view."""
        return self.folder == "views"

    @property
    def comment(self) -> str:
        """Its description: the first line of its file."""
        return self.text.splitlines()[0].removeprefix("-- ")

    @property
    def is_of_analytics(self) -> bool:
        """Whether it is one of the analytics that are written together."""
        return _OF_ANALYTICS in self.text.splitlines()

    @property
    def rows_sql(self) -> str:
        """SQL for its rows in an order of their own; a view has none by itself."""
        return f"select * from {self.name} order by all" if self.is_view else self.text


@cache
def statements() -> dict[str, Statement]:
    """Return all queries and views by name."""
    folder = resources.files("salesetl") / "sql" / "athena"
    found = {}
    for kind in ("queries", "charts", "views"):
        for file in sorted((folder / kind).iterdir(), key=lambda file: file.name):
            name = file.name.removesuffix(".sql")
            found[name] = Statement(name, file.read_text(encoding="utf-8"), kind)
    return found


def statement(name: str) -> Statement:
    """Return one query or view; ArgumentError with the nearest name if there is none."""
    if name not in statements():
        nearest = difflib.get_close_matches(name, statements(), n=1, cutoff=0.4)
        hint = f"did you mean {nearest[0]}?" if nearest else "salesetl query lists them"
        raise ArgumentError(f"there is no query or view {name!r}; {hint}")
    return statements()[name]


def tables_below(name: str) -> list[str]:
    """Return the tables that a statement reads, directly or through views."""
    tables = {*asked_tables()}
    below = [name, *(each.name for each in views_below(name))]
    return sorted({used for each in below for used in _sources(each) & tables})


def views_below(name: str) -> list[Statement]:
    """Return the views that a statement reads, each after those that it reads itself."""
    ordered: dict[str, Statement] = {}
    for used in sorted(_sources(name)):
        if used in statements():
            ordered |= {each.name: each for each in views_below(used)}
            ordered[used] = statements()[used]
    return list(ordered.values())


def _sources(name: str) -> set[str]:
    return set(_SOURCE.findall(statement(name).text))
