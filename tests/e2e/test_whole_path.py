"""docs/aws.md on an emulated AWS, command by command, from an empty account to an empty one.

The emulator starts no Spark. So what Glue would do is done here: script and wheel of the job are
fetched from where its settings say, and run with its arguments, on Spark through S3A.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import duckdb
import pytest

from salesetl.cloudformation.environments import environment_of
from salesetl.glue.settings import Environment
from salesetl.java import find_java_home
from salesetl.registry import namespaces
from salesetl.runs import RunReport, read_reports
from salesetl.storage import storage_of
from tests import emulator
from tests.test_commands import commands_of

pytestmark = pytest.mark.e2e

JARS = os.environ.get("SALESETL_S3A_JARS", "")
# What Spark needs for a server that is not Amazon's; on Glue there is nothing to set.
S3A = {
    "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "spark.hadoop.fs.s3a.path.style.access": "true",
    "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
    "spark.hadoop.fs.s3a.endpoint.region": "eu-central-1",
    "spark.log.level": "ERROR",
}


class Walk:
    """The way through the page, in a clone of the repository."""

    def __init__(self, clone: Path) -> None:
        self.clone = clone
        self.runs = 0

    @property
    def environment(self) -> Environment:
        """The environment that was deployed."""
        return environment_of("dev")

    def go(self, command: str) -> None:
        """Do what a command of the page says, and see that it is done."""
        if "_BUCKET" in command or "RUN_ID" in command:
            command = self._filled_in(command)
        if command.startswith("make run-job"):
            self.runs += 1
            run_id = f"run-{self.runs}"
            command = command.removesuffix("'") + f" --run_id {run_id} --every 0.2'"
            self._run_as_glue(run_id, re.findall(r"ARGS='(.*?) --run_id", command)[0])
            self.check_tables()
            engine = self.report(run_id).runtime["engine"]
            assert engine == ("spark" if JARS else "duckdb")
        shown = self.shell(command)
        if command.startswith(("make deploy-job", "make rollback-job")):
            is_done = "--dry-run" not in command and "deploy-job" in command
            assert self.workers() == (4 if is_done else 10)
        if "generators orders" in command:
            self.check_orders()
        if command.startswith("make ingest-deploy"):
            self.check_events()
        if command.startswith("make run-job"):
            assert "SUCCEEDED" in shown
            assert "total_amount" in shown
            assert "DPU-seconds, $" in shown

    def shell(self, command: str, more: Mapping[str, str] | None = None) -> str:
        """Run a command in the clone, show it and what it says, and return that."""
        print(f"\n$ {command[:200]}", flush=True)
        # The page asks for AWS_REGION alone.
        given = {k: v for k, v in os.environ.items() if k != "AWS_DEFAULT_REGION"}
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.clone,
            env={**given, **(more or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print(done.stdout, flush=True)
        assert done.returncode == 0, command
        return done.stdout

    def workers(self) -> int:
        """Return how many workers the job may have."""
        name = self.environment.job_name("enrich_sales")
        job = boto3.client("glue").get_job(JobName=name)["Job"]
        return int(job["NumberOfWorkers"])

    def report(self, run_id: str) -> RunReport:
        """Read the report of a run."""
        lake = self.environment.lake
        [report] = [
            each
            for each in read_reports(storage_of(lake), lake, namespaces())
            if each.run_id == run_id
        ]
        return report

    def registered(self, table: str) -> tuple[int, Decimal]:
        """Count rows and sum amounts of a table where the Data Catalog says that it is."""
        pages = (
            boto3.client("glue")
            .get_paginator("get_partitions")
            .paginate(DatabaseName=self.environment.database("sales"), TableName=table)
        )
        places = [
            part["StorageDescriptor"]["Location"]
            for page in pages
            for part in page["Partitions"]
        ]
        amount = {"enriched_sales": "total_amount", "sales_summary": "total_revenue"}
        count, total = 0, Decimal(0)
        for place in places:
            for file in storage_of(place).files(place):
                copy = self.clone / "copy.parquet"
                copy.write_bytes(storage_of(file.path).read(file.path))
                sql = f"select count(*), sum({amount[table]}) from '{copy}'"
                [(rows, part)] = duckdb.sql(sql).fetchall()
                count, total = count + rows, total + part
        return count, total

    def check_tables(self) -> None:
        """See that the registered tables hold what the answer key of the made-up sales says."""
        answers = json.loads(self._raw("_answers/sales.json"))
        revenue = Decimal(answers["amount_loaded"][""])
        assert self.registered("enriched_sales") == (answers["rows_loaded"], revenue)
        assert self.registered("sales_summary")[1] == revenue

    def check_orders(self) -> None:
        """Wait until the function has loaded and registered what the answer key says."""
        answers = json.loads(self._raw("_answers/orders.json"))
        lake, end = self.environment.lake, time.monotonic() + 180
        loaded, is_registered = 0, False
        # A run reports what it has published before it registers it, and once more after.
        while loaded < answers["rows_loaded"] or not is_registered:
            assert (
                time.monotonic() < end
            ), f"the function loaded {loaded} orders; registered: {is_registered}"
            time.sleep(0.5)
            reports = read_reports(storage_of(lake), lake, ["orders"])
            done = [each for each in reports if each.status == "succeeded"]
            loaded = sum(each.rows_loaded for each in done)
            is_registered = all(
                each.catalog and not each.catalog["error"] for each in done
            )
        assert loaded == answers["rows_loaded"]

    def check_events(self) -> None:
        """Run the function of the package that was built, and wait for what it sends."""
        event = json.dumps({"time": "2025-01-01T13:00:00Z", "minutes": 60})
        answer = boto3.client("lambda").invoke(
            FunctionName="salesetl-dev-events-generator", Payload=event.encode()
        )
        counts = json.load(answer["Payload"])
        assert "FunctionError" not in answer, counts
        assert counts["made"] == counts["put"] > 0, counts
        folder, end = f"{self.environment.raw}/events", time.monotonic() + 60
        while len(storage_of(folder).files(folder)) < counts["made"]:
            assert time.monotonic() < end, "Firehose delivered less than was put"
            time.sleep(0.5)

    def _raw(self, name: str) -> bytes:
        path = f"{self.environment.raw}/{name}"
        return storage_of(path).read(path)

    def _filled_in(self, command: str) -> str:
        environment = self.environment
        for word, path in (("RAW", environment.raw), ("PROCESSED", environment.lake)):
            bucket = path.removeprefix("s3://").partition("/")[0]
            command = command.replace(f"{word}_BUCKET", bucket)
        return command.replace("RUN_ID", "run-1")

    def _run_as_glue(self, run_id: str, words: str) -> None:
        name = self.environment.job_name("enrich_sales")
        job: dict[str, Any] = boto3.client("glue").get_job(JobName=name)["Job"]
        given: dict[str, str] = job["DefaultArguments"]
        given |= job["NonOverridableArguments"]
        if built := os.environ.get("SALESETL_DIST"):
            release = Path(built, "RELEASE").read_text().strip()
            assert given["--release"].endswith(f"/releases/{release}")
        paths = [job["Command"]["ScriptLocation"], given["--extra-py-files"]]
        script, code = [self._fetched(path) for path in paths]
        all_words = [word for pair in given.items() for word in pair]
        all_words += [*shlex.split(words), "--run_id", run_id]
        command = [sys.executable, script, *all_words, "--engine", "duckdb"]
        if JARS:
            command = self._submission(script, code, all_words, given["--conf"])
        self.shell(
            shlex.join(command),
            {
                "PYTHONPATH": "" if JARS else code,
                "PYSPARK_PYTHON": sys.executable,
                "JAVA_HOME": find_java_home(),
            },
        )

    def _submission(
        self, script: str, code: str, words: list[str], conf: str
    ) -> list[str]:
        # The first run takes the paths as they are deployed, later ones name the file system.
        scheme = "s3" if self.runs == 1 else "s3a"
        settings = S3A | {
            "spark.hadoop.fs.s3a.endpoint": os.environ["AWS_ENDPOINT_URL"]
        }
        return [
            *(f"{sys.prefix}/bin/spark-submit", "--jars", JARS, "--py-files", code),
            *shlex.split(f"--conf {conf}"),
            *(f"--conf={name}={value}" for name, value in settings.items()),
            script,
            *(word.replace("s3://", f"{scheme}://") for word in words),
        ]

    def _fetched(self, path: str) -> str:
        target = self.clone / "fetched" / path.rpartition("/")[2]
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(storage_of(path).read(path))
        return str(target)


@pytest.fixture
def walk(
    clone: Path, ministack: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Walk]:
    """Stand at the beginning, with an empty account."""
    emulator.point_at(monkeypatch, ministack)
    monkeypatch.delenv("SPARK_HOME", raising=False)
    yield Walk(clone)


def test_the_page_leads_from_an_empty_account_to_an_empty_one(walk: Walk) -> None:
    commands = commands_of("docs/aws.md")
    assert "make infra-deploy" in commands[1]
    assert "infra delete" in commands[-1]

    for command in commands:
        walk.go(command)

    assert walk.runs == 2
    assert boto3.client("glue").get_jobs()["Jobs"] == []
