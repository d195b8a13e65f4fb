"""What the names of an expression stand for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from salesetl import parsing


class Noted(dict[str, str]):
    """SQL by name; remembers which names were used."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)


@dataclass(frozen=True)
class Operands:
    """SQL for what names stand for: their text, and their text as a number with a point.

    `quotient` is the engine's SQL for the quotient of two numbers, null if the second is zero.
    `plain` makes SQL for a number in the form of the file into SQL with a point. With `is_rounded`,
    a number with too many decimals is rounded; without, it is null.
    """

    texts: Mapping[str, str]
    numbers: Mapping[str, str]
    quotient: str = "try_divide({0}, {1})"
    plain: Callable[[str], str] = str
    is_rounded: bool = False

    def wrong_numbers(self) -> str:
        """SQL for whether a text that is used as a number is not a number."""
        asked = sorted(self.numbers.asked) if isinstance(self.numbers, Noted) else []
        wrong = [
            f"({self.texts[name]} is not null and"
            f" {parsing.decimal(self.numbers[name], 38, 18, is_rounded=True)} is null)"
            for name in asked
        ]
        return " or ".join(wrong) or "false"
