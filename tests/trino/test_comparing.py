"""A difference between Trino and DuckDB is told, and what is the same is not."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.trino.comparing import differences
from tests.trino.server import Answer

COLUMNS = [("id", "varchar(3)"), ("at", "timestamp(3)"), ("amount", "decimal(38, 2)")]
NAMES = ["id", "at", "amount"]
TYPES = ["VARCHAR", "TIMESTAMP WITH TIME ZONE", "DECIMAL(38,2)"]
MOMENT = datetime(2025, 1, 10, 8, 30, 0, 123_500, tzinfo=UTC)
SHOWN = datetime(2025, 1, 10, 8, 30, 0, 124_000)


def row(name: str | None = "A", amount: str = "1.00", at: Any = MOMENT) -> Any:
    """Make a row of DuckDB."""
    return (name, at, Decimal(amount))


def test_the_same_rows_in_any_order_do_not_differ() -> None:
    answer = Answer(COLUMNS, [row("B", at=SHOWN), row(None), row()], 0)

    assert not differences(
        answer, NAMES, TYPES, [row(), row("B"), row(None)], ordered=False
    )


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([row("B"), row()], "the order of the rows"),
        (
            [row(amount="1.01"), row("B")],
            "1 rows differ, such as in amount: Trino 1.00, DuckDB 1.01",
        ),
        ([row()], "rows: Trino 2, DuckDB 1"),
    ],
)
def test_rows_that_differ_are_told(rows: list[Any], told: str) -> None:
    answer = Answer(COLUMNS, [row(), row("B")], 0)

    assert differences(answer, NAMES, TYPES, rows, ordered=True) == [told]


def test_names_and_types_that_differ_are_told() -> None:
    answer = Answer(COLUMNS, [], 0)

    types = differences(answer, NAMES, [*TYPES[:2], "DECIMAL(18,2)"], [], ordered=True)
    names = differences(answer, ["a", "b", "c"], TYPES, [], ordered=True)

    assert types == ["type of amount: Trino decimal(38, 2), DuckDB DECIMAL(18,2)"]
    assert len(names) == 1 and names[0].startswith("columns: ")
