"""What is built runs where it is sent."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import boto3
import pytest

from salesetl import __version__
from salesetl.glue.definitions import GLUE_VERSIONS
from salesetl.glue.release import code_file, modules_file
from tests.frames import ORDER

_CALL = """
import json, sys
import flatten_orders_lambda
json.dump(flatten_orders_lambda.handler(json.load(sys.stdin), None), sys.stdout)
"""


def packaged(root: Path, *options: str) -> str:
    """Package what is at a root; what that said."""
    command = ["scripts/package.sh", f"{sys.prefix}/bin", *options]
    return subprocess.check_output(command, cwd=root, text=True)


@pytest.mark.slow
def test_the_same_content_gives_the_same_bytes_whoever_packages_it(
    clone: Path, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere"
    shutil.copytree(clone, other, symlinks=True)
    for path in (other / "src").rglob("*"):
        os.utime(path, (1e9, 1e9))
        path.chmod(0o777)

    first, second = packaged(clone), packaged(other)

    built = {path.name for path in clone.glob("dist/*.*")}
    [wheel] = clone.glob("dist/*-py3-none-any.whl")
    models = {
        f"salesetl/dbt_project/{path.relative_to(clone / 'dbt')}"
        for path in (clone / "dbt").rglob("*")
        if path.is_file()
    }
    assert models <= set(zipfile.ZipFile(wheel).namelist())
    # The code as a wheel and as a zip, and what it needs on each Python of Glue.
    modules = {modules_file(python) for python in GLUE_VERSIONS.values()}
    assert built == {wheel.name, code_file(__version__)} | modules
    for name in built:
        bytes_of_both = [(root / "dist" / name).read_bytes() for root in (clone, other)]
        assert bytes_of_both[0] == bytes_of_both[1], name
    assert first == second


@pytest.mark.slow
def test_what_the_code_needs_is_installed_without_an_index(
    clone: Path, tmp_path: Path
) -> None:
    """As Glue does it, for the Python of this process if Glue has it."""
    said = packaged(clone)
    python = "{}.{}".format(*sys.version_info)
    name = modules_file(python if python in GLUE_VERSIONS.values() else "3.11")
    with zipfile.ZipFile(clone / "dist" / name) as archive:
        archive.extractall(tmp_path)
    wheels, modules = tmp_path / "wheels", tmp_path / "modules"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index"]
    command += ["--find-links", str(wheels), "-r", str(wheels / "requirements.txt")]
    command += ["--target", str(modules)]
    command += ["--python-version", name.removeprefix("salesetl-modules-python")[:4]]
    command += ["--only-binary", ":all:", "--platform", "manylinux_2_28_x86_64"]
    command += ["--platform", "manylinux2014_x86_64"]
    subprocess.check_call(command)

    assert f"--additional-python-modules s3://BUCKET/PREFIX/{name} --python-mod" in said
    found = {path.name for path in modules.iterdir()}
    assert {"duckdb", "sqlframe", "sqlglot", "python_calamine"} <= found


@pytest.mark.slow
def test_the_wheel_needs_no_index_and_runs_from_its_zip(
    clone: Path, tmp_path: Path
) -> None:
    said = packaged(clone)
    [wheel], [archive] = clone.glob("dist/*.whl"), clone.glob("dist/salesetl-0*.zip")

    installed = tmp_path / "installed"
    alone = ["--no-index", "--no-deps", "--quiet", "--target", str(installed)]
    subprocess.check_call([sys.executable, "-m", "pip", "install", *alone, str(wheel)])

    assert f"--extra-py-files s3://BUCKET/PREFIX/{archive.name}" in said
    for path in (installed, archive):
        code = "import salesetl; from salesetl.statements import statements as s"
        code += "; from salesetl.glue.costs import prices"
        code += "; print(salesetl.__file__, len(s()), prices()['as_of'])"
        shown = subprocess.check_output(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONPATH": str(path)},
            cwd=tmp_path,
            text=True,
        )
        file, count, _ = shown.split()
        assert file.startswith(str(path))
        assert int(count) > 20


@pytest.mark.slow
def test_the_virtual_environment_has_what_glue_would_bring(
    clone: Path, tmp_path: Path
) -> None:
    said = packaged(clone, "--venv")
    [archive] = clone.glob("dist/*.tar.gz")
    shutil.unpack_archive(archive, tmp_path, filter="fully_trusted")

    code = "import boto3, salesetl; print(salesetl.__file__)"
    given = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    shown = subprocess.check_output(
        [tmp_path / "bin" / "python", "-c", code], env=given, cwd=tmp_path, text=True
    )

    assert f"--python-virtual-env s3://BUCKET/PREFIX/{archive.name}" in said
    assert shown.startswith(str(tmp_path))


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
        Bucket=bucket, Prefix="lake/orders/fact_orders/"
    )
    assert listed["KeyCount"] == 1
