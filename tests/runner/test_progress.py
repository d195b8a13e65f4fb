"""A run tells how far it is, within its stages, and the telling never harms it."""

import io
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyspark.sql import SparkSession

from salesetl.engines.delimited import TextFormat
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.engine import Engine
from salesetl.engines.spark import SparkEngine
from salesetl.engines.work import Work
from salesetl.errors import InputError
from salesetl.runner import progress
from salesetl.runner.progress import Progress, TimeLeft, shown_progress
from tests.frames import on_each_engine
from tests.jobs.shop import Shop, sale

LINES = TextFormat(",", "UTF-8", 1, is_multiline=False, width=3)
RECORDS = TextFormat(",", "UTF-8", 1, is_multiline=True, width=3)


class Terminal(io.StringIO):
    """A stream that is shown to a person."""

    def isatty(self) -> bool:
        return True


def rows(done: float, **fields: Any) -> Work:
    """Tell of 1,000 rows."""
    return Work(done, 1000, "rows", **fields)


def left(told: Sequence[tuple[float, Work | None]]) -> list[float | None]:
    """Return the time left after each of some works, told at some second."""
    reckoned = TimeLeft()
    found = [reckoned.of(work, at) for at, work in told]
    return [each if each is None else round(each, 6) for each in found]


def test_the_time_left_is_that_of_the_rest_at_the_speed_so_far() -> None:
    steady = [(10.0 + second, rows(100 * second)) for second in range(0, 10)]

    assert left(steady) == [None, None, 8, 7, 6, 5, 4, 3, 2, 1]


def test_the_time_left_counts_down_and_is_never_negative() -> None:
    stuck = [(0.0, rows(0)), (4.0, rows(500))]

    assert left([*stuck, (6, rows(500)), (7.5, rows(500))]) == [None, 4, 2, 0.5]
    assert left([*stuck, (8, rows(500)), (99, rows(500))]) == [None, 4, None, None]
    assert left([*stuck, (10, rows(1000)), (11, rows(1000))])[2:] == [None, None]


@pytest.mark.parametrize(
    "other",
    [
        rows(600, step=2),
        rows(400),
        Work(600, 1001, "rows"),
        Work(600, 1000, "tasks"),
        None,
    ],
)
def test_other_work_has_a_speed_of_its_own(other: Work | None) -> None:
    assert left([(0, rows(0)), (4, rows(500)), (5, other)]) == [None, 4, None]


def test_nothing_is_told_of_a_share_that_has_hardly_moved() -> None:
    assert left([(0, rows(0)), (60, rows(9)), (61, rows(10))])[:2] == [None, None]
    assert left([(0, rows(0)), (1, rows(900))]) == [None, None]


def told(works: dict[float, Work | None], stream: io.StringIO) -> list[str]:
    """Show works at some seconds of a stage that has begun at 0, and return the log."""
    run = SimpleNamespace(report=SimpleNamespace(job="enrich_sales"))
    seen: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("salesetl.runner.progress")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    now = [0.0]
    shown = Progress(run, stream, lambda: now[0])  # type: ignore[arg-type]
    try:
        for second, work in works.items():
            now[0] = second
            run.doing = "classify", 0.0
            run.engine = SimpleNamespace(progress=lambda work=work: work)
            shown.tell()
        run.doing = None
        shown.tell()
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    return seen


def test_a_log_has_a_line_every_ten_seconds() -> None:
    works: dict[float, Work | None] = {
        second: rows(20 * second) for second in range(0, 31, 2)
    }

    assert told(works, io.StringIO()) == [
        "enrich_sales: classify: 200 of 1,000 rows, 40 s left",
        "enrich_sales: classify: 400 of 1,000 rows, 30 s left",
        "enrich_sales: classify: 600 of 1,000 rows, 20 s left",
    ]
    assert told({9.9: rows(500)}, io.StringIO()) == []
    assert told({12: None}, io.StringIO()) == ["enrich_sales: classify: 12 s so far"]


def test_a_terminal_has_one_line_that_is_rewritten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    terminal = Terminal()

    logged = told({1: rows(100), 2: rows(200), 20: rows(300)}, terminal)

    shown = terminal.getvalue().split("\r\x1b[K")
    assert shown[1:3] == [
        "enrich_sales: classify: 100 of 1,000 rows, 1 s so far",
        "enrich_sales: classify: 200 of 1,000 rows, 2 s so far",
    ]
    assert "\n" not in terminal.getvalue()
    assert logged == []


@pytest.mark.parametrize(
    ("work", "text"),
    [
        (Work(3_211_123, 10_001_234, "rows", is_estimate=True), "about 3,210,000 of"),
        (Work(120, 400, "tasks"), "120 of 400 tasks"),
        (Work(82e6, 124e6, "bytes"), "82 of 124 MB"),
        (Work(42.4, 100, "%"), "this query 42%"),
    ],
)
def test_work_is_told_in_its_unit(work: Work, text: str) -> None:
    assert str(work).startswith(text)


