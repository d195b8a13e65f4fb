"""From an empty account to queries and back, on an emulated AWS, by the commands of the runbook."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import duckdb
import pytest

from salesetl.glue.environments import environment_of
from salesetl.glue.settings import Environment
from salesetl.java import find_java_home
from salesetl.runs import RunReport, read_report
from salesetl.storage import storage_of

pytestmark = pytest.mark.e2e

ENV = "dev"
JARS = os.environ.get("SALESETL_S3A_JARS", "")
# What Spark needs for a server that is not Amazon's; on Glue there is nothing to set.
S3A = {
    "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "spark.hadoop.fs.s3a.path.style.access": "true",
    "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
}


@dataclass
class Account:
    """An emulated account with a deployed environment, and the clone it was deployed from."""

    clone: Path
    environment: Environment
    answers: dict[str, Any]

    def run(self, *words: str, **environment: str) -> str:
        """Run a command in the clone, show it and what it says, and return that."""
        shown = shlex.join(
            Path(word).name if "/bin/" in word else word for word in words
        )
        print(f"\n$ {shown[:300]}", flush=True)
        done = subprocess.run(
            words,
            cwd=self.clone,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print(done.stdout, flush=True)
        assert done.returncode == 0, shown
        return done.stdout

    def job(self) -> dict[str, Any]:
        """Return the deployed job."""
        name = self.environment.job_name("enrich_sales")
        job: dict[str, Any] = boto3.client("glue").get_job(JobName=name)["Job"]
        return job

    def deployed_words(self, folder: Path, run_id: str) -> tuple[Path, Path, list[str]]:
        """Fetch script and wheel of the job from where it has them, and take its arguments."""
        job = self.job()
        arguments = job["DefaultArguments"]
        paths = [job["Command"]["ScriptLocation"], arguments["--extra-py-files"]]
        for path in paths:
            target = folder / path.rpartition("/")[2]
            target.write_bytes(storage_of(path).read(path))
        script, wheel = [folder / path.rpartition("/")[2] for path in paths]
        words = [word for pair in arguments.items() for word in pair]
        return script, wheel, [*words, "--as_of", "2025-12-18", "--run_id", run_id]

    def report(self, run_id: str) -> RunReport:
        """Read the report of a run."""
        lake = self.environment.lake
        return read_report(storage_of(lake), lake, run_id)


@pytest.fixture(scope="module")
def account(clone: Path, ministack_account: str) -> Iterator[Account]:
    """Make the stack, generate data into its bucket, and deploy the jobs."""
    bin_folder = f"{sys.prefix}/bin"
    nowhere = Environment("", "", "", "", "", {})
    bare = Account(clone, nowhere, {})
    bare.run("scripts/package.sh", bin_folder)
    release = bare.run(f"{bin_folder}/salesetl", "release").strip()
    bare.run(
        f"{bin_folder}/salesetl", "infra", "deploy", "--env", ENV, "--release", release
    )
    environment = environment_of(ENV)
    generated = [
        "sales",
        "--rows=3000",
        "--dirt=0.02",
        "--output_path",
        environment.raw,
    ]
    bare.run(f"{bin_folder}/python", "-m", "generators", *generated)
    answers = f"{environment.raw}/_answers/sales.json"
    found = json.loads(storage_of(answers).read(answers))
    bare.run("scripts/deploy_job.sh", bin_folder, ENV, "")
    yield Account(clone, environment, found)
    bare.run(f"{bin_folder}/salesetl", "infra", "delete", "--env", ENV, "--yes")
    assert boto3.client("glue").get_jobs()["Jobs"] == []


def submitted(account: Account, folder: Path, words: list[str], scheme: str) -> None:
    """Run the deployed job by spark-submit through S3A."""
    script, wheel, arguments = account.deployed_words(folder, words[0])
    [conf] = [
        text
        for name, text in zip(arguments, arguments[1:], strict=False)
        if name == "--conf"
    ]
    settings = S3A | {"spark.hadoop.fs.s3a.endpoint": os.environ["AWS_ENDPOINT_URL"]}
    given = [f"{name}={value}" for name, value in settings.items()]
    account.run(
        f"{sys.prefix}/bin/spark-submit",
        *("--jars", JARS, "--py-files", str(wheel)),
        *shlex.split(f"--conf {conf}"),
        *(word for setting in given for word in ("--conf", setting)),
        str(script),
        *(word.replace("s3://", f"{scheme}://") for word in arguments),
        *words[1:],
        PYSPARK_PYTHON=sys.executable,
        JAVA_HOME=find_java_home(),
        SPARK_HOME="",
    )


def embedded(account: Account, folder: Path, run_id: str) -> None:
    """Run the deployed job in process, from the deployed wheel."""
    script, wheel, arguments = account.deployed_words(folder, run_id)
    words = [*arguments, "--engine", "duckdb"]
    account.run(sys.executable, str(script), *words, PYTHONPATH=str(wheel))


def check_books(account: Account, run_id: str) -> None:
    """See that the run did what the answer key of the generated data says."""
    report = account.report(run_id)
    expected = account.answers
    for name in ("rows_read", "rows_quarantined", "duplicates_removed"):
        assert getattr(report, name) == expected[name], name
    assert Decimal(report.revenue_loaded) == Decimal(expected["revenue_loaded"])


def registered(account: Account, table: str, folder: Path) -> list[tuple[Any, ...]]:
    """Query a table from where the Data Catalog says that its partitions are."""
    glue = boto3.client("glue")
    database = account.environment.database
    pages = glue.get_paginator("get_partitions").paginate(
        DatabaseName=database, TableName=table
    )
    places = [
        (part["StorageDescriptor"]["Location"], part["Values"])
        for page in pages
        for part in page["Partitions"]
    ]
    files = []
    for location, _ in places:
        for file in storage_of(location).files(location):
            target = folder / table / file.path.partition(f"{table}/")[2]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(storage_of(file.path).read(file.path))
            files.append(str(target))
    amount = "total_amount" if table == "enriched_sales" else "total_revenue"
    sql = f"""select count(distinct (year, month)), count(*), sum({amount})
        from read_parquet({files!r}, hive_partitioning = true)"""
    rows = duckdb.sql(sql).fetchall()
    assert rows[0][0] == len(places)
    return rows


def check_tables(account: Account, folder: Path) -> None:
    """See that the registered tables hold what was loaded, and agree with each other."""
    [(_, rows, revenue)] = registered(account, "enriched_sales", folder)
    [(_, _, summed)] = registered(account, "sales_summary", folder)
    assert rows == account.answers["rows_loaded"]
    assert revenue == summed == Decimal(account.answers["revenue_loaded"])
    account.run(
        f"{sys.prefix}/bin/salesetl",
        *("catalog", "drift", "--database", account.environment.database),
        *("--output_path", account.environment.lake),
    )


def test_the_deployed_job_runs_in_process(account: Account, tmp_path: Path) -> None:
    embedded(account, tmp_path, "embedded")

    check_books(account, "embedded")
    check_tables(account, tmp_path)


def test_the_deployed_job_runs_on_spark_through_s3a(
    account: Account, tmp_path: Path
) -> None:
    if not JARS:
        pytest.skip(
            "no jars of S3A; scripts/fetch_s3a.sh says which, and how to get them"
        )
    lake = account.environment.lake
    storage_of(lake).delete(lake)

    submitted(account, tmp_path, ["spark"], "s3")
    check_books(account, "spark")
    check_tables(account, tmp_path / "1")
    before = [file.path for file in storage_of(lake).files(f"{lake}/enriched_sales")]
    submitted(account, tmp_path, ["again"], "s3a")

    check_books(account, "again")
    check_tables(account, tmp_path / "2")
    assert account.report("again").partitions == account.report("spark").partitions
    assert len(storage_of(lake).files(f"{lake}/enriched_sales")) == len(before)
    shown = account.run(
        f"{sys.prefix}/bin/salesetl", "runs", "list", "--output_path", lake
    )
    assert "again" in shown


def test_a_run_is_started_and_followed(account: Account) -> None:
    # The emulator runs nothing: the report is that of a run above.
    run_id = "spark" if JARS else "embedded"

    shown = account.run(
        *("scripts/run_job.sh", f"{sys.prefix}/bin", ENV, "enrich_sales"),
        *("--run_id", run_id, "--every", "0.2"),
    )

    assert "SUCCEEDED" in shown
    assert "revenue in the summary" in shown
    assert "DPU-seconds, $" in shown
