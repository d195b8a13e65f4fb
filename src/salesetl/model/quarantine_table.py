"""The contract of quarantine: the rows that were not loaded, and why."""

from dataclasses import replace

from salesetl.model.strategies import Merge
from salesetl.model.table import Table, column
from salesetl.model.types import T

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
    strategy=Merge(by=("source_file", "raw_record")),
    partition_by=("run_id",),
)


def quarantine_of(contract: Table) -> Table:
    """Return the table of the rejected rows of a source, in the namespace of its contract."""
    return replace(
        QUARANTINE,
        name=f"{QUARANTINE.name}/{contract.name}",
        namespace=contract.namespace,
    )


def is_quarantine(table: Table) -> bool:
    """Tell whether a table takes the rejected rows of some source."""
    own = replace(table, name=QUARANTINE.name, namespace=QUARANTINE.namespace)
    return own == QUARANTINE
