"""The commands that deploy and run jobs say what they do, and what went wrong in one line."""

import json
import re
import shutil
from pathlib import Path

import boto3
import pytest

from salesetl.cli import main
from salesetl.glue.settings import Environment
from salesetl.registry import jobs
from salesetl.runs import RunReport
from salesetl.storage import storage_of
from tests.glue.conftest import built_at


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a root with the definitions of the jobs and what a release is made of."""
    built_at(tmp_path)
    return tmp_path


def output_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run a command, and return its output."""
    main(words)
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run a command that must fail, and return its one line."""
    with pytest.raises(SystemExit) as stopped:
        main(words)
    error = capsys.readouterr().err
    assert stopped.value.code in (1, 2)
    assert error.count("salesetl: error: ") == 1
    return error.rpartition("salesetl: error: ")[2]


def test_a_dry_run_shows_all_and_changes_nothing(
    capsys: pytest.CaptureFixture[str],
    root: Path,
    environment: Environment,
) -> None:
    words = ("deploy", "--env", environment.name, "--root", str(root), "--dry-run")

    shown = output_of(capsys, *words)

    assert re.search(r"^NumberOfWorkers +\(none\) +10$", shown, re.MULTILINE)
    assert "would be deployed" in shown
    assert boto3.client("glue").get_jobs()["Jobs"] == []
    assert storage_of(environment.scripts).files(environment.scripts) == []


def test_all_jobs_are_deployed_and_one_is_rolled_back(
    capsys: pytest.CaptureFixture[str],
    root: Path,
    environment: Environment,
) -> None:
    where = ("--env", environment.name, "--root", str(root))
    first = output_of(capsys, "deploy", *where)
    again = output_of(capsys, "deploy", *where)
    definition = root / "jobs" / "enrich_sales.toml"
    definition.write_text(definition.read_text().replace("workers = 10", "workers = 7"))
    changed = output_of(capsys, "deploy", "enrich_sales", *where)

    back = output_of(capsys, "rollback", "enrich_sales", *where)

    name = f"salesetl-{environment.name}"
    assert f"{name}-enrich_sales: will be created" in first
    assert f"{name}-flatten_orders: will be created" in first
    assert again.count("nothing to change") == len(jobs())
    assert re.findall(r"^\w.* +10 +7$", changed, re.MULTILINE)
    assert "flatten_orders" not in changed
    assert re.findall(r"^NumberOfWorkers +7 +10$", back, re.MULTILINE)
    assert f"{name}-enrich_sales is rolled back" in back


def test_one_wrong_definition_keeps_all_jobs_from_being_deployed(
    capsys: pytest.CaptureFixture[str],
    root: Path,
    environment: Environment,
) -> None:
    (root / "jobs" / "flatten_orders.toml").write_text("workers = 0")

    error = refused(capsys, "deploy", "--env", environment.name, "--root", str(root))

    assert error.startswith(f"{root}/jobs/flatten_orders.toml: ")
    assert boto3.client("glue").get_jobs()["Jobs"] == []


def test_a_release_that_is_not_built_names_the_command_that_builds_it(
    capsys: pytest.CaptureFixture[str], root: Path
) -> None:
    shutil.rmtree(root / "dist" / "jobs")

    error = refused(capsys, "release", "--root", str(root))

    assert error.startswith(f"{root}/dist: must have the code and the job scripts")


def test_the_name_of_a_release_is_that_of_its_content(
    capsys: pytest.CaptureFixture[str], root: Path
) -> None:
    first = output_of(capsys, "release", "--root", str(root))
    same = output_of(capsys, "release", "--root", str(root))
    (root / "dist" / "jobs" / "enrich_sales.py").write_text("changed")

    other = output_of(capsys, "release", "--root", str(root))

    assert first == same
    assert re.fullmatch(r"0[.]1[.]0-[0-9a-f]{32}\n", first)
    assert other != first


def test_a_run_ends_with_its_report_and_its_cost(
    capsys: pytest.CaptureFixture[str],
    root: Path,
    environment: Environment,
) -> None:
    where = ("--env", environment.name, "--root", str(root))
    output_of(capsys, "deploy", *where)
    report = RunReport("r1", "enrich_sales", "succeeded", "2025-12-18", rows_read=1234)
    path = f"{environment.lake}/sales/_runs/r1.json"
    storage_of(path).write(path, json.dumps(report.as_dict()).encode())

    shown = output_of(
        capsys, "run-job", "enrich_sales", *where, "--every=0.01", "--run_id=r1"
    )

    assert re.search(r"^rows read +1,234$", shown, re.MULTILINE)
    assert re.search(r"^cost: 1,230 DPU-seconds, \$0\.1503$", shown, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (
            ["--sales_pth=x"],
            "--sales_pth: no such argument; did you mean --sales_path?",
        ),
        (["--as_of=today"], "--as_of 'today': must be a date like 2025-12-31"),
        (
            ["--engine=duckdb"],
            "--engine: jobs on Glue always use Spark; remove --engine",
        ),
    ],
)
def test_a_wrong_argument_is_refused_before_the_run_costs_money(
    capsys: pytest.CaptureFixture[str], root: Path, words: list[str], error: str
) -> None:
    run = ("run-job", "enrich_sales", "--env", "nothere", "--root", str(root))

    assert refused(capsys, *run, *words).startswith(error)


@pytest.mark.parametrize("name", ["output_path", "database", "release"])
def test_an_argument_that_is_fixed_is_refused_before_the_run_costs_money(
    capsys: pytest.CaptureFixture[str],
    root: Path,
    environment: Environment,
    name: str,
) -> None:
    where = ("--env", environment.name, "--root", str(root))
    output_of(capsys, "deploy", *where)

    error = refused(capsys, "run-job", "enrich_sales", *where, f"--{name}=s3://x/y")

    assert error.startswith(f"--{name}: fixed in the settings of ")


def test_a_job_that_is_not_deployed_cannot_run(
    capsys: pytest.CaptureFixture[str],
    root: Path,
    environment: Environment,
) -> None:
    where = ("--env", environment.name, "--root", str(root))

    error = refused(capsys, "run-job", "enrich_sales", *where)

    assert "there is no such job; run make deploy-job JOB=enrich_sales" in error


def test_what_a_job_will_cost_follows_from_its_files(
    capsys: pytest.CaptureFixture[str], root: Path, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    for number in range(3):
        (tmp_path / "in" / f"{number}.csv").write_text("a line of a sale\n" * 1000)

    shown = output_of(
        capsys, "cost", "enrich_sales", str(tmp_path / "in"), "--root", str(root)
    )

    assert "3 files, 0.000 GB, about 3,000 rows" in shown
    assert re.search(r"fewest .* +2 +1\.0 +\$0\.015 +\$0\.010$", shown, re.MULTILINE)
    assert re.search(r"of the definition +10 +1\.0 +\$0\.07\d", shown, re.MULTILINE)
    assert "a query on Athena: $0.00005 at least (10 MB)" in shown
    assert "prices of 2026-11-21 in us-east-1" in shown


def test_without_files_there_is_nothing_to_estimate(
    capsys: pytest.CaptureFixture[str], root: Path
) -> None:
    error = refused(capsys, "cost", "enrich_sales", "--root", str(root))

    assert error.startswith("enrich_sales reads sales_path, customers_path; pass the")
