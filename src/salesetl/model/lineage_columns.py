"""What a run tells of a row beside its file, to outputs that have these columns."""

from salesetl.model.table import column
from salesetl.model.types import T

FILE_ROW_NUMBER = column(
    "file_row_number",
    T.IntegerType(),
    "Place of the row in its file, from 1; null where it was replayed",
    is_lineage=True,
    is_optional=True,
    place_in=[],
)
LOADED_AT = column(
    "loaded_at",
    T.TimestampType(),
    "When the run began that has loaded the row",
    is_lineage=True,
)
RAW_RECORD = column(
    "raw_record", T.StringType(), "The row as delivered", is_lineage=True
)
