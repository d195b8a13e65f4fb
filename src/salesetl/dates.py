"""Parses the text of dates and times, as SQL; a text of another form is null."""

import re

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = "[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
# No zone is further from UTC than 18 hours, and engines disagree on what lies beyond.
_ZONE = "(Z| UTC|[+-]((0[0-9]|1[0-7])(:?[0-5][0-9])?|18(:?00)?))?"

_DATE_SEPARATORS = " -./,:"
TOKENS = {"yyyy": "[0-9]{4}"} | {
    token: "[0-9]{2}" if len(token) == 2 else "[0-9]{1,2}"
    for token in ("MM", "M", "dd", "d", "HH", "H", "mm", "m", "ss", "s")
}


def read_back(text: str, data_type: str, otherwise: str) -> str:
    """SQL that casts the plain form of a type cheaply, and uses `otherwise` for other forms.

    Nearly all values are written so, and to compare them costs less than to look at their form.
    """
    value = f"try_cast({text} as {data_type})"
    return (
        f"case when cast({value} as string) = {text} then {value} else {otherwise} end"
    )


def utc_date(text: str) -> str:
    """DATE in UTC of an ISO date or timestamp; without a time zone it is UTC."""
    # Seconds cannot move a day, so the timestamp is cast to the minute.
    minute = f"concat(left({text}, 10), 'T', substring({text}, 12, 5), ':00', {_offset(text)})"
    form = f"{text} rlike '^{_DAY}{_TIME}{_ZONE}$'"
    value = f"case when {form} then cast(try_cast({minute} as timestamp) as date) end"
    # Longer and shorter dates, and those before the first year, are written differently.
    is_iso = f"length({text}) = 10 and {text} >= '0001'"
    return f"case when {is_iso} then {read_back(text, 'date', 'null')} else {value} end"


def utc_timestamp(text: str) -> str:
    """TIMESTAMP of an ISO timestamp, or of milliseconds or nanoseconds since 1970.

    One that names no zone is UTC; what is below a microsecond is cut off.
    """
    found = f"regexp_extract({text}, '^.{{16}}:([0-9]{{2}}([.][0-9]{{1,6}})?)', 1)"
    seconds = f"coalesce(nullif({found}, ''), '00')"
    minute = f"left({text}, 10), 'T', substring({text}, 12, 5)"
    moment = f"concat({minute}, ':', {seconds}, {_offset(text)})"
    form = f"{text} rlike '^{_DAY}{_TIME}{_ZONE}$' and length({text}) > 10 and {text} >= '1'"
    micros = (
        f"case when {text} rlike '^[0-9]{{13}}$' then concat({text}, '000')"
        f" when {text} rlike '^[0-9]{{19}}$' then left({text}, 16) end"
    )
    return (
        f"case when {form} then try_cast({moment} as timestamp)"
        f" else cast(timestamp_micros(cast({micros} as bigint)) as timestamp) end"
    )


def _offset(text: str) -> str:
    """SQL for the zone of an ISO timestamp in the one form that every engine knows."""
    zone = f"regexp_replace(substring({text}, 17), '^:[0-9]{{2}}([.][0-9]+)?', '')"
    return (
        f"case length({zone}) when 3 then concat({zone}, ':00')"
        f" when 5 then concat(left({zone}, 3), ':', right({zone}, 2))"
        f" else replace({zone}, ' UTC', 'Z') end"
    )


def iso_date(text: str, date_format: str) -> str:
    """ISO text of a date or timestamp written as `date_format` says, such as `M/d/yyyy H:mm`.

    Null where the text has another form. The format is of yyyy MM M dd d HH H mm m ss s, blanks and
    - . / , : between them; ValueError if it is not.
    """
    pattern, letters = "", []
    for part in re.findall(r"([A-Za-z])(\1*)|([^A-Za-z]+)", date_format):
        token = part[0] + part[1]
        if not token:
            if not set(part[2]) <= set(_DATE_SEPARATORS):
                raise ValueError(part[2])
            pattern += "".join(f"[{char}]" for char in part[2])
        elif token in TOKENS and token[0] not in letters:
            pattern += f"({TOKENS[token]})"
            letters.append(token[0])
        else:
            raise ValueError(token)
    if not {"y", "M", "d"} <= set(letters):
        raise ValueError(date_format)

    def group(letter: str) -> str:
        if letter not in letters:
            return "'00'"
        extracted = (
            f"regexp_extract({text}, '^{pattern}$', {letters.index(letter) + 1})"
        )
        return f"lpad({extracted}, 2, '0')" if letter != "y" else extracted

    day = ", '-', ".join(group(letter) for letter in "yMd")
    time = ", ':', ".join(group(letter) for letter in "Hms")
    return f"case when {text} rlike '^{pattern}$' then concat({day}, ' ', {time}) end"
