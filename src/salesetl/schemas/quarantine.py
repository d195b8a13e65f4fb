"""The contract of quarantine: the rows that were not loaded, and why."""

from dataclasses import replace

from salesetl.schemas.table import Table, column
from salesetl.schemas.types import T

QUARANTINE = Table(
    name="quarantine",
    grain="one rejected row of one run",
    schema=T.StructType(
        [
            column("raw_record", T.StringType(), "The row as delivered"),
            column(
                "source_header",
                T.StringType(),
                "Header line of its file; null for JSON",
            ),
            column("source_file", T.StringType(), "File it came from"),
            column("reasons", T.ArrayType(T.StringType()), "All rules it broke"),
            column("rejected_at", T.TimestampType(), "When its run started, in UTC"),
            column("run_id", T.StringType(), "Run that rejected it"),
        ]
    ),
    key=(),
    # A row that is rejected again is there once, under the last run that rejected it.
    replaced_by=("source_file", "raw_record"),
    partition_by=("run_id",),
)


def quarantine_of(feed: Table) -> Table:
    """Return the contract of the quarantine of a feed, named as its folder below the root."""
    return replace(QUARANTINE, name=f"{QUARANTINE.name}/{feed.name}")


def is_quarantine(table: Table) -> bool:
    """Tell whether a contract is that of the quarantine of some feed."""
    return replace(table, name=QUARANTINE.name) == QUARANTINE
