"""The characters that are trimmed around values, and those that are refused."""

import re

# Unicode's white space and the characters that show nothing, but for those that change how the
# character before them looks (variation selectors, tags), which an emoji may end in.
AROUND = "".join(
    chr(code)
    for first, last in (
        (0x09, 0x0D),
        (0x20, 0x20),
        (0x85, 0x85),
        (0xA0, 0xA0),
        (0xAD, 0xAD),
        (0x034F, 0x034F),
        (0x061C, 0x061C),
        (0x115F, 0x1160),
        (0x1680, 0x1680),
        (0x17B4, 0x17B5),
        (0x180E, 0x180E),
        (0x2000, 0x200F),
        (0x2028, 0x202F),
        (0x205F, 0x206F),
        (0x2800, 0x2800),
        (0x3000, 0x3000),
        (0x3164, 0x3164),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
    )
    for code in range(first, last + 1)
)
# Control characters; tabs and the ends of lines may stand inside a text.
_CONTROL = r"\x00-\x08\x0B\x0C\x0E-\x1F\x7F"
# Matches a text of visible ASCII characters and blanks, none escaped.
PLAIN = r"[ -\[\]-~]*"
_REPLACEMENT = r"\x{FFFD}"
# A key may hold blanks that a person sees, and no other white space.
_NOT_IN_KEYS = (
    r"\x00-\x1F\x7F-\xA0\xAD\x{034F}\x{061C}\x{115F}\x{1160}\x{1680}\x{17B4}\x{17B5}"
    r"\x{180B}-\x{180F}\x{2000}-\x{200F}\x{2028}-\x{202F}\x{205F}-\x{206F}\x{2800}\x{3000}"
    r"\x{3164}\x{FE00}-\x{FE0F}\x{FEFF}\x{FFA0}\x{FFF9}-\x{FFFB}\x{E0000}-\x{E0FFF}"
)
# What a spreadsheet makes of a long number, also as a part of a key of several columns.
_SCIENTIFIC = "(^|[^0-9.,])[0-9]+([.,][0-9]+)?[eE][+][0-9]+([^0-9]|$)"


def trim(text: str) -> str:
    """Remove white space and invisible characters from both ends of a text."""
    return text.strip(AROUND)


def name_key(name: str) -> str:
    """Return a key that is equal for two column names that look the same to a person."""
    return trim(name).casefold()


def trimmed(text: str) -> str:
    """SQL for a text without white space and invisible characters around it.

    Null when nothing is left. The row has the column `_is_plain` of its reader.
    """
    # What costs least is asked first: in nearly every record there are but blanks to look for, and
    # nearly every text of another begins and ends with a visible ASCII character.
    has_blanks = f"({text} like ' %' or {text} like '% ')"
    is_trim = f"{text} between '!' and '~~' and right({text}, 1) between '!' and '~'"
    # A column that is not delivered is null in all rows, and then an engine looks no further.
    return (
        f"nullif(case when {text} is null then null"
        f" when _is_plain and not {has_blanks} then {text}"
        f" when {is_trim} then {text} else trim(both '{AROUND}' from {text}) end, '')"
    )


def is_plain(record: str) -> str:
    """SQL: whether a record has only visible ASCII characters and blanks, none escaped."""
    return f"{record} rlike '^{_escaped(PLAIN)}$'"


def is_readable(text: str) -> str:
    """SQL that tells whether a text was decoded and has no control characters."""
    return f"not {text} rlike '{_class(_CONTROL + _REPLACEMENT)}'"


def is_visible(key: str) -> str:
    """SQL that tells whether all characters of a key are visible or blanks."""
    return f"not {key} rlike '{_class(_NOT_IN_KEYS)}'"


def is_not_scientific(key: str) -> str:
    """SQL that tells whether a key is not a shortened number such as 8.41E+12."""
    return f"(instr({key}, '+') = 0 or not {key} rlike '{_SCIENTIFIC}')"


def _python_class(characters: str) -> re.Pattern[str]:
    escapes = re.sub(
        r"\\x\{([0-9A-F]+)\}", lambda code: f"\\U{int(code[1], 16):08x}", characters
    )
    return re.compile(f"[{escapes}]")


# The same for Python.
UNREADABLE = _python_class(_CONTROL + _REPLACEMENT)
INVISIBLE = _python_class(_NOT_IN_KEYS)
SCIENTIFIC = re.compile(_SCIENTIFIC)


def _class(characters: str) -> str:
    return f"[{_escaped(characters)}]"


def _escaped(pattern: str) -> str:
    # A backslash is written twice in SQL.
    return pattern.replace("\\", "\\\\")
