"""Rules: claims about a row, declared as data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

# A text in quotes may hold a colon too, but no rule has one before a word.
PARAMETER = re.compile(r"(?<![:\w]):([a-z]\w*)")
Level = Literal["reject", "out_of_range", "warn"]


@dataclass(frozen=True)
class Cause:
    """What may be behind many broken rows: `condition` is SQL that is then true of most of them.

    It may also name `_raw_record`, the text of the row. `unless` is what of a source profile says
    already what the hint tells, such as `date_formats`.
    """

    condition: str
    hint: str
    unless: str = ""


@dataclass(frozen=True)
class Rule:
    """A claim about a row: `name` states it, `condition` is the SQL that must be true of the row.

    A condition that is false or null is broken. `reject` sends the row to quarantine and counts
    towards the run's limit of rejected rows. `out_of_range` sends it there without counting,
    because the caller asked for it. `warn` keeps the row and counts it. A condition may name
    parameters with a colon, such as `:as_of`, that `bind` fills in. With `needs`, it is checked
    only if that source is delivered. Rows whose texts all are plain, as `characters.is_plain` says,
    keep a rule that is `kept_by_plain_texts`. `causes` are looked for where many rows break it.
    """

    name: str
    condition: str
    level: Level = "reject"
    remedy: str = ""
    needs: str = ""
    kept_by_plain_texts: bool = False
    causes: tuple[Cause, ...] = ()

    def __post_init__(self) -> None:
        """Check that the level is one that there is; ValueError if not."""
        if self.level not in get_args(Level):
            raise ValueError(
                f"rule {self.name}: level {self.level!r} is not one of"
                f" {', '.join(get_args(Level))}"
            )

    def bind(self, parameters: Mapping[str, date | int | Decimal]) -> "Rule":
        """Return the rule with its parameters written as SQL literals."""
        literals = {name: sql_literal(value) for name, value in parameters.items()}

        def filled(condition: str) -> str:
            return PARAMETER.sub(lambda found: literals[found[1]], condition)

        return replace(
            self,
            condition=filled(self.condition),
            causes=tuple(
                replace(each, condition=filled(each.condition)) for each in self.causes
            ),
        )


@dataclass(frozen=True)
class Setting:
    """A parameter of a contract's rules that a source profile may set in `[rules]`.

    It is from 0 to `most`, and a whole number if its default is one.
    """

    name: str
    default: int | Decimal
    most: int | Decimal
    comment: str

    def check(self, value: int | Decimal) -> None:
        """Check a value that a profile sets; ValueError says what is allowed."""
        is_whole = isinstance(self.default, int)
        is_number = value == value and 0 <= value <= self.most
        if not is_number or is_whole and not isinstance(value, int):
            kind = "a whole number" if is_whole else "a number"
            raise ValueError(
                f"rules.{self.name} is {value}, but must be {kind} from 0 to {self.most}"
            )


def sql_literal(value: date | int | Decimal) -> str:
    """Write a value as a SQL literal of its own type."""
    return f"date '{value.isoformat()}'" if isinstance(value, date) else str(value)
