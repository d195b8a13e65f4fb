"""How the rows of a run become part of a published table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Strategy:
    """How the rows of a run become part of a table. `columns` are those that it goes by."""

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
    """Rows are added; a row whose key is there already changes nothing."""


@dataclass(frozen=True)
class Snapshot(Strategy):
    """Rows are all there is now; a row that is not among them stays, and `flag` becomes true."""

    flag: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The key is what rows are replaced by."""
        return ()


@dataclass(frozen=True)
class History(Strategy):
    """Every change of `tracked` columns makes a row, valid from a date to the next one's.

    Declared for dimensions; what makes their intervals is the model of the warehouse.
    """

    tracked: tuple[str, ...]
