"""What is built runs where it is sent."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import boto3
import pytest

from tests.frames import ORDER

# Of what the machine has, the function is given what Lambda has too, and nothing else.
_GIVEN_BY_LAMBDA = (
    "boto3",
    "botocore",
    "s3transfer",
    "jmespath",
    "urllib3",
    "dateutil",
)
_CALL = """
import json, sys
import flatten_orders_lambda
json.dump(flatten_orders_lambda.handler(json.load(sys.stdin), None), sys.stdout)
"""


@pytest.mark.slow
def test_the_lambda_package_loads_orders_with_nothing_but_what_is_in_it(
    clone: Path, tmp_path: Path, s3_root: str
) -> None:
    bucket = s3_root.partition("://")[2]
    line = json.dumps(ORDER).encode()
    boto3.client("s3").put_object(Bucket=bucket, Key="raw/one.json", Body=line)
    written = {
        "bucket": {"name": bucket},
        "object": {"key": "raw/one.json", "eTag": "1"},
    }
    event = {"Records": [{"eventName": "ObjectCreated:Put", "s3": written}]}

    command = ["scripts/package_lambda.sh", f"{sys.prefix}/bin"]
    built = subprocess.check_output(command, cwd=clone, text=True)
    with zipfile.ZipFile(next(clone.glob("dist/*lambda*.zip"))) as package:
        package.extractall(tmp_path)
    installed = Path(boto3.__file__).parents[1]
    for name in (*_GIVEN_BY_LAMBDA, "six.py"):
        (tmp_path / name).symlink_to(installed / name)
    given = {"PYTHONPATH": str(tmp_path), "SALESETL_OUTPUT_PATH": f"{s3_root}/lake"}
    answer = subprocess.check_output(
        [sys.executable, "-S", "-c", _CALL],
        cwd=tmp_path,
        env=os.environ | given,
        input=json.dumps(event),
        text=True,
    )

    assert "MiB unpacked, handler flatten_orders_lambda.handler" in built
    assert json.loads(answer) == {"batchItemFailures": []}
    listed = boto3.client("s3").list_objects_v2(
        Bucket=bucket, Prefix="lake/fact_orders/"
    )
    assert listed["KeyCount"] == 1
