"""Values that come from the path of a file are not what its records tell."""

from typing import Any

import pytest

from salesetl.engines.engine import Engine
from salesetl.model.table import Table, column
from salesetl.model.types import T
from salesetl.readers.folder_values import with_folder_values
from tests.frames import on_each_engine


def delivered_in(data_type: Any) -> Table:
    """Return a contract with a column that the folder of a file tells."""
    schema = T.StructType(
        [
            column("id", T.StringType(), "Key"),
            column("place", data_type, "From the path", folder="place"),
        ]
    )
    return Table("visits", "one visit", schema, ("id",))


@on_each_engine
@pytest.mark.parametrize(
    ("data_type", "value", "is_plain"),
    [(T.StringType(), "N\u200borth", False), (T.DateType(), "2025-01-31", True)],
)
def test_a_text_of_a_path_is_not_taken_for_plain_with_its_record(
    engine: Engine, data_type: Any, value: str, is_plain: bool
) -> None:
    path = f"/raw/place={value}/visits.csv"
    types = {"id": "string", "_source_file": "string", "_is_plain": "boolean"}
    rows = engine.frame([("1", path, True)], types)

    filled = with_folder_values(rows, delivered_in(data_type), [path], {})

    [row] = engine.rows(filled)
    assert (row["place"], row["_is_plain"]) == (value, is_plain)
