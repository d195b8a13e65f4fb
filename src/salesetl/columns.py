"""From the text of a field to its value: SQL expressions that mean the same on every engine.

Each is null where the text is missing or does not have the form of its type, whatever the ANSI
mode of the session. The form is checked before the cast, because engines disagree on what else a
cast accepts (a bare year as a date, `1e3` or `NaN` as a number, rounding of surplus decimals).
"""

import re

from salesetl.schemas.types import T

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = "[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
_ZONE = "(Z| UTC|[+-][0-9]{2}(:?[0-9]{2})?)?"

_DATE_SEPARATORS = " -./,:"
_DATE_TOKENS = {"yyyy": "[0-9]{4}"} | {
    token: "[0-9]{2}" if len(token) == 2 else "[0-9]{1,2}"
    for token in ("MM", "M", "dd", "d", "HH", "H", "mm", "m", "ss", "s")
}
# What ends or escapes a literal, and what Spark puts a variable of its environment in the place of.
_SPECIAL = re.compile(r"(['\\$])")


def parsed(field: T.StructField) -> str:
    """Parse the trimmed text column named like `field` into the field's type."""
    text = f"`{field.name}`"
    match field.dataType:
        case T.DateType():
            return utc_date(text)
        case T.IntegerType():
            return whole_number(text)
        case T.DecimalType(precision=precision, scale=scale):
            is_rounded = field.metadata.get("is_rounded", False)
            return decimal(text, precision, scale, is_rounded=is_rounded)
        case _:
            return text


def _read_back(text: str, data_type: str, otherwise: str) -> str:
    """Cast what the type would be written as; look closer at what is written otherwise.

    Nearly all values are written so, and to compare them costs less than to look at their form.
    """
    value = f"try_cast({text} as {data_type})"
    return (
        f"case when cast({value} as string) = {text} then {value} else {otherwise} end"
    )


def trimmed(name: str) -> str:
    """Text without surrounding blanks; null when nothing is left."""
    # The blanks are named, because to some engines others are blank too; hardly a text has any, and
    # to see that costs less than to look for them at both ends.
    has_blanks = f"`{name}` like ' %' or `{name}` like '% '"
    text = f"case when {has_blanks} then trim(both ' ' from `{name}`) else `{name}` end"
    return f"nullif({text}, '')"


def whole_number(text: str) -> str:
    """INT of `3`, `-3` or `3.0`; a fraction or an overflow is null."""
    digits = f"regexp_replace({text}, '[.]0*$', '')"
    form = f"{text} rlike '^[+-]?[0-9]+([.]0*)?$'"
    value = f"case when {form} then try_cast({digits} as int) end"
    return _read_back(text, "int", value)


def decimal(text: str, precision: int, scale: int, *, is_rounded: bool = False) -> str:
    """DECIMAL of plain digits with a point; surplus decimals are rounded half-up, or else null."""
    form = f"{text} rlike '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$'"
    if not is_rounded:
        form += f" and not {text} rlike '[.][0-9]{{{scale}}}[0-9]*[1-9]'"
    value = f"try_cast({text} as decimal({precision}, {scale}))"
    cents = f"decimal({precision - scale + min(scale, 2)}, {min(scale, 2)})"
    return _read_back(text, cents, f"case when {form} then {value} end")


def utc_date(text: str) -> str:
    """DATE in UTC of an ISO date, or of an ISO timestamp; one that names no zone is UTC."""
    # Seconds cannot move a day, so the timestamp is cast to the minute: engines agree on those.
    zone = f"regexp_replace(substring({text}, 17), '^:[0-9]{{2}}([.][0-9]+)?', '')"
    offset = (
        f"case length({zone}) when 3 then concat({zone}, ':00')"
        f" when 5 then concat(left({zone}, 3), ':', right({zone}, 2))"
        f" else replace({zone}, ' UTC', 'Z') end"
    )
    minute = f"concat(left({text}, 10), 'T', substring({text}, 12, 5), ':00', {offset})"
    form = f"{text} rlike '^{_DAY}{_TIME}{_ZONE}$'"
    value = f"case when {form} then cast(try_cast({minute} as timestamp) as date) end"
    # Longer and shorter dates, and those before the first year, are written differently.
    is_iso = f"length({text}) = 10 and {text} >= '0001'"
    return (
        f"case when {is_iso} then {_read_back(text, 'date', 'null')} else {value} end"
    )


def text_literal(text: str) -> str:
    """SQL literal of any text, in which no engine finds more than that text."""
    parts = [
        f"chr({ord(part)})" if part in ("'", "\\", "$") else f"'{part}'"
        for part in _SPECIAL.split(text)
    ]
    return parts[0] if len(parts) == 1 else f"concat({', '.join(parts)})"


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
        elif token in _DATE_TOKENS and token[0] not in letters:
            pattern += f"({_DATE_TOKENS[token]})"
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


def point_decimal(text: str) -> str:
    """Text of a decimal with a point of one with a comma; its thousands are grouped by points."""
    form = "^[+-]?([0-9]{1,3}([.][0-9]{3})+|[0-9]+)(,[0-9]+)?$"
    return f"case when {text} rlike '{form}' then replace(replace({text}, '.', ''), ',', '.') end"


def average_amount(total: str, count: str) -> str:
    """Average to the cent, half away from zero, of a DECIMAL(38, 2) total over a BIGINT count.

    Null for a total of 10^16 or more.

    Counted in whole cents: a decimal division rounds first to a scale of the engine's choice, and
    rounding twice can be a cent off.
    """
    cents = f"cast({total} * 100 as bigint)"
    rounded = f"((2 * abs({cents}) + {count}) div (2 * {count}))"
    average = f"cast(sign({total}) as int) * {rounded} * cast(0.01 as decimal(3, 2))"
    # Beyond this the cents do not fit, which engines would tell each in its own way.
    return f"case when abs({total}) < 10000000000000000 then {average} end"
