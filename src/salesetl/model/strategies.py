"""How the rows of a run become part of a published table."""

from dataclasses import dataclass

# The column of the file that a published row came from.
FILE_COLUMN = "source_file"


@dataclass(frozen=True)
class Strategy:
    """How the rows of a run become part of a table."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the table that the strategy names."""
        return ()


@dataclass(frozen=True)
class Merge(Strategy):
    """Rows replace rows with the same key, in any partition.

    `by` names columns that stand for more than one row, such as an order for all its lines: what is
    there of them goes as a whole. Without it, that is the key. With `of_file`, what is there of a
    file that is loaded again goes too: a row that is no longer in it is no longer in the table.

    `match_within_days` bounds the search in a long history: rows are looked for only in partitions
    that have a day as close to a day that arrives. A key that comes back after a longer time is
    then in the table twice, so it is for keys that never do. None looks everywhere, and so does a
    run in which a row has no date.
    """

    by: tuple[str, ...] = ()
    of_file: bool = False
    match_within_days: int | None = None

    def __post_init__(self) -> None:
        """Check the bound; ValueError if it is negative."""
        if self.match_within_days is not None and self.match_within_days < 0:
            raise ValueError(
                f"match_within_days is {self.match_within_days}; it must be at least 0"
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns by which rows are replaced."""
        return (*self.by, FILE_COLUMN) if self.of_file else self.by


@dataclass(frozen=True)
class Replace(Strategy):
    """Rows of a run replace the whole table."""


@dataclass(frozen=True)
class Append(Strategy):
    """Rows are added; a delivered row whose key is already in the table is a duplicate."""


@dataclass(frozen=True)
class Snapshot(Strategy):
    """Rows are the current state; a published row that is missing stays, and its `flag` is true."""

    flag: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of the flag."""
        return (self.flag,)


@dataclass(frozen=True)
class History(Strategy):
    """Every change of a `tracked` column makes a new row, valid until the next change.

    The models of a warehouse make such a table; a lake cannot publish it.
    """

    tracked: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns whose changes are kept."""
        return self.tracked
