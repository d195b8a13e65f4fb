"""docs/glue-console.md: what it uploads, sets and starts is there, and runs so."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

import salesetl
from salesetl.arguments import parse_arguments
from salesetl.launcher import job_options
from salesetl.pipelines.sales.pipeline import SALES
from tests import emulator

pytestmark = pytest.mark.e2e

PAGE = Path(__file__).parents[2] / "docs" / "glue-console.md"
BUCKET = "your-bucket-of-the-page"
SALE = """transaction_id,date,customer_id,product,quantity,unit_price,region,total_amount
T1,2025-09-01,C1,Pen,2,1.50,North,3.00
"""


def parameters() -> dict[str, str]:
    """Return the parameters of the job as the page tells them, in the bucket of this test."""
    found = re.findall(r"^\| `(--\S+)` \| `([^`]+)`", PAGE.read_text(), re.MULTILINE)
    return {name: value.replace("YOUR_BUCKET", BUCKET) for name, value in found}


def test_a_job_that_is_made_by_hand_runs_with_what_the_page_says(
    clone: Path, ministack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.point_at(monkeypatch, ministack)
    given = parameters()
    assert {"--extra-py-files", "--sales_path", "--output_path"} <= set(given)
    subprocess.run(["make", "package"], cwd=clone, check=True, capture_output=True)
    s3 = boto3.client("s3")
    s3.create_bucket(
        Bucket=BUCKET,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    # What `aws s3 sync` uploads, without its program.
    files = [*(clone / "dist").glob("*.zip"), *(clone / "dist").glob("jobs/*.py")]
    names = {file.relative_to(clone / "dist").as_posix(): file for file in files}
    s3.put_object(Bucket=BUCKET, Key="raw/sales/sales.csv", Body=SALE.encode())

    prefix = f"s3://{BUCKET}/salesetl/"
    code = given["--extra-py-files"].removeprefix(prefix)
    modules = given["--additional-python-modules"].removeprefix(prefix)
    assert code == f"salesetl-{salesetl.__version__}.zip"
    assert {code, modules, "jobs/enrich_sales.py"} <= set(names)
    words = [word for pair in given.items() for word in pair]
    values = parse_arguments(job_options(SALES), words)
    assert values["output_path"] == f"s3://{BUCKET}/lake"
    done = subprocess.run(
        [sys.executable, names["jobs/enrich_sales.py"], *words, "--engine", "duckdb"],
        env={**os.environ, "PYTHONPATH": str(names[code])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    [command] = [
        each for each in PAGE.read_text().splitlines() if "salesetl runs list" in each
    ]
    listed = subprocess.run(
        shlex.split(command.replace("YOUR_BUCKET", BUCKET)),
        cwd=clone,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search("enrich_sales +succeeded", listed.stdout)


def test_the_arguments_of_a_run_on_the_page_are_arguments_of_the_job() -> None:
    [given] = re.findall(r"--arguments '(\{.*\})'", PAGE.read_text())
    pairs = re.findall(r'"(--\w+)": "([^"]+)"', given)

    words = [word for pair in pairs for word in pair]
    assert parse_arguments(job_options(SALES), words, is_partial=True)
