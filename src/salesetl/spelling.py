"""What was meant by a name that nobody knows."""

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like another, in any case; None if none is."""
    by_fold = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.4)
    return by_fold[found[0]] if found else None


def not_known(what: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is none of the known ones, with the nearest and all of them."""
    names = list(known)
    meant = nearest(name, names)
    hint = f"did you mean {meant}? Allowed" if meant else "allowed"
    return f"{what}; {hint}: {', '.join(names)}"
