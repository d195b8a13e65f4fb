"""Reads numbers as an export writes them, such as `R$ 1.234,56` or `(4.00)`, as plain text."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from salesetl import parsing

_SIGNS = {".": "[.]", ",": ","}
# What stands between groups of three digits; a blank may be one that does not break a line.
_GROUPS = {
    "": None,
    ".": "[.]",
    ",": ",",
    " ": r"[ \x{A0}\x{2009}\x{202F}]",
    "'": r"[\x27\x{2019}]",
}
NEGATIVE = ("leading", "trailing", "parentheses")
_BLANKS = r"[ \x{A0}\x{2009}\x{202F}]*"
# Symbols, codes and names of currencies, and no other letters: `5k€` is not 5, nor is `50¢` 50.
_CURRENCY = (
    r"((R|US|A|CA|C|NZ|HK|S|MX)?[$]|[\x{A3}\x{A5}\x{0E3F}\x{20A0}-\x{20CF}]"
    r"|AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|RON|RUB|SEK|SGD"
    r"|TRY|USD|ZAR|kr|z\x{142}|K\x{10D}|Ft|lei)"
)
# A hyphen, or the minus sign of Unicode.
_MINUS = r"[-\x{2212}]"


def currency_mark(text: str) -> str | None:
    """Return the mark of a currency that stands beside the digits of a text, if there is one."""
    found = re.search(_in_python(_CURRENCY), text)
    return found[0] if found else None


@dataclass(frozen=True)
class NumberForm:
    """How an export writes numbers.

    `decimal` is the sign before the decimals, `group` what stands between groups of three digits,
    `currency` whether any symbol or code of a currency may stand beside the digits, `mark` the only
    one that may, so that amounts of another currency are not read. A minus may stand before the
    number, and where `negative` says so behind it (`4.00-`), or be parentheses.
    """

    decimal: str = "."
    group: str = ""
    currency: bool = False
    negative: tuple[str, ...] = ()
    mark: str = ""

    def __post_init__(self) -> None:
        """See that each entry is one of those that are known; ValueError names it."""
        for name, allowed in (("decimal", _SIGNS), ("group", _GROUPS)):
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"number.{name} {getattr(self, name)!r} is not allowed; allowed:"
                    f" {', '.join(map(repr, allowed))}"
                )
        if self.group == self.decimal:
            raise ValueError(
                f"number.group and number.decimal are both {self.group!r}; a number could be read"
                " in two ways"
            )
        if self.mark and self.currency:
            raise ValueError(
                "number.mark and number.currency both allow marks; leave one out"
            )
        if self.mark and not re.fullmatch(_in_python(_CURRENCY), self.mark):
            raise ValueError(
                f"number.mark {self.mark!r} is not a mark of a currency, such as $, € or EUR"
            )
        for name in self.negative:
            if name not in NEGATIVE:
                raise ValueError(
                    f"number.negative {name!r} is not allowed; allowed: {', '.join(NEGATIVE)}"
                )

    @property
    def is_plain(self) -> bool:
        """Whether numbers are written as the contract has them."""
        return self == NumberForm()

    @property
    def has_decimal_comma(self) -> bool:
        """Whether decimals stand behind a comma."""
        return self.decimal == ","

    def plain(self, text: str) -> str:
        """SQL for the text of a number with a point and a leading minus; null without the form.

        Groups have three digits each; what could be read in two ways does not have the form.
        """
        if self.is_plain:
            return text
        minus = f"{text} rlike '{_escaped(f'({_MINUS}|[(])')}'"
        kept = f"regexp_replace({text}, '[^0-9{self.decimal}]', '')"
        digits = f"replace({kept}, {parsing.text_literal(self.decimal)}, '.')"
        return (
            f"case when {text} rlike '{_escaped(self._form())}'"
            f" then concat(case when {minus} then '-' else '' end, {digits}) end"
        )

    def read(self, text: str) -> Decimal | None:
        """Return the number that a text with the form is; None for another text."""
        if not self._pattern.fullmatch(text):
            return None
        kept = re.sub(f"[^0-9{self.decimal}]", "", text).replace(self.decimal, ".")
        is_negative = re.search(r"[-\u2212(]", text)
        return -Decimal(kept) if is_negative else Decimal(kept)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(_in_python(self._form()))

    def _form(self) -> str:
        if not (self.currency or self.mark):
            return f"^({self._forms('', '')})$"
        mark = "".join(rf"\x{{{ord(char):X}}}" for char in self.mark) or _CURRENCY
        before, behind = f"({mark}{_BLANKS})?", f"({_BLANKS}{mark})?"
        # One of the two, not both.
        return f"^({self._forms(before, '')}|{self._forms('', behind)})$"

    def _forms(self, mark: str, behind: str) -> str:
        digits = self._digits()
        sign = f"({_MINUS}{_BLANKS}|[+])"
        # A spreadsheet marks what it is to leave as text by an apostrophe.
        forms = [rf"[\x27]?({sign}{mark}|{mark}{sign}?){digits}{behind}"]
        if "trailing" in self.negative:
            forms.append(f"{mark}{digits}{_BLANKS}{_MINUS}{behind}")
            forms.append(f"{mark}{digits}{behind}{_BLANKS}{_MINUS}")
        if "parentheses" in self.negative:
            forms.append(f"{mark}[(]{mark}{digits}{behind}[)]{behind}")
        return "|".join(forms)

    def _digits(self) -> str:
        decimals = _SIGNS[self.decimal]
        whole = "[0-9]+"
        if group := _GROUPS[self.group]:
            whole = f"([0-9]{{1,3}}({group}[0-9]{{3}})+|[0-9]+)"
        return f"({whole}({decimals}[0-9]+)?|{decimals}[0-9]+)"


def _in_python(pattern: str) -> str:
    """Write the numbers of characters in a pattern as these characters."""
    return re.sub(r"\\x\{(\w+)\}", lambda found: chr(int(found[1], 16)), pattern)


def _escaped(pattern: str) -> str:
    """Write a pattern inside a SQL literal, in which a backslash is written twice."""
    return pattern.replace("\\", "\\\\")
