"""The tables of the lake: where each lies, what its contract is and which job writes it."""

from dataclasses import dataclass

from salesetl.pipelines import JOBS
from salesetl.schemas.quarantine import QUARANTINE, quarantine_of
from salesetl.schemas.table import Table


@dataclass(frozen=True)
class LakeTable:
    """A table as it lies in the lake: its name, its folder below the root, its contract and job."""

    name: str
    folder: str
    table: Table
    job: str

    @property
    def is_quarantine(self) -> bool:
        """Whether it holds what was rejected; then it is there only after a row was."""
        return self.table == QUARANTINE


def lake_tables() -> list[LakeTable]:
    """Return all tables of the lake; quarantine is one for each feed."""
    return [
        *(
            LakeTable(table.name, table.name, table, name)
            for name, job in JOBS.items()
            for table in job.tables
        ),
        *(
            LakeTable(
                f"quarantine_{feed.name}", quarantine_of(feed).name, QUARANTINE, name
            )
            for name, job in JOBS.items()
            for feed in job.feeds
        ),
    ]


def lake_table(name: str) -> LakeTable:
    """Return the table of the lake that has a name."""
    return next(listed for listed in lake_tables() if listed.name == name)
