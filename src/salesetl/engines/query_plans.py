"""Keeps plans of queries, with places for the tables and texts that differ between queries.

Plans stay in this process. A job also keeps them in the cache folder of the user, for its next run.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from itertools import count, islice
from pathlib import Path
from uuid import uuid4

from salesetl import __version__

_PLANS_KEPT = 2000
# More than a run of a job makes: source profiles have plans of their own.
_PLANS_WRITTEN = 300
# One for each version of the code, of which several may be in use.
_FILES_KEPT = 5
_PLANNERS = ("duckdb", "sqlframe", "sqlglot")

# Random, so that no data and no text of a source profile has it.
_TOKEN = uuid4().hex
_MARK = re.compile(rf"'(\w+_{_TOKEN})'|(\w+_{_TOKEN})")
_PLACE = re.compile("\0([0-9]+)([tn])\0")
_numbers = count()
_plans: OrderedDict[str, str] = OrderedDict()


@dataclass(frozen=True, eq=False)
class Parameter:
    """What may differ between queries of one plan: a table, or a text.

    `mark` stands for it while the query is planned, and is the name of a table.
    """

    mark: str
    text: str | None = None

    def written(self, *, is_literal: bool) -> str:
        """Write it as a literal, or as a name between quotes."""
        text = self.mark if self.text is None else self.text
        if is_literal:
            return "'{}'".format(text.replace("'", "''"))
        return text.replace('"', '""')


def unique_name(kind: str) -> str:
    """Return a name that nothing else in any process has."""
    return f"{kind}_{next(_numbers)}_{_TOKEN}"


def plan(key: str, parameters: Sequence[Parameter], make: Callable[[], str]) -> str:
    """Return the plan of a key with these parameters filled in.

    `make` is called only for a new key, and returns the plan with the marks of the parameters.
    """
    if key not in _plans:
        places = {each.mark: place for place, each in enumerate(parameters)}
        _plans[key] = _MARK.sub(
            lambda mark: f"\0{places[mark[1] or mark[2]]}{'t' if mark[1] else 'n'}\0",
            make(),
        )
    _plans.move_to_end(key)
    if len(_plans) > _PLANS_KEPT:
        _plans.popitem(last=False)
    return _PLACE.sub(
        lambda place: parameters[int(place[1])].written(is_literal=place[2] == "t"),
        _plans[key],
    )


@contextmanager
def known_from_earlier(job: str) -> Iterator[None]:
    """Take the plans of earlier runs of a job, and keep those of this one if it succeeds.

    A cache that cannot be read or written costs time only.
    """
    file = _file(job)
    with suppress(OSError, ValueError):
        digest, _, written = file.read_text().partition("\n")
        if digest == _digest(written):
            _plans.update(json.loads(written))
    known = {*_plans}
    yield
    if known.issuperset(_plans):
        return
    newest = dict(islice(reversed(_plans.items()), _PLANS_WRITTEN))
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_name(f"{file.name}.{os.getpid()}")
        written = json.dumps(newest)
        aside.write_text(f"{_digest(written)}\n{written}")
        # In one act, because another run may read the file meanwhile.
        aside.replace(file)
        _remove_old(file.parent.glob(f"{job}-*.json"))


def _remove_old(files: Iterable[Path]) -> None:
    """Remove plans of code that is in use no more, but for a few of the newest."""
    for old in sorted(files, key=os.path.getmtime)[:-_FILES_KEPT]:
        old.unlink(missing_ok=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _file(job: str) -> Path:
    """Return the file of a job's plans, whose name changes with the code that makes plans."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    made_by = hashlib.sha256(repr([__version__, *map(version, _PLANNERS)]).encode())
    for module in sorted(Path(__file__).parent.glob("*.py")):
        made_by.update(module.read_bytes())
    return Path(home) / "salesetl" / "plans" / f"{job}-{made_by.hexdigest()[:16]}.json"
