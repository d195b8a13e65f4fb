"""How rows become part of a table: each strategy, with partitions and without."""

from pathlib import Path
from typing import Any

import pytest

from salesetl.destinations.lake import Lake
from salesetl.destinations.merging import change
from salesetl.destinations.staging import stage
from salesetl.engines.engine import Engine
from salesetl.model.strategies import Merge, Replace, Snapshot, Strategy
from salesetl.model.table import Table, column
from salesetl.model.types import T
from salesetl.rows import read_rows
from salesetl.storage import storage_of
from tests.frames import frame_of, on_each_engine

PRODUCT = [
    column("product_id", T.StringType(), "Identifies the product"),
    column("name", T.StringType(), "What it is called"),
    column("is_gone", T.BooleanType(), "Whether it is no longer delivered"),
]
YEAR = column("year", T.IntegerType(), "Year in which it was listed")


def products(strategy: Strategy, *, is_partitioned: bool) -> Table:
    """Return the contract of a table of products."""
    return Table(
        name="products",
        namespace="shop",
        grain="one product",
        schema=T.StructType([*PRODUCT, YEAR] if is_partitioned else PRODUCT),
        key=("product_id",),
        partition_by=("year",) if is_partitioned else (),
        strategy=strategy,
    )


def product(number: int, name: str, year: int = 2025) -> dict[str, Any]:
    """Return a row."""
    return {"product_id": f"P{number}", "name": name, "is_gone": False, "year": year}


def publish(
    engine: Engine, root: Path, table: Table, rows: list[dict[str, Any]]
) -> None:
    """Bring rows into a table, as a run does but for its journal."""
    lake = Lake(engine, str(root / "lake"))
    changed = change(lake, table, frame_of(engine, table, rows), None)
    staged = stage(engine, changed, str(root / f"staged-{len(list(root.iterdir()))}"))
    storage, present = storage_of(str(root)), lake.files(table)
    for folder in staged.folders:
        staying = staged.files_staying.get(folder, [])
        for file in present.get(folder, []):
            if file not in staying:
                storage.delete(file.path)
        for file in staged.files.get(folder, []):
            parts = (lake.path(table), folder, file.name)
            storage.move([(file.path, "/".join(filter(None, parts)))])


def names(root: Path, table: Table) -> dict[str, tuple[str, bool]]:
    """Return what is in the table, by product."""
    path = str(root / "lake" / table.folder)
    rows = read_rows(storage_of(path), path, table)
    found = {row["product_id"]: (row["name"], row["is_gone"]) for row in rows}
    assert len(found) == len(rows)
    return found


@on_each_engine
@pytest.mark.parametrize("is_partitioned", [True, False], ids=["by year", "whole"])
@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (
            Merge(),
            {"P1": ("old", False), "P2": ("new", False), "P3": ("new", False)},
        ),
        (Replace(), {"P2": ("new", False), "P3": ("new", False)}),
        (
            Snapshot(flag="is_gone"),
            {"P1": ("old", True), "P2": ("new", False), "P3": ("new", False)},
        ),
    ],
    ids=lambda it: type(it).__name__,
)
def test_a_strategy_brings_rows_in(
    engine: Engine,
    tmp_path: Path,
    strategy: Strategy,
    is_partitioned: bool,
    expected: dict[str, tuple[str, bool]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As if files were large; small ones are written again in most other tests.
    monkeypatch.setattr("salesetl.destinations.staying_files.LEAST_STAYING_BYTES", 0)
    table = products(strategy, is_partitioned=is_partitioned)
    publish(engine, tmp_path, table, [product(1, "old", 2024), product(2, "old")])

    for _ in range(2):
        publish(engine, tmp_path, table, [product(2, "new"), product(3, "new", 2026)])

        assert names(tmp_path, table) == expected


def test_what_comes_back_is_not_gone(engine: Engine, tmp_path: Path) -> None:
    table = products(Snapshot(flag="is_gone"), is_partitioned=False)
    for delivered in ([product(1, "a"), product(2, "b")], [product(1, "a")]):
        publish(engine, tmp_path, table, delivered)

    publish(engine, tmp_path, table, [product(2, "b")])

    assert names(tmp_path, table) == {"P1": ("a", True), "P2": ("b", False)}
