"""The tables of the lake: where each lies, what its contract is and which job writes it."""

from dataclasses import dataclass

from salesetl.pipelines import JOBS
from salesetl.schemas.quarantine import is_quarantine, quarantine_of
from salesetl.schemas.table import Table


@dataclass(frozen=True)
class LakeTable:
    """A table as it lies in the lake: its contract and the job that writes it."""

    table: Table
    job: str

    @property
    def name(self) -> str:
        """Its name in SQL."""
        return self.table.sql_name

    @property
    def folder(self) -> str:
        """Its folder below the root."""
        return self.table.name

    @property
    def is_quarantine(self) -> bool:
        """Whether it holds what was rejected; then it is there only after a row was."""
        return is_quarantine(self.table)


def lake_tables() -> list[LakeTable]:
    """Return all tables of the lake; quarantine is one for each feed."""
    return [
        *(LakeTable(table, name) for name, job in JOBS.items() for table in job.tables),
        *(
            LakeTable(quarantine_of(feed), name)
            for name, job in JOBS.items()
            for feed in job.feeds
        ),
    ]


def lake_table(name: str) -> LakeTable:
    """Return the table of the lake that has a name."""
    return next(listed for listed in lake_tables() if listed.name == name)
