"""Reads dates as an export writes them, such as `1/31/24 8:05 PM`, as ISO text."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache

# Marks that may stand between the parts of a date.
SEPARATORS = " -./,:T"
_LONG_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_MONTHS = tuple(month[:3] for month in _LONG_MONTHS)
TOKENS = {
    "yyyy": "[0-9]{4}",
    "yy": "[0-9]{2}",
    "MMMM": f"(?i:{'|'.join(_LONG_MONTHS)})",
    "MMM": f"(?i:{'|'.join(_MONTHS)})[.]?",
    "SSS": "[0-9]{1,9}",
    "a": "(?i:[ap][.]?m[.]?)",
    "Z": "(?:Z|[+-][0-9]{2}:?[0-9]{2})",
} | {
    token: "[0-9]{2}" if len(token) == 2 else "[0-9]{1,2}"
    for token in ("MM", "M", "dd", "d", "HH", "H", "hh", "h", "mm", "m", "ss", "s")
}
# Numbers that count from a day: digits that they may have, and how many there are in a second.
_EPOCHS = {
    "epoch_s": ("[1-9][0-9]{8,9}", 1),
    "epoch_ms": ("[0-9]{12,13}", 1_000),
    "epoch_us": ("[0-9]{15,16}", 1_000_000),
    "epoch_ns": ("[0-9]{18,19}", 1_000_000_000),
}
# Days since the last but one of 1899, with a fraction, as spreadsheets count them.
_EXCEL, _EXCEL_START = "excel", date(1899, 12, 30)
_EXCEL_DAYS = "[1-9][0-9]{4}([.][0-9]+)?"
_DIGITS = {token for token in TOKENS if token not in ("MMM", "MMMM", "a", "Z")}
_PARTS = re.compile(r"([A-Za-z])(\1*)|([^A-Za-z]+)")
NAMES = (*_EPOCHS, _EXCEL)


def check_date_format(date_format: str) -> None:
    """Check a form of dates; ValueError with the part that is not understood, or with all of it."""
    if date_format not in NAMES:
        _Form(date_format)


def iso_text(text: str, date_formats: Sequence[str]) -> str:
    """SQL for the ISO text of a date or time in the first form that fits it whole.

    Null where none does. A time without an offset has none here either.
    """
    found = [_iso(text, each) for each in date_formats]
    return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"


def day_in(text: str, date_format: str) -> date | None:
    """Return the day in a text that has a form, as it is written; None for another text."""
    if date_format in _EPOCHS:
        digits, unit = _EPOCHS[date_format]
        if not re.fullmatch(digits, text):
            return None
        return datetime.fromtimestamp(int(text) // unit, UTC).date()
    if date_format == _EXCEL:
        if not re.fullmatch(_EXCEL_DAYS, text):
            return None
        return _EXCEL_START + timedelta(days=int(text.partition(".")[0]))
    return _form(date_format).day(text)


def _iso(text: str, date_format: str) -> str:
    if date_format in _EPOCHS:
        digits, unit = _EPOCHS[date_format]
        zeros = len(str(unit)) - 1
        seconds = f"left({text}, length({text}) - {zeros})" if zeros else text
        moment = f"timestamp_micros(cast({seconds} as bigint) * 1000000)"
        iso = f"concat(substring(cast({moment} as string), 1, 19), 'Z')"
        return f"case when {text} rlike '^{digits}$' then {iso} end"
    if date_format == _EXCEL:
        days = f"cast(split({text}, '[.]')[0] as int)"
        start = f"date '{_EXCEL_START}'"
        iso = f"concat({_day_after(start, days)}, ' 00:00:00')"
        return f"case when {text} rlike '^{_EXCEL_DAYS}$' then {iso} end"
    return _Form(date_format).iso(text)


def _day_after(day: str, days: str) -> str:
    """SQL for the ISO text of the day that comes some days after another."""
    return f"cast(cast(date_add({day}, {days}) as date) as string)"


class _Form:
    """A form made of tokens, such as `dd.MM.yyyy HH:mm`."""

    def __init__(self, date_format: str) -> None:
        self._groups: dict[str, int] = {}
        self._tokens: dict[str, str] = {}
        self.pattern = ""
        before = ""
        for part in _PARTS.findall(date_format):
            token = part[0] + part[1]
            # `1112024` could be read as dMyyyy in two ways.
            if before and token in _DIGITS and 1 in (len(before), len(token)):
                raise ValueError(date_format)
            before = token if token in _DIGITS else ""
            if token in TOKENS and token[0] not in self._groups:
                self.pattern += f"({TOKENS[token]})"
                self._groups[token[0]] = len(self._groups) + 1
                self._tokens[token[0]] = token
            elif (token or part[2]) and set(token or part[2]) <= set(SEPARATORS):
                self.pattern += "".join(f"[{char}]" for char in token or part[2])
            else:
                raise ValueError(token or part[2])
        if not {"y", "M", "d"} <= set(self._groups):
            raise ValueError(date_format)
        if ("h" in self._groups) != ("a" in self._groups) or {"h", "H"} <= set(
            self._groups
        ):
            raise ValueError(date_format)

    def iso(self, text: str) -> str:
        """SQL for the ISO text of what has the form; null for another text."""
        day = f"concat({self._year(text)}, '-', {self._month(text)}, '-', {self._two(text, 'd')})"
        hour = self._hour(text)
        rest = f"':', {self._two(text, 'm')}, ':', {self._two(text, 's')}"
        zone = f", {self._group(text, 'Z')}" if "Z" in self._groups else ""
        found = f"concat({day}, ' ', {hour}, {rest}{zone})"
        if "H" in self._groups:
            # Midnight at the end of a day is that of the next one.
            next_day = _day_after(f"try_cast({day} as date)", "1")
            is_end = f"concat({hour}, {rest}) = '24:00:00'"
            found = (
                f"case when {is_end} then concat({next_day}, ' 00:00:00'{zone})"
                f" else {found} end"
            )
        return f"case when {text} rlike '^{self.pattern}$' then {found} end"

    def day(self, text: str) -> date | None:
        """Return the day in what has the form; None for another text, or a day there is not."""
        found = re.fullmatch(self.pattern, text)
        if not found:
            return None
        year, month, day = (found[self._groups[letter]] for letter in "yMd")
        if self._tokens["y"] == "yy":
            year = f"{'19' if year >= '69' else '20'}{year}"
        if not month.isdigit():
            month = str(_MONTHS.index(month.lower()[:3]) + 1)
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            return None

    def _group(self, text: str, letter: str) -> str:
        return f"regexp_extract({text}, '^{self.pattern}$', {self._groups[letter]})"

    def _two(self, text: str, letter: str) -> str:
        """SQL for a part with two digits, or zeros where the form has none."""
        if letter not in self._groups:
            return "'00'"
        return f"lpad({self._group(text, letter)}, 2, '0')"

    def _year(self, text: str) -> str:
        year = self._group(text, "y")
        if self._tokens["y"] == "yyyy":
            return year
        # As POSIX has it, from 1969 to 2068.
        return f"concat(case when {year} >= '69' then '19' else '20' end, {year})"

    def _month(self, text: str) -> str:
        if len(self._tokens["M"]) <= 2:
            return self._two(text, "M")
        name = f"left(lower({self._group(text, 'M')}), 3)"
        cases = " ".join(
            f"when '{month}' then '{number:02}'"
            for number, month in enumerate(_MONTHS, start=1)
        )
        return f"case {name} {cases} end"

    def _hour(self, text: str) -> str:
        if "h" not in self._groups:
            return self._two(text, "H")
        hour = f"(cast({self._group(text, 'h')} as int) % 12)"
        is_pm = f"lower({self._group(text, 'a')}) like 'p%'"
        shifted = f"{hour} + case when {is_pm} then 12 else 0 end"
        valid = f"{self._two(text, 'h')} between '01' and '12'"
        return f"case when {valid} then lpad(cast({shifted} as string), 2, '0') end"


@cache
def _form(date_format: str) -> _Form:
    return _Form(date_format)
