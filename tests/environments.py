"""Which tests depend on what the environments of the two Sparks have in different versions."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Other versions in the environment of Spark 4, as `requirements/` has them; PySpark brings py4j.
LIBRARIES = {"numpy", "pandas", "py4j", "pyarrow", "pyspark"}
# Our own packages that are made of these.
_MADE_OF_THEM = {"benchmarks", "generators"}


def depends_on_versions(item: pytest.Item) -> bool:
    """Tell whether the file of a test names anything of those libraries."""
    names = vars(getattr(item, "module", item)).values()
    origins = {getattr(each, "__module__", None) for each in names}
    origins |= {getattr(each, "__name__", None) for each in names}
    roots = {str(origin).partition(".")[0] for origin in origins}
    return bool(roots & (LIBRARIES | _MADE_OF_THEM))


def versions(lock: str) -> dict[str, set[str]]:
    """Return the versions that a lock pins each library to, one for each range of Python."""
    pinned: dict[str, set[str]] = {}
    text = (ROOT / "requirements" / lock).read_text()
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE):
        pinned.setdefault(name, set()).add(version)
    return pinned
