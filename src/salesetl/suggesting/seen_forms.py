"""Finds the forms of dates and numbers that values have."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from salesetl.mapping.date_forms import NAMES, day_in
from salesetl.mapping.numbers import NumberForm

# Values that are looked at of one column.
_MOST_VALUES = 2000
# The share of values that must have a form.
LEAST_ALIKE = 0.9
_MOST_FORMS = 4
# A reading of days that jumps so much less than the other is the right one.
_CALMER = 3

# The day at the beginning of a text, and its forms; `-` in a form is the sign between its parts.
_DAYS = {
    r"[0-9]{4}([-/. ])[0-9]{1,2}\1[0-9]{1,2}": ["yyyy-M-d"],
    r"[0-9]{1,2}([-/. ])[0-9]{1,2}\1[0-9]{4}": ["d-M-yyyy", "M-d-yyyy"],
    r"[0-9]{1,2}([-/. ])[0-9]{1,2}\1[0-9]{2}": ["d-M-yy", "M-d-yy"],
    r"[0-9]{1,2}([-/. ])[A-Za-z]{3,9}[.]?\1[0-9]{4}": ["d-MMM-yyyy", "d-MMMM-yyyy"],
    r"[0-9]{1,2}([-/. ])[A-Za-z]{3,9}[.]?\1[0-9]{2}": ["d-MMM-yy", "d-MMMM-yy"],
    r"[A-Za-z]{3,9}[.]?( )[0-9]{1,2} [0-9]{4}": ["MMM-d-yyyy", "MMMM-d-yyyy"],
    r"[A-Za-z]{3,9}[.]?( )[0-9]{1,2}, [0-9]{4}": ["MMM-d,-yyyy", "MMMM-d,-yyyy"],
    r"[0-9]{8}()": ["yyyyMMdd"],
}
_DAY_PATTERNS = {re.compile(pattern): forms for pattern, forms in _DAYS.items()}
_TIME = re.compile(
    r"(?P<gap> |T|, )[0-9]{1,2}:[0-9]{2}(?P<second>:[0-9]{2})?(?P<fraction>[.][0-9]{1,9})?"
    r"(?P<half> ?[AaPp][.]?[Mm][.]?)?(?P<zone> ?(Z|[+-][0-9]{2}:?[0-9]{2}))?"
)
_SWAPPED = str.maketrans("dM", "Md")
# What needs no form in a profile.
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_EARLIEST, _LATEST = date(1990, 1, 1), date(2068, 12, 31)

_SIGNS = (
    (".", ""),
    (".", ","),
    (".", " "),
    (".", "'"),
    (",", ""),
    (",", "."),
    (",", " "),
)
NUMBER_FORMS = [
    NumberForm(decimal, group, currency, negative)
    for negative in ((), ("parentheses",), ("trailing",), ("parentheses", "trailing"))
    for currency in (False, True)
    for decimal, group in _SIGNS
]


@dataclass(frozen=True)
class DateForms:
    """The forms of the dates in a column; none if they are all ISO.

    `share` of the values has one. `other_order` are the same forms, with day and month swapped in
    those of which nothing tells which is right; none if all are sure.
    """

    forms: tuple[str, ...]
    share: float
    other_order: tuple[str, ...] = ()


def is_value(text: str) -> bool:
    """Tell whether a text is a number or a date, in any form."""
    return any(
        form.read(text) is not None for form in (NUMBER_FORMS[0], *_WIDEST)
    ) or bool(date_forms([text]).share)


_WIDEST = [each for each in NUMBER_FORMS if each.currency and len(each.negative) == 2]


def date_forms(
    values: Sequence[str], *, may_count: bool = False, spells_iso: bool = False
) -> DateForms:
    """Find the forms of dates; `may_count` if a number may be one that counts from a day.

    With `spells_iso`, ISO dates have forms too, as they need beside others.
    """
    looked_at = _spread(values)
    left = list(dict.fromkeys(looked_at))
    if not left:
        return DateForms((), 0.0)
    if not spells_iso and all(map(_ISO.fullmatch, left)):
        return DateForms((), 1.0)
    forms: list[str] = []
    others: list[str] = []
    while left and len(forms) < _MOST_FORMS:
        form, fitting = _best(left, may_count=may_count)
        other = _swapped(form)
        # With both orders in a column, nothing tells of many days which one is meant.
        if not fitting or other in forms:
            break
        is_sure = True
        # No country writes a month before the day with points.
        if other and form[1] != "." and all(day_in(value, other) for value in fitting):
            form, is_sure = _calmer(looked_at, form, other)
        forms.append(form)
        others.append(form if is_sure else _swapped(form) or form)
        left = [value for value in left if value not in fitting]
    if not forms:
        return DateForms((), 0.0)
    share = 1 - sum(value in left for value in looked_at) / len(looked_at)
    return DateForms(tuple(forms), share, tuple(others) if others != forms else ())


def _best(values: Collection[str], *, may_count: bool) -> tuple[str, set[str]]:
    """Return the form that most values have, and these."""
    shapes = {
        re.sub("[0-9]", "9", re.sub("[A-Za-z]+", "a", value)): value for value in values
    }
    possible = dict.fromkeys(
        form for value in shapes.values() for form in _forms(value, may_count=may_count)
    )
    fits = {
        form: {value for value in values if _is_day(value, form)} for form in possible
    }
    best = max(fits, key=lambda form: len(fits[form]), default="")
    return best, fits.get(best, set())


def _forms(value: str, *, may_count: bool) -> list[str]:
    """Return the forms that a value may have."""
    for pattern, days in _DAY_PATTERNS.items():
        found = pattern.match(value)
        time = _time(value[found.end() :]) if found else None
        if found and time is not None:
            return [f"{day.replace('-', found[1])}{time}" for day in days]
    return list(NAMES) if may_count else []


def _time(text: str) -> str | None:
    """Return the form of the time behind a day; None for another text."""
    if not text:
        return ""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    half, zone = found["half"] or "", found["zone"] or ""
    return "".join(
        [
            found["gap"],
            "h:mm" if half else "H:mm",
            ":ss" if found["second"] else "",
            ".SSS" if found["fraction"] else "",
            " " if half.startswith(" ") else "",
            "a" if half else "",
            " " if zone.startswith(" ") else "",
            "Z" if zone else "",
        ]
    )


def _is_day(value: str, form: str) -> bool:
    day = day_in(value, form)
    return day is not None and _EARLIEST <= day <= _LATEST


def _swapped(form: str) -> str | None:
    """Return a form with day and month swapped, if both are numbers and stand first."""
    found = re.match("(d|M)[-/. ](d|M)[-/. ]y", form)
    return form[:3].translate(_SWAPPED) + form[3:] if found else None


def _calmer(values: Sequence[str], form: str, other: str) -> tuple[str, bool]:
    """Return the form by which days follow one another, and whether that is sure."""
    jumps = [_jumps(values, form), _jumps(values, other)]
    calm, wild = sorted(jumps)
    best = form if jumps[0] <= jumps[1] else other
    return best, wild > _CALMER * max(calm, 1)


def _jumps(values: Sequence[str], form: str) -> int:
    days = [day for value in values if (day := day_in(value, form))]
    return sum(abs((later - earlier).days) for earlier, later in pairwise(days))


def number_forms(columns: Sequence[Sequence[str]]) -> list[NumberForm]:
    """Return the form that reads most values, and others that read the same values differently.

    `1.250` may be a number of three decimals, or one above a thousand.
    """
    values = [value for each in columns for value in dict.fromkeys(_spread(each))]
    found: dict[tuple[Decimal | None, ...], NumberForm] = {}
    for form in NUMBER_FORMS:
        found.setdefault(tuple(map(form.read, values)), form)
    best = max(found, key=lambda numbers: len(values) - numbers.count(None))
    # A form that reads other values is not a second reading of these.
    return [form for numbers, form in found.items() if _reads(numbers) == _reads(best)]


def _reads(numbers: Sequence[Decimal | None]) -> list[bool]:
    return [number is not None for number in numbers]


def share_of_numbers(values: Sequence[str], form: NumberForm) -> float:
    """Return the share of values that are numbers of a form."""
    looked_at = list(dict.fromkeys(_spread(values)))
    found = sum(form.read(value) is not None for value in looked_at)
    return found / len(looked_at) if looked_at else 0.0


def _spread(values: Sequence[str]) -> Sequence[str]:
    """Return some values from all over a column, in their order."""
    return values[:: len(values) // _MOST_VALUES + 1]
