"""Finds the known name that is nearest to an unknown one."""

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most similar to `name`, ignoring case; None if none is."""
    by_fold = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.4)
    return by_fold[found[0]] if found else None


def not_known(what: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is unknown, with the nearest known name and all known names."""
    names = list(known)
    meant = nearest(name, names)
    hint = f"did you mean {meant}? Allowed" if meant else "allowed"
    return f"{what}; {hint}: {', '.join(names)}"
