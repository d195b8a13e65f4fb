"""Plans of queries, kept in this process, with places for what differs between queries."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

_PLANS_KEPT = 2000

# Stands in no data, nor in any text of a source profile.
_TOKEN = uuid4().hex
_MARK = re.compile(rf"'(\w+_{_TOKEN})'|(\w+_{_TOKEN})")
_PLACE = re.compile("\0([0-9]+)([tn])\0")
_numbers = count()
_plans: OrderedDict[bytes, str] = OrderedDict()


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
    """Return a name that nothing else has."""
    return f"{kind}_{next(_numbers)}_{_TOKEN}"


def plan(key: bytes, parameters: Sequence[Parameter], make: Callable[[], str]) -> str:
    """Return a text with these parameters; made with their marks, if the key is a new one."""
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
