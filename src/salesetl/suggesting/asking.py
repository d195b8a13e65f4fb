"""Asks what a file does not tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from salesetl.errors import ArgumentError, not_known

# More than these nobody wants to answer before a file is loaded; the rest is told as a note.
MOST_QUESTIONS = 3


@dataclass(frozen=True)
class Question:
    """A question with its possible answers, each with what it means; the first one is likely."""

    name: str
    text: str
    answers: Mapping[str, str]

    @property
    def likely(self) -> str:
        """The answer that is taken if nobody gives one."""
        return next(iter(self.answers))


@dataclass
class Asker:
    """Collects answers: the given ones, then those of `ask`, then the likely ones as `assumed`."""

    given: Mapping[str, str] = field(default_factory=dict)
    ask: Callable[[Question], str] | None = None
    asked: list[Question] = field(default_factory=list)
    assumed: list[Question] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    def answer(self, name: str, text: str, answers: Mapping[str, str]) -> str:
        """Return the answer to a question; ArgumentError if the one given is not possible."""
        question = Question(name, text, answers)
        if name in self.given:
            found = self.given[name]
        elif self.ask and len(self.asked) < MOST_QUESTIONS:
            found = self.ask(question) or question.likely
        else:
            found = question.likely
            self.assumed.append(question)
        if found not in answers:
            message = f"--answer {name}={found}: {found!r} is not an answer"
            raise ArgumentError(not_known(message, found, list(answers)))
        self.asked.append(question)
        self.answers[name] = found
        return found

    @property
    def open_questions(self) -> list[Question]:
        """The questions that nobody has answered, as many as anybody would look at."""
        return self.assumed[:MOST_QUESTIONS]

    def check_given(self) -> None:
        """See that every answer given was asked for; ArgumentError if not."""
        for name in self.given:
            if name not in self.answers:
                asked = ", ".join(self.answers) or "none"
                raise ArgumentError(
                    f"--answer {name}: this is not asked for; questions of this file: {asked}"
                )
