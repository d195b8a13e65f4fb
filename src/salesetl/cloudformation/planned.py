"""A stack with the change set that leads to what it should become."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from salesetl.cloudformation.change_sets import ChangeSet
from salesetl.cloudformation.stacks import Stack, Template

Tell = Callable[[str], None]


@dataclass(frozen=True)
class PlannedStack:
    """A stack, what it should become, and the change set that leads there.

    `running` is the release that its job runs, if it is there.
    """

    stack: Stack
    template: Template
    values: Mapping[str, str]
    change_set: ChangeSet
    running: str | None = None

    def lines(self) -> list[str]:
        """Describe each change."""
        lines = [change.line() for change in self.change_set.changes]
        return [f"{self.stack.name}:", *(lines or ["nothing to change"])]

    def apply(self, tell: Tell) -> None:
        """Make the changes, if there are any; before them, tell the stack what its job runs."""
        if not self.change_set.changes:
            return
        tell(f"{self.stack.name}: changing")
        known = self.stack.parameters().get("Release")
        if self.running and self.running != known:
            with self.stack.change_set(None, {"Release": self.running}) as first:
                first.apply()
            with self.stack.change_set(self.template, self.values) as second:
                second.apply()
        else:
            self.change_set.apply()
        tell(f"{self.stack.name}: done")


def tell_all(stacks: Sequence[PlannedStack], tell: Tell) -> None:
    """Describe each change of each stack."""
    for each in stacks:
        for line in each.lines():
            tell(line)


def refusal_of(stacks: Sequence[PlannedStack]) -> str | None:
    """Return why the changes are refused: what they lose; None if they lose nothing."""
    losses = [
        f"{each.stack.name} {change.logical_id}"
        for each in stacks
        for change in each.change_set.changes
        if change.loses_data
    ]
    if not losses:
        return None
    return (
        f"{', '.join(losses)} would be replaced or removed, with what is in there; if that is"
        " meant, say --may-lose-data"
    )
