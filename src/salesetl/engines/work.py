"""How far a computation of an engine is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Work:
    """How much of the current step is done, in some unit: rows, bytes, tasks or %.

    Another `step` is other work. The number of rows may be an estimate, and is then about right.
    """

    done: float
    total: float
    unit: str
    step: int = 0
    is_estimate: bool = False

    @property
    def share(self) -> float:
        """The part that is done, from 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0

    def __str__(self) -> str:
        """Write it for a person."""
        if self.unit == "%":
            return f"this query {self.share:.0%}"
        if self.unit == "bytes":
            return f"{self.done / 1e6:,.0f} of {self.total / 1e6:,.0f} MB"
        if self.is_estimate:
            return f"about {_rounded(self.done)} of {_rounded(self.total)} {self.unit}"
        return f"{self.done:,.0f} of {self.total:,.0f} {self.unit}"


def _rounded(number: float) -> str:
    """Write three digits of a number, which is all that is known of it."""
    return f"{float(f'{number:.3g}'):,.0f}"
