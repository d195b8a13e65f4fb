"""What the names of an expression stand for."""

from collections.abc import Mapping
from dataclasses import dataclass

from salesetl import parsing


class Noted(dict[str, str]):
    """SQL by name, which notes the names that it is asked for."""

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
    """

    texts: Mapping[str, str]
    numbers: Mapping[str, str]
    quotient: str = "try_divide({0}, {1})"

    def wrong_numbers(self) -> str:
        """SQL for whether a text that was asked for as a number does not have its form."""
        asked = sorted(self.numbers.asked) if isinstance(self.numbers, Noted) else []
        wrong = [
            f"({self.texts[name]} is not null and"
            f" {parsing.decimal(self.numbers[name], 38, 18, is_rounded=True)} is null)"
            for name in asked
        ]
        return " or ".join(wrong) or "false"
