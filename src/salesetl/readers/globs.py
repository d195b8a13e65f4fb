"""Paths with wildcards."""

import re
from functools import lru_cache

# As in a shell: neither sign stands for a slash.
_GLOB = {"*": "[^/]*", "?": "[^/]"}


def glob_root(path: str) -> str:
    """Return the folder above the first wildcard of a path; all of a path that has none."""
    return re.split(r"/[^/]*[*?]", path, maxsplit=1)[0]


@lru_cache(1000)
def glob_pattern(path: str) -> re.Pattern[str]:
    """Return a pattern for all paths that a glob names, and for all paths below them."""
    return re.compile(
        "".join(_GLOB.get(char, re.escape(char)) for char in path) + "(/.*)?"
    )
