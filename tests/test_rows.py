"""Rows of a published table are read with the values of their partitions."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from salesetl.errors import InputError
from salesetl.model.quarantine_table import QUARANTINE
from salesetl.pipelines.sales.contracts import SALES_SUMMARY
from salesetl.rows import read_rows
from salesetl.storage.disk import LocalStorage

STORAGE = LocalStorage()


def write_part(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write one Parquet file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pa.Table.from_pylist(rows), path)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Publish a table of three files in two partitions; its folder."""
    root = tmp_path / "sales_summary"
    write_part(root / "year=2025/month=9/part-0.parquet", [{"region": "N"}])
    write_part(root / "year=2025/month=9/part-1.parquet", [{"region": "S"}])
    write_part(root / "year=2026/month=1/part-0.parquet", [{"region": None}])
    (root / "_SUCCESS").touch()
    (root / "year=2025/month=9/.part-0.parquet.crc").write_bytes(b"crc")
    return root


def test_all_rows_of_a_table_have_the_values_of_their_partition(lake: Path) -> None:
    rows = read_rows(STORAGE, str(lake), SALES_SUMMARY)

    assert rows == [
        {"region": "N", "year": 2025, "month": 9},
        {"region": "S", "year": 2025, "month": 9},
        {"region": None, "year": 2026, "month": 1},
    ]


def test_rows_of_one_partition_are_read_alone(lake: Path) -> None:
    rows = read_rows(STORAGE, str(lake), SALES_SUMMARY, "year=2025/month=9")

    assert [row["region"] for row in rows] == ["N", "S"]
    assert {(row["year"], row["month"]) for row in rows} == {(2025, 9)}


def test_a_partition_of_text_is_read_as_it_was_before_it_was_a_path(
    tmp_path: Path,
) -> None:
    write_part(tmp_path / "run_id=2025%3A9=x/part.parquet", [{"raw_record": "a,b"}])

    rows = read_rows(STORAGE, str(tmp_path), QUARANTINE)

    assert rows == [{"raw_record": "a,b", "run_id": "2025:9=x"}]


def test_a_file_without_rows_has_none(tmp_path: Path) -> None:
    schema = pa.schema([("region", pa.string())])
    folder = tmp_path / "year=2025" / "month=9"
    folder.mkdir(parents=True)
    parquet.write_table(schema.empty_table(), folder / "part.parquet")

    rows = read_rows(STORAGE, str(tmp_path), SALES_SUMMARY)

    assert rows == []


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refusal:
        read_rows(STORAGE, f"{tmp_path}/gone", SALES_SUMMARY)

    assert str(refusal.value).startswith(f"{tmp_path}/gone: there is no table")


def test_a_partition_that_is_not_there_has_no_rows(lake: Path) -> None:
    rows = read_rows(STORAGE, str(lake), SALES_SUMMARY, "year=1999/month=1")

    assert rows == []
