"""A stack with the change set that a deploy will apply."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from salesetl.cloudformation.change_sets import ChangeSet
from salesetl.cloudformation.stacks import Stack, Template

Show = Callable[[str], None]


@dataclass(frozen=True)
class PlannedStack:
    """A stack, its new template and parameters, and the change set that was made from them.

    `running` is the release that the job runs now; None if there is no job.
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

    def apply(self, show: Show) -> None:
        """Make the changes, if there are any. First set the release that the job runs now."""
        if not self.change_set.changes:
            return
        show(f"{self.stack.name}: changing")
        known = self.stack.parameters().get("Release")
        if self.running and self.running != known:
            with self.stack.change_set(None, {"Release": self.running}) as first:
                first.apply()
            with self.stack.change_set(self.template, self.values) as second:
                second.apply()
        else:
            self.change_set.apply()
        show(f"{self.stack.name}: done")


def show_all(stacks: Sequence[PlannedStack], show: Show) -> None:
    """Show each change of each stack."""
    for each in stacks:
        for line in each.lines():
            show(line)


def refusal_of(stacks: Sequence[PlannedStack]) -> str | None:
    """Return why a deploy refuses the changes; None if no data would be lost."""
    losses = [
        f"{each.stack.name} {change.logical_id}"
        for each in stacks
        for change in each.change_set.changes
        if change.loses_data
    ]
    if not losses:
        return None
    return (
        f"{', '.join(losses)} would be replaced or removed with its data; to do it anyway, pass"
        " --may-lose-data"
    )