def threads() -> list[str]:
    """Return the names of the threads that show progress."""
    names = (thread.name for thread in threading.enumerate())
    return [name for name in names if name == "salesetl-progress"]


@contextmanager
def asked_while(engine: Engine, work: Callable[[], object]) -> Iterator[list[Work]]:
    """Ask an engine for its progress again and again while another thread lets it work."""
    seen = []
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        while not done.done():
            if found := engine.progress():
                seen.append(found)
            time.sleep(0.002)
        done.result()
    yield seen


@pytest.fixture
def many_lines(tmp_path: Path) -> str:
    """Write a file of many lines."""
    path = tmp_path / "many.csv"
    lines = (f"T{number},Lamp {number % 7},2025-09-01\n" for number in range(200_000))
    path.write_text("a,b,c\n" + "".join(lines))
    return str(path)


def slow(engine: DuckDbEngine, path: str, text: TextFormat, folder: Path) -> None:
    """Read a file, and compute something of each line that takes a while."""
    lines = engine.read_records([path], text)
    changed = lines.where(
        "regexp_replace(regexp_replace(_record, '([A-Z])', 'x'), '([0-9]+)', 'y') <> ''"
    )
    engine.checkpoint(changed, str(folder / "kept"))


def test_duckdb_tells_the_rows_that_it_has_come_to(
    many_lines: str, tmp_path: Path
) -> None:
    engine = DuckDbEngine()
    try:
        with asked_while(
            engine, lambda: slow(engine, many_lines, LINES, tmp_path)
        ) as seen:
            counts = [work for work in seen if work.unit == "rows"]
    finally:
        engine.close()

    assert counts
    assert [work.done for work in counts] == sorted(work.done for work in counts)
    assert {work.step for work in counts} == {1}
    assert all(180_000 < work.total < 220_000 for work in counts)
    assert all(0 < work.share < 1 for work in counts)


def test_duckdb_tells_how_much_of_a_file_is_cut_and_then_counts_exactly(
    many_lines: str, tmp_path: Path
) -> None:
    engine = DuckDbEngine()
    try:
        with asked_while(
            engine, lambda: slow(engine, many_lines, RECORDS, tmp_path)
        ) as seen:
            sizes = [work for work in seen if work.unit == "bytes"]
            counts = {work.total for work in seen if work.unit == "rows"}
    finally:
        engine.close()

    assert {work.total for work in sizes} == {Path(many_lines).stat().st_size}
    assert len({work.done for work in sizes}) > 1
    assert counts <= {200_000}


def test_spark_tells_the_tasks_of_the_running_job(spark: SparkSession) -> None:
    engine = SparkEngine(spark)
    waiting = spark.range(0, 6, 1, 6).selectExpr(
        "java_method('java.lang.Thread', 'sleep', 150L) as a"
    )

    with asked_while(engine, waiting.collect) as seen:
        assert {(work.unit, work.total) for work in seen} == {("tasks", 6)}
        assert len({work.done for work in seen}) > 1
    assert engine.progress() is None


@on_each_engine
def test_a_run_tells_its_stages_and_the_thread_ends_with_it(
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(progress, "_LOG_SECONDS", 0.01)
    caplog.set_level(logging.INFO)
    shop = Shop(engine, tmp_path)

    shop.load(shop.deliver("in", [sale(1)]))

    lines = [line for line in caplog.messages if line.startswith("enrich_sales: ")]
    assert any(line.startswith("enrich_sales: classify: ") for line in lines)
    assert threads() == []


def test_the_thread_ends_when_a_run_fails(shop_that_fails: Shop) -> None:
    with pytest.raises(InputError):
        shop_that_fails.load(shop_that_fails.home / "nothing")

    assert threads() == []


@pytest.fixture
def shop_that_fails(duckdb: Any, tmp_path: Path) -> Shop:
    """Open a shop without deliveries."""
    (tmp_path / "nothing").mkdir()
    return Shop(duckdb, tmp_path)


def test_an_engine_that_does_not_tell_harms_nothing(
    duckdb: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def refuse(_: Any) -> None:
        asked.append(1)
        raise RuntimeError("not supported by Spark Connect")

    monkeypatch.setattr(progress, "_LOG_SECONDS", 0.01)
    monkeypatch.setattr(DuckDbEngine, "progress", refuse)
    shop = Shop(duckdb, tmp_path)

    report = shop.load(shop.deliver("in", [sale(1)]))

    assert report.status == "succeeded"
    assert len(asked) > 1


def test_a_log_record_takes_the_place_of_the_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    handler = logging.StreamHandler(terminal)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger().addHandler(handler)
    run = SimpleNamespace(
        report=SimpleNamespace(job="enrich_sales"),
        doing=("read", time.monotonic()),
        engine=SimpleNamespace(progress=lambda: rows(100)),
    )

    try:
        with shown_progress(run, 0.01):  # type: ignore[arg-type]
            while "read" not in terminal.getvalue():
                time.sleep(0.01)
            logging.getLogger().warning("a message")
    finally:
        logging.getLogger().removeHandler(handler)

    assert "\r\x1b[Ka message\n" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")
