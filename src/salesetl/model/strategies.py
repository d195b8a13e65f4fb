"""How the rows of a run become part of a published table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Strategy:
    """How the rows of a run become part of a table."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the table that the strategy names."""
        return ()


@dataclass(frozen=True)
class Merge(Strategy):
    """Rows replace the rows of the same key, wherever those are.

    `by` names columns that stand for more than one row, such as an order for all its lines: what is
    there of them goes as a whole. Without it, that is the key.
    """

    by: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns by which rows are replaced."""
        return self.by


@dataclass(frozen=True)
class Replace(Strategy):
    """Rows of a run are all there is in the table."""


@dataclass(frozen=True)
class Append(Strategy):
    """Rows are added; a delivered row whose key is there already is a duplicate."""


@dataclass(frozen=True)
class Snapshot(Strategy):
    """Rows are all there is now; a row that is not among them stays, and `flag` becomes true."""

    flag: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of the flag."""
        return (self.flag,)


@dataclass(frozen=True)
class History(Strategy):
    """Every change of `tracked` columns makes a row, valid from a date to the next one's.

    The models of a warehouse make such a table; a lake cannot publish it.
    """

    tracked: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns whose changes are kept."""
        return self.tracked
