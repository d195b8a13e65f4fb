"""Copies of remote files are kept apart, in their folder, and never stand for what S3 has."""

from pathlib import Path

import pytest

from salesetl.engines.copies import Copies
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.errors import AwsError
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.storage import storage_of
from tests.faults import Proxy
from tests.frames import TYPED_SALE, frame_of

SOLD = TYPED_SALE | {"is_return": False, "day": 10, "year": 2025, "month": 9}


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    """Keep copies in an empty folder."""
    return Copies(str(tmp_path / "copies"))


def put(path: str, content: bytes) -> str:
    """Write an object, and return its path."""
    storage_of(path).write(path, content)
    return path


def fetched(copies: Copies, path: str) -> bytes:
    """Fetch a file, and return the content of its copy."""
    return Path(copies.fetch(path)).read_bytes()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("monday/sales.csv", "tuesday/sales.csv"),
        ("a/b/sales.csv", "a_b/sales.csv"),
        ("a/b/sales.csv", "a/sales.csv"),
        ("year=2025/month=9/part", "old/year=2025/month=9/part"),
        (f"monday{'-' * 200}.csv", f"tuesday{'-' * 200}.csv"),
        ("sales/day", "sales/day/part"),
        ("raw/../sales.csv", "sales.csv"),
        ("raw//sales.csv", "raw/sales.csv"),
    ],
)
def test_deliveries_under_different_paths_are_kept_apart(
    copies: Copies, s3_root: str, one: str, other: str
) -> None:
    put(f"{s3_root}/{one}", b"one")
    put(f"{s3_root}/{other}", b"other")

    found = [fetched(copies, f"{s3_root}/{name}") for name in (one, other, one)]

    assert found == [b"one", b"other", b"one"]


def test_the_same_name_in_two_buckets_is_two_deliveries(copies: Copies) -> None:
    paths = [copies.path(f"s3://{bucket}/raw/sales.csv") for bucket in ("a", "b")]

    assert len(set(paths)) == 2


@pytest.mark.parametrize(
    "name",
    [
        "../../escape.csv",
        "raw/../../../escape.csv",
        "raw/..",
        "month=../../../escape.csv",
        "raw/month=../..",
        "ü" * 400,
    ],
)
def test_a_delivery_of_any_name_is_copied_below_the_folder(
    copies: Copies, s3_root: str, tmp_path: Path, name: str
) -> None:
    path = put(f"{s3_root}/{name}", b"sales")

    copy = Path(copies.fetch(path)).resolve()

    assert copy.read_bytes() == b"sales"
    assert copy.is_relative_to(tmp_path / "copies")


def test_many_files_are_copied_at_once_in_their_order_and_each_once(
    copies: Copies, s3_root: str, s3_proxy: Proxy
) -> None:
    paths = [put(f"{s3_root}/{number}", str(number).encode()) for number in range(40)]
    s3_proxy.requests.clear()

    found = copies.fetch_all([*paths, paths[0]])
    copies.fetch_all(paths)

    assert [int(Path(copy).read_bytes()) for copy in found] == [*range(40), 0]
    assert s3_proxy.count("GET") == len(s3_proxy.requests) == 40


def test_a_file_that_breaks_off_again_and_again_is_no_copy(
    copies: Copies, s3_root: str, s3_proxy: Proxy
) -> None:
    paths = [put(f"{s3_root}/{number}", b"sales") for number in range(3)]
    s3_proxy.fault = lambda _, request: "cut" if f"{paths[1][4:]}" in request else None

    with pytest.raises(AwsError, match=f"^{paths[1]}: IncompleteReadError"):
        copies.fetch_all(paths)
    s3_proxy.fault = lambda *_: None

    assert fetched(copies, paths[1]) == b"sales"


def test_partition_folders_keep_their_names_and_a_packed_file_its_ending(
    copies: Copies,
) -> None:
    part = copies.path("s3://lake/sales/enriched_sales/year=2025/month=9/part.parquet")
    packed = copies.path("s3://lake/raw/sales.csv.gz")

    assert Path(part).parts[-3:-1] == ("year=2025", "month=9")
    assert part.endswith(".parquet")
    assert packed.endswith(".csv.gz")


def test_a_delivery_on_this_machine_is_read_where_it_is(
    copies: Copies, tmp_path: Path
) -> None:
    path = put(f"{tmp_path}/raw/sales.csv", b"sales")

    assert copies.fetch(path) == path
    with copies.written(f"{tmp_path}/table") as folder:
        Path(folder, "part").write_bytes(b"rows")
    assert not (tmp_path / "copies").exists()
    assert (tmp_path / "table/part").read_bytes() == b"rows"


def test_what_was_written_is_read_back_from_s3(copies: Copies, s3_root: str) -> None:
    part = put(f"{s3_root}/table/month=9/part", b"old rows")
    assert fetched(copies, part) == b"old rows"

    with copies.written(f"{s3_root}/table") as folder:
        Path(folder, "month=9").mkdir()
        Path(folder, "month=9", "part").write_bytes(b"rows")

    assert storage_of(part).read(part) == b"rows"
    assert fetched(copies, part) == b"rows"
    assert not Path(folder).exists()


def test_a_table_that_could_not_be_written_leaves_nothing_on_s3(
    copies: Copies, s3_root: str
) -> None:
    with pytest.raises(OSError, match="disk is full"):
        with copies.written(f"{s3_root}/table") as folder:
            Path(folder, "part").write_bytes(b"half of the rows")
            raise OSError("disk is full")

    assert storage_of(s3_root).files(s3_root) == []


def test_sales_that_s3_lost_after_they_were_written_are_missed(
    duckdb: DuckDbEngine, s3_root: str
) -> None:
    root = f"{s3_root}/sales/enriched_sales"
    both = [SOLD, SOLD | {"transaction_id": "T2", "month": 10}]
    duckdb.write_table(frame_of(duckdb, ENRICHED_SALES, both), root, ENRICHED_SALES)
    storage_of(root).delete(f"{root}/year=2025/month=10")

    rows = duckdb.rows(duckdb.read_parquet(root, [""], ENRICHED_SALES.schema))

    assert [row["transaction_id"] for row in rows] == ["T1"]
