"""What the operating system refuses is one line with the path and what to do, whoever says it."""

import errno
import gzip
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from generators.__main__ import main as generate
from salesetl.cli import main
from salesetl.engines import sliced
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.engine import Engine
from salesetl.engines.sliced import SlicedEngine
from salesetl.errors import PlaceError, SalesEtlError, naming, one_line, understood
from salesetl.pipelines.orders.contracts import FACT_ORDERS
from salesetl.readers.files import find_files
from salesetl.storage.disk import LocalStorage
from tests.frames import on_each_engine
from tests.jobs.shop import Shop, order, sale
from tests.lakes import Lakes

LONG = "n" * 300


@contextmanager
def limited(what: int, number: int) -> Iterator[None]:
    """Let this process have no more of something."""
    before = resource.getrlimit(what)
    resource.setrlimit(what, (number, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(what, before)


def refusal_of(tmp_path: Path, name: str) -> str:
    """Write a file below a folder that has a file and a folder, and return how that is refused."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(PlaceError) as refusal:
        LocalStorage().write(str(tmp_path / name), b"content")
    return str(refusal.value)


@pytest.mark.parametrize(
    ("name", "named", "what"),
    [
        (
            "file/lake/x",
            "file",
            "is a file, but a folder is needed; use another path",
        ),
        ("file/x", "file", "is a file, but a folder is needed"),
        ("folder", "folder", "is a folder, but a file is needed"),
        (
            f"{LONG}/x",
            f"{LONG}/x",
            "the name is too long for the disk; choose a shorter one",
        ),
        (LONG, LONG, "the name is too long for the disk"),
    ],
)
def test_a_place_that_cannot_be_written_is_named(
    tmp_path: Path, name: str, named: str, what: str
) -> None:
    told = refusal_of(tmp_path, name)

    assert told.startswith(f"{tmp_path / named}: {what}")
    assert not any(path.name.startswith(".") for path in tmp_path.rglob("*"))


def test_a_name_as_long_as_names_can_be_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)

    LocalStorage().write(str(path), b"x")

    assert path.read_bytes() == b"x"


def test_a_full_disk_names_what_was_written_to_it() -> None:
    with pytest.raises(PlaceError) as refusal, naming("/data/lake"):
        with open("/dev/full", "wb", buffering=0) as full:
            full.write(b"x")

    assert str(refusal.value).startswith(
        "/data/lake: the disk is full; free some space"
    )


def test_a_file_that_is_too_large_is_named_and_nothing_of_it_stays(
    tmp_path: Path,
) -> None:
    path = tmp_path / "large"

    with limited(resource.RLIMIT_FSIZE, 1000), pytest.raises(PlaceError) as refusal:
        LocalStorage().write(str(path), b"x" * 2000)

    assert str(refusal.value).startswith(f"{path}: the file exceeds the size limit")
    assert list(tmp_path.iterdir()) == []


def test_too_many_open_files_are_told(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("x")
    lowest_free = os.open(path, os.O_RDONLY)
    os.close(lowest_free)

    with limited(resource.RLIMIT_NOFILE, lowest_free):
        with pytest.raises(PlaceError) as refusal:
            LocalStorage().read(str(path))

    told = f"{path}: too many open files; raise the limit (ulimit -n)"
    assert str(refusal.value) == told


@pytest.mark.parametrize(
    "code", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ESTALE]
)
def test_every_refusal_is_one_line_with_its_path_and_no_class(code: int) -> None:
    told = one_line(OSError(code, os.strerror(code), "/lake/x"))

    assert told.startswith("/lake/x: ")
    assert "Error" not in told and "Errno" not in told and "; " in told


def test_an_error_that_is_none_of_the_systems_is_not_understood() -> None:
    assert understood(ValueError("No such file or directory")) is None
    assert understood(OSError("no code")) is None


QUERIES = {
    "copy (select 1) to '/dev/full'": "/dev/full: the disk is full",
    "copy (select 1) to '{0}/file/x'": "{0}/file: is a file, but a folder is needed",
    "copy (select 1) to '{0}'": "{0}: is a folder, but a file is needed",
    "from read_csv('{0}/go[[]ne.csv')": "{0}/go[ne.csv: does not exist, or was deleted",
    "copy (select 1 as a, 2 as b) to '{0}/file' (format parquet, partition_by (a))": (
        "{0}/file: is a file, but a folder is needed"
    ),
}


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_refused_to_duckdb_is_told_alike(
    duckdb: DuckDbEngine, tmp_path: Path, query: str
) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(Exception) as failure:
        duckdb._connection.execute(query.format(tmp_path))

    assert one_line(failure.value).startswith(QUERIES[query].format(tmp_path))


@pytest.mark.parametrize(
    ("lake", "named", "what"),
    [
        ("file", "file", "is a file, but a folder is needed"),
        ("file/lake", "file", "is a file, but a folder is needed"),
        (LONG, LONG, "the name is too long"),
    ],
)
def test_a_lake_that_cannot_be_is_named(
    engine: Engine, tmp_path: Path, lake: str, named: str, what: str
) -> None:
    shop = Shop(engine, tmp_path)
    (tmp_path / "file").write_text("x")

    with pytest.raises(PlaceError) as refusal:
        shop.load(shop.deliver("raw", [sale(1)]), lake=lake)

    assert str(refusal.value).startswith(f"{tmp_path / named}") and what in str(
        refusal.value
    )


@pytest.mark.parametrize("table", ["enriched_sales", "quarantine"])
def test_a_file_in_the_place_of_a_table_is_named_and_nothing_is_published(
    engine: Engine, tmp_path: Path, table: str
) -> None:
    shop = Shop(engine, tmp_path)
    (tmp_path / "lake/sales").mkdir(parents=True)
    blocking = tmp_path / "lake/sales" / table
    blocking.write_text("x")

    with pytest.raises(SalesEtlError) as refusal:
        shop.load(shop.deliver("raw", [sale(1), sale(2, date="x")]))

    assert str(refusal.value).startswith(
        f"{blocking}: is a file, but a folder is needed"
    )
    assert blocking.read_text() == "x"
    assert not (tmp_path / "lake/sales/sales_summary").exists()


@on_each_engine
@pytest.mark.parametrize("spark_way", ["tasks", "spark"], indirect=True)
@pytest.mark.usefixtures("spark_way")
@pytest.mark.parametrize("is_packed", [True, False])
def test_a_file_that_vanishes_while_it_is_read_is_named(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_packed: bool
) -> None:
    shop = Shop(engine, tmp_path)
    folder = shop.deliver("raw", [sale(1)])
    path = folder / ("gone.json.gz" if is_packed else "go [1].csv")
    (folder / "sales.csv").rename(path)
    if is_packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    reading: Any = type(engine.row_engine)
    name = "read_records"
    if reading is SlicedEngine:
        # The last that is done before a task reads it.
        reading, name = sliced, "slices_of"
    job_reads = getattr(reading, name)

    def after_it_is_gone(*arguments: Any, **options: bool) -> object:
        if str(path) in arguments[1]:
            path.unlink()
        return job_reads(*arguments, **options)

    monkeypatch.setattr(reading, name, after_it_is_gone)

    with pytest.raises(Exception) as failure:
        shop.load(folder)

    assert one_line(failure.value).startswith(f"{path}: does not exist, or was deleted")
    report = (tmp_path / "lake/sales/_runs").glob("*.json")
    assert f'"error": "{path}: does not exist' in next(report).read_text()


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/sales.csv").write_text("a\n")
    link = tmp_path / "in/old.csv"
    link.symlink_to(tmp_path / "gone.csv")

    for path in (tmp_path / "in", link, tmp_path / "in/*.csv"):
        with pytest.raises(PlaceError) as refusal:
            find_files(str(path), allow_empty=True)
        told = f"{link}: is a link to {tmp_path}/gone.csv, which does not exist; remove the link"
        assert str(refusal.value).startswith(told)


def test_a_hidden_link_that_leads_nowhere_is_no_data(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("a\n")
    # As an editor marks a file that is open.
    (tmp_path / ".#sales.csv").symlink_to("user@host.123")

    assert [file.name for file in find_files(str(tmp_path))] == ["sales.csv"]


@pytest.mark.parametrize(
    "words",
    [
        ["report", "{0}/file/page.html"],
        ["analytics", "{0}/file"],
        ["quarantine", "show", "daily", "--to", "{0}/file/x"],
    ],
)
def test_a_command_names_a_place_that_it_cannot_write(
    shop_with_runs: Shop, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    home = shop_with_runs.home
    (home / "file").write_text("x")
    told = [word.format(home) for word in words]

    with pytest.raises(SystemExit) as stopped:
        main([*told, "--output_path", str(home / "lake")])

    error = capsys.readouterr().err
    assert stopped.value.code == 1
    assert error == (
        f"salesetl: error: {home}/file: is a file, but a folder is needed;"
        " use another path, or remove it\n"
    )


@pytest.fixture
def shop_with_runs(lakes: Lakes, tmp_path: Path) -> Shop:
    """Open a shop that has loaded sales and orders."""
    return lakes.copy(load_sales_and_orders, tmp_path)


def load_sales_and_orders(shop: Shop) -> None:
    """Load sales, one of which is rejected, and orders."""
    shop.load(shop.deliver("raw", [sale(1), sale(2, date="x")]), run_id="daily")
    shop.load_orders(shop.deliver_orders("orders", [order(1)]))
    assert (shop.home / "lake" / FACT_ORDERS.folder).exists()


@pytest.mark.parametrize("world", ["sales", "orders"])
def test_a_generator_names_a_place_that_it_cannot_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], world: str
) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(SystemExit) as stopped:
        generate([world, "--output_path", f"{tmp_path}/file"])

    error = capsys.readouterr().err
    told = f"generators: error: {tmp_path}/file: is a file, but a folder is needed"
    assert stopped.value.code == 1
    assert error.startswith(told) and error.count("\n") == 1


class JavaError(Exception):
    """An error as Spark passes it on."""

    __module__ = "py4j.protocol"


_OLD = (
    "An error occurred while calling o1.parquet.\n: org.apache.spark.SparkException: Job aborted\n"
    "Caused by: org.apache.hadoop.fs.s3a.AWSBadRequestException: getFileStatus on"
    " s3://lake/sales/x: com.amazonaws.services.s3.model.AmazonS3Exception: Told (Service: Amazon"
    " S3; Status Code: 400; Error Code: {code}; Request ID: null; Proxy: null):{code}: Told"
)
_NEW = (
    "An error occurred while calling o1.parquet.\n: org.apache.hadoop.fs.s3a.AWSException: open s3a"
    " on s3a://lake/sales/x: software.amazon.awssdk.services.s3.model.S3Exception: Told (Service:"
    " S3, Status Code: {status}, Request ID: null){named}"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            _OLD.format(code="ExpiredToken"),
            "s3://lake/sales/x: the login is over; log in",
        ),
        (
            _OLD.format(code="400 Bad Request"),
            "s3://lake/sales/x: the request is not valid",
        ),
        (_OLD.format(code="403 Forbidden"), "s3://lake/sales/x: not allowed"),
        (_OLD.format(code="AccessDenied"), "s3://lake/sales/x: not allowed"),
        (_OLD.format(code="SlowDown"), "s3://lake/sales/x: S3 answers SlowDown again"),
        (
            _NEW.format(status=400, named=":ExpiredToken: Told"),
            "s3a://lake/sales/x: the login is over; log in again",
        ),
        (
            _NEW.format(status=403, named=":null: null"),
            "s3a://lake/sales/x: not allowed",
        ),
        (_NEW.format(status=503, named=""), "s3a://lake/sales/x: S3 answers 503 again"),
        (
            "o1.parquet\n: java.nio.file.AccessDeniedException: s3a://lake/sales:"
            " org.apache.hadoop.fs.s3a.auth.NoAuthWithAWSException: No AWS Credentials provided",
            "s3a://lake/sales: there are no credentials; log in",
        ),
    ],
)
def test_what_s3_refuses_spark_is_told_as_what_it_refuses_this_process(
    text: str, told: str
) -> None:
    error = JavaError(text)

    assert isinstance(understood(error), SalesEtlError)
    assert one_line(error).startswith(told)
