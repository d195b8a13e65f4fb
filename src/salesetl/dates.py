"""Parses the text of dates and times, as SQL; a text of another form is null."""

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = "[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
# No zone is further from UTC than 18 hours, and engines disagree on what lies beyond.
_ZONE = "(Z| UTC|[+-]((0[0-9]|1[0-7])(:?[0-5][0-9])?|18(:?00)?))?"


def read_back(
    text: str, data_type: str, otherwise: str, wanted: str | None = None
) -> str:
    """SQL that casts the plain form of a type cheaply, and uses `otherwise` for other forms.

    The result has the type `wanted`, if another one than that of the form.

    Nearly all values are written so, and to compare them costs less than to look at their form.
    """
    value = f"try_cast({text} as {data_type})"
    result = f"try_cast({text} as {wanted})" if wanted else value
    return (
        f"case when cast({value} as string) = {text} then {result}"
        f" else {otherwise} end"
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
    # Nearly all are written so, and need no look at their parts.
    usual = f"{text} rlike '^{_DAY}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$'"
    return (
        f"case when {usual} and {text} >= '1'"
        f" then try_cast({text} as timestamp)"
        f" when {form} then try_cast({moment} as timestamp)"
        f" else cast(timestamp_micros(cast({micros} as bigint)) as timestamp) end"
    )


def day_in_zone(text: str, zone: str) -> str:
    """SQL for the day, as text, that an ISO timestamp with an offset falls on in a time zone.

    Another text stays as it is: a time without an offset is the time there.
    """
    has_offset = f"{text} rlike '^.{{16}}.*(Z| UTC|[+-][0-9:]+)$'"
    return f"case when {has_offset} then {day_of_moment(text, zone)} else {text} end"


def day_of_moment(text: str, zone: str) -> str:
    """SQL for the day, as text, that a timestamp as of `utc_timestamp` falls on in a time zone."""
    # Cast once more, without which DuckDB would take it for a time in the zone.
    moment = (
        f"from_utc_timestamp(try_cast({utc_timestamp(text)} as timestamp), '{zone}')"
    )
    return f"cast(cast({moment} as date) as string)"


def moment_in_zone(text: str, zone: str) -> str:
    """SQL for an ISO timestamp with an offset, of one without, which is a time in a time zone.

    Of a time that a clock shows twice the first one is meant, and one that it passes over is later
    by as much. Another text stays as it is.
    """
    minute = f"concat(left({text}, 10), ' ', substring({text}, 12, 5), ':00')"
    moment = f"try_cast(concat({minute}, ' {zone}') as timestamp)"
    # Engines differ in which of two times they take.
    before = f"try_cast({moment} - interval 1 hour as timestamp)"
    shown = f"cast(from_utc_timestamp({before}, '{zone}') as string)"
    is_shown_twice = f"left({shown}, 16) = left({minute}, 16)"
    first = f"case when {is_shown_twice} then {before} else {moment} end"
    iso = f"concat(left(cast({first} as string), 16), substring({text}, 17), 'Z')"
    is_local = f"{text} rlike '^{_DAY}{_TIME}$'"
    return f"case when {is_local} then {iso} else {text} end"


def _offset(text: str) -> str:
    """SQL for the zone of an ISO timestamp in the one form that every engine knows."""
    zone = f"regexp_replace(substring({text}, 17), '^:[0-9]{{2}}([.][0-9]+)?', '')"
    return (
        f"case length({zone}) when 3 then concat({zone}, ':00')"
        f" when 5 then concat(left({zone}, 3), ':', right({zone}, 2))"
        f" else replace({zone}, ' UTC', 'Z') end"
    )
