"""Keys are looked up in few files: 36 months, a day arrives, and nearly nothing is read."""

from datetime import date
from pathlib import Path

import pytest
from pyarrow.parquet import read_metadata

from salesetl.destinations.footers import text_range
from salesetl.destinations.lake import Lake
from salesetl.destinations.looking_up import files_that_may_hold, look_up
from salesetl.destinations.partitions import Sought, folder_days
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.engine import Engine
from salesetl.model.strategies import Merge
from salesetl.model.table import Table, column
from salesetl.model.types import T
from salesetl.storage import StoredFile, storage_of
from tests.faults import Proxy
from tests.frames import on_each_engine

MONTHS, ROWS, FILES = 36, 400, 4
TABLE = Table(
    name="sold",
    grain="one sale",
    schema=T.StructType(
        [
            column("id", T.StringType(), "Key"),
            column("note", T.StringType(), "Anything"),
            column("day", T.DateType(), "Day"),
            column("year", T.IntegerType(), "Year"),
            column("month", T.IntegerType(), "Month"),
        ]
    ),
    key=("id",),
    namespace="shop",
    partition_by=("year", "month"),
    date_column="day",
)


def history(root: str) -> None:
    """Write 36 months of sales whose ids grow with time, four files a month."""
    import pyarrow as pa
    from pyarrow.parquet import write_table

    number = 0
    for month in range(MONTHS):
        year, of_year = 2023 + month // 12, month % 12 + 1
        for part in range(FILES):
            ids = [f"S{number + n:08}" for n in range(ROWS)]
            number += ROWS
            notes = [f"{each} {each[::-1]} bought a lamp" for each in ids]
            day = date(year, of_year, 1 + 7 * part)
            rows = pa.table({"id": ids, "note": notes, "day": [day] * ROWS})
            file = Path("part.parquet").resolve()
            write_table(rows, file, compression="snappy")
            folder = f"{root}/shop/sold/year={year}/month={of_year}"
            storage_of(root).upload(str(file), f"{folder}/part-{part}.snappy.parquet")


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Keep the history on a disk."""
    monkeypatch.chdir(tmp_path)
    history(str(tmp_path / "lake"))
    return str(tmp_path / "lake")


def key_bytes(files: list[StoredFile]) -> int:
    """Return how many bytes the keys of files take."""
    total = 0
    for file in files:
        found = read_metadata(file.path)
        groups = (found.row_group(n) for n in range(found.num_row_groups))
        total += sum(group.column(0).total_compressed_size for group in groups)
    return total


def arriving(*numbers: int) -> Sought:
    """Look for keys of these numbers, of the last day of the history."""
    ids = sorted(f"S{number:08}" for number in numbers)
    return Sought.by(TABLE, [(9, ids[0], ids[-1])], [date(2025, 12, 22)])


def test_a_day_with_new_ids_reads_a_tenth_of_all_key_bytes_at_most(
    duckdb: DuckDbEngine, local: str
) -> None:
    lake = Lake(duckdb, local)
    everything = [file for found in lake.files(TABLE).values() for file in found]
    last = MONTHS * FILES * ROWS
    # The last sales of the history come again, with new ones.
    sought = arriving(last - 10, last + 500)

    read = files_that_may_hold(lake, TABLE, sought)

    files = [file for found in read.values() for file in found]
    assert len(files) == 1
    assert key_bytes(files) <= 0.1 * key_bytes(everything)


def test_only_new_ids_read_nothing(duckdb: DuckDbEngine, local: str) -> None:
    last = MONTHS * FILES * ROWS

    assert look_up(Lake(duckdb, local), TABLE, ["id"], arriving(last, last + 9)) is None


@on_each_engine
def test_what_is_looked_up_are_the_keys_with_their_partitions(
    engine: Engine, local: str
) -> None:
    found = look_up(Lake(engine, local), TABLE, ["id"], arriving(ROWS * FILES + 1))

    assert found is not None
    assert set(found.columns) == {"id", "year", "month"}
    rows = engine.rows(found)
    assert len(rows) == ROWS
    assert {(row["year"], row["month"]) for row in rows} == {(2023, 2)}


def test_of_files_on_s3_only_the_columns_are_fetched(
    duckdb: DuckDbEngine,
    s3_root: str,
    s3_proxy: Proxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    history(s3_root)
    lake = Lake(duckdb, s3_root)
    lake.files(TABLE)
    s3_proxy.requests.clear()

    found = look_up(lake, TABLE, ["id"], arriving(5, 6))

    assert found is not None and len(duckdb.rows(found)) == ROWS
    got = [each for each in s3_proxy.requests if each.startswith("GET ")]
    # Every look is at a part of a file: the ends of all, and the keys of one.
    assert got and all("bytes=" in each for each in got)
    assert len({each.split()[1] for each in got if "bytes=-" not in each}) == 1


def bounded(days: int) -> Table:
    """Return a contract that looks for published rows so many days around what arrives."""
    from dataclasses import replace

    return replace(TABLE, strategy=Merge(match_within_days=days))


@pytest.mark.parametrize(("days", "months"), [(0, 1), (31, 2), (365, 13)])
def test_a_contract_bounds_the_months_that_are_looked_into(
    duckdb: DuckDbEngine, local: str, days: int, months: int
) -> None:
    table, lake = bounded(days), Lake(duckdb, local)
    all_ids = [(9, "S00000000", "S99999999")]

    sought = Sought.by(table, all_ids, [date(2025, 12, 22)])
    # A row without a date may be on any day.
    undated = Sought.by(table, all_ids, [date(2025, 12, 22), None])

    assert len(files_that_may_hold(lake, table, sought)) == months
    assert len(files_that_may_hold(lake, table, undated)) == 36
    assert len(files_that_may_hold(lake, TABLE, Sought.by(TABLE, all_ids, []))) == 36


@pytest.mark.parametrize(
    ("folder", "days"),
    [
        ("year=2024/month=2", (date(2024, 2, 1), date(2024, 2, 29))),
        ("order_year=2025/order_month=12", (date(2025, 12, 1), date(2025, 12, 31))),
        ("event_date=2025-03-04", (date(2025, 3, 4), date(2025, 3, 4))),
        ("year=__HIVE_DEFAULT_PARTITION__/month=1", None),
        ("run_id=20250901T000000Z-1", None),
        ("region=North/product=Lamp", None),
        ("year=9999/month=12", None),
        ("", None),
    ],
)
def test_the_days_of_a_partition_are_those_its_name_tells(
    folder: str, days: tuple[date, date] | None
) -> None:
    assert folder_days(folder) == days


def test_a_partition_without_days_is_always_looked_into() -> None:
    sought = Sought.by(bounded(1), [], [date(2025, 1, 1)])

    assert sought.days == (date(2024, 12, 31), date(2025, 1, 2))
    assert sought.may_be_in("year=__HIVE_DEFAULT_PARTITION__/month=1")
    assert not sought.may_be_in("year=2025/month=3")
    earliest = Sought.by(bounded(9), [], [date.min]).days
    assert earliest and earliest[0] == date.min


def test_a_footer_that_does_not_tell_is_no_reason_to_pass_a_file_over(
    tmp_path: Path,
) -> None:
    import pyarrow as pa
    from pyarrow.parquet import write_table

    file = tmp_path / "x.parquet"
    write_table(pa.table({"id": ["b", "a"], "n": [1, 2]}), file)
    found = StoredFile(str(file), file.stat().st_size)
    bare = tmp_path / "bare.parquet"
    write_table(pa.table({"id": ["b"]}), bare, write_statistics=False)
    damaged = tmp_path / "damaged.parquet"
    damaged.write_bytes(b"no Parquet at all")

    assert text_range(found, "id") == ("a", "b")
    assert text_range(found, "n") is None
    assert text_range(found, "absent") is None
    for other in (bare, damaged):
        told = StoredFile(str(other), other.stat().st_size)
        assert text_range(told, "id") is None
