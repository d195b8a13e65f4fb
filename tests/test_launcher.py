"""One command line, on a laptop and on Glue."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from awsglue.job import Job
from pyspark.sql import SparkSession

from salesetl.errors import AwsError, QualityError
from salesetl.launcher import launch
from salesetl.model.pipeline import Pipeline
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.runner.paths import input_bytes
from salesetl.runs import RunReport


class GlueJvm:
    """Stands in for the part of Glue that runs in its JVM, and records what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def init(self, name: str, spark: Any, arguments: dict[str, str]) -> None:
        """Begin a job run."""
        self.asked.append(("init", name, arguments["JOB_RUN_ID"]))

    def commit(self) -> None:
        """End a job run well."""
        self.asked.append("commit")


@pytest.fixture
def glue(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Run AWS's own awsglue package on a stand-in for its JVM; return what is asked of that."""
    jvm = GlueJvm()

    def attach(job: Any, session: object) -> None:
        job._job, job._spark_session = jvm, session

    monkeypatch.setattr(Job, "__init__", attach)
    return jvm.asked


WORDS = ["--JOB_NAME", "enrich", "--JOB_RUN_ID", "jr_1", "--TempDir", "s3://t/"]
WORDS += ["--job-bookmark-option", "job-bookmark-disable"]
PATHS = ["--sales_path", "s", "--customers_path", "c", "--output_path", "o"]
GLUE_WORDS = [*WORDS, *PATHS]


def test_glue_is_told_of_success_only_after_it(
    glue: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(pipeline: Pipeline, session: object, **values: Any) -> RunReport:
        glue.append((pipeline.job, values))
        return RunReport(
            "r1",
            pipeline.job,
            "succeeded",
            "2025-01-01T00:00:00Z",
            "2025-01-01T00:01:00Z",
        )

    monkeypatch.setattr("salesetl.launcher.run", run)

    launch(SALES, [*GLUE_WORDS, "--allow_empty", "true"])

    begun = ("init", "enrich", "jr_1")
    values = {"sales_path": "s", "customers_path": "c", "output_path": "o"}
    assert glue == [begun, ("enrich_sales", values | {"allow_empty": True}), "commit"]


def failing_with(error: Exception) -> Callable[..., RunReport]:
    """Return a run that fails."""

    def run(pipeline: Pipeline, session: object, **values: Any) -> RunReport:
        raise error

    return run


def test_a_failure_reaches_glue_and_nothing_is_committed(
    glue: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("salesetl.launcher.run", failing_with(QualityError("too many")))

    with pytest.raises(QualityError, match="too many"):
        launch(SALES, GLUE_WORDS)

    assert glue == [("init", "enrich", "jr_1")]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (QualityError("s3://raw/AKIAIOSFODNN7EXAMPLE: bad"), "s3://raw/***: bad"),
        (KeyError("password=hunter2hunter2"), "KeyError: 'password=***"),
    ],
)
def test_glue_shows_no_credentials_of_an_error(
    glue: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    told: str,
) -> None:
    monkeypatch.setattr("salesetl.launcher.run", failing_with(error))

    with pytest.raises(Exception) as shown:
        launch(SALES, GLUE_WORDS)

    assert str(shown.value).startswith(told)
    assert shown.value.__suppress_context__ and shown.value.__cause__ is None
    assert "hunter2" not in "".join(capsys.readouterr())


def test_the_real_job_runs_on_glue(
    glue: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "customers.json").write_text('{"customer_id": "C1"}')
    (tmp_path / "sales.csv").write_text(
        "transaction_id,date,customer_id,product,quantity,unit_price,region,total_amount\n"
        "T1,2025-09-10,C1,Lamp,2,10.50,North,21.00\n"
        "T2,2025-09-10,C1,Lamp,2,10.50,North,21.00\n"
        "T3,2025-09-31,C1,Lamp,2,10.50,North,21.00\n"
        "T4,2024-09-10,C1,Lamp,2,10.50,North,21.00\n"
    )
    paths = [
        f"--sales_path={tmp_path}/sales.csv",
        f"--customers_path={tmp_path}/customers.json",
    ]

    paths += [f"--output_path={tmp_path}/lake", "--max_rejected_ratio=1"]

    launch(SALES, [*WORDS, *paths, "--start_date=2025-01-01"])

    assert glue[-1] == "commit"
    told = [
        json.loads(line)
        for line in capsys.readouterr().out.splitlines()
        if line.startswith("{")
    ]
    event, metrics, *_ = told
    assert metrics["job"] == "enrich" and "_aws" in metrics
    assert event.pop("run_id")
    assert event == {
        "event": "run_report",
        "job": "enrich_sales",
        "status": "succeeded",
        "rows_read": 4,
        "rows_rejected": 1,
        "rejected_ratio": 0.333333,
    }
    assert list(
        (tmp_path / "lake/sales/enriched_sales/year=2025/month=9").glob("*.parquet")
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--sales_pth", "x"],
            "--sales_pth: no such argument; did you mean --sales_path?",
        ),
        (PATHS[:4], "--output_path is required: root of the lake"),
        (
            [*PATHS, "--as_of", "tomorrow"],
            "--as_of 'tomorrow': must be a date like 2025-12-31",
        ),
        (
            [*PATHS, "--write_mode", "append"],
            "--write_mode 'append': must be merge or replace",
        ),
        (["sales"], "'sales': is not an argument; write arguments as --name value"),
    ],
)
def test_a_wrong_argument_is_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        launch(SALES, words)

    error = capsys.readouterr().err
    assert stopped.value.code == 2
    assert error.startswith(f"enrich_sales: error: {message}")
    assert error.count("\n") == 1


@pytest.mark.parametrize("verbose", [["--verbose"], ["--verbose", "true"]])
def test_verbose_may_have_a_value_as_on_glue(
    capsys: pytest.CaptureFixture[str], verbose: list[str]
) -> None:
    with pytest.raises(SystemExit):
        launch(SALES, [*verbose, *PATHS[:4]])

    assert "--output_path is required" in capsys.readouterr().err


def test_help_names_every_argument(capsys: pytest.CaptureFixture[str]) -> None:
    launch(SALES, ["--help"])

    told = capsys.readouterr().out
    assert "--sales_path (text; required)\n      files of sales, such as CSV" in told
    assert "--write_mode (merge or replace; default: merge)" in told


def test_the_size_of_the_input_is_that_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.csv").write_text("12345")
    (tmp_path / "in" / "2.csv").write_text("123")
    values = {
        "sales_path": str(tmp_path / "in"),
        "customers_path": str(tmp_path / "nowhere"),
    }

    assert input_bytes(values | {"output_path": str(tmp_path)}) == 8
    assert input_bytes({"sales_path": str(tmp_path / "in/1*")}) == 5


def test_what_cannot_be_listed_has_no_size_and_is_left_to_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(path: str) -> None:
        raise AwsError(f"{path}: access denied")

    monkeypatch.setattr("salesetl.runner.paths.list_files", refused)

    assert input_bytes({"sales_path": "s3://raw/sales"}) == 0


def test_the_engine_is_an_argument_of_every_job(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="2"):
        launch(SALES, [*PATHS, "--engine", "polars"])

    refusal = "--engine 'polars': must be auto or spark or duckdb; see --help"
    assert refusal in capsys.readouterr().err
    launch(SALES, ["--help"])
    assert (
        "--engine (auto or spark or duckdb; default: auto)" in capsys.readouterr().out
    )
