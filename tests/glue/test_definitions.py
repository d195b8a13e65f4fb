"""Definitions of jobs are read whole, or refused by the name of the entry."""

import re
import shutil
from pathlib import Path

import pytest

from salesetl.errors import ArgumentError, InputError
from salesetl.glue.definitions import job_definition, job_definitions
from salesetl.registry import jobs
from tests.glue.conftest import ROOT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a root with a definition that can be changed."""
    (tmp_path / "jobs").mkdir()
    shutil.copy(ROOT / "jobs" / "enrich_sales.toml", tmp_path / "jobs")
    return tmp_path


def change(root: Path, pattern: str, text: str) -> None:
    """Change the definition."""
    path = root / "jobs" / "enrich_sales.toml"
    changed, count = re.subn(pattern, text, path.read_text(), flags=re.MULTILINE)
    assert count == 1
    path.write_text(changed)


def test_every_job_has_a_definition() -> None:
    definitions = job_definitions(str(ROOT))

    assert [definition.name for definition in definitions] == list(jobs())


@pytest.mark.parametrize(
    ("pattern", "text", "message"),
    [
        (
            "^workers = 10",
            'workers = "10"',
            "workers is text in quotes, but must be a whole number",
        ),
        ("^workers = 10", "workers = 1", "workers is 1; it must be at least 2"),
        (
            "^workers = 10",
            "",
            "workers is missing; a definition needs name and glue_version",
        ),
        (
            "^workers = 10",
            "workers = true",
            "workers is true or false, but must be a whole number",
        ),
        (
            "^workers",
            "worker",
            "worker: 'worker' is not an entry of a definition; did you mean workers?",
        ),
        ('"5.1"', '"4.0"', "glue_version '4.0': use 5.1 or 6.0"),
        ('"G.1X"', '"G.3X"', "worker_type 'G.3X': use one of G.1X"),
        (
            "^notify_after_minutes = 30",
            "notify_after_minutes = 60",
            "it must be less than timeout_minutes, which is 60",
        ),
        ("= 0.02", "= 2", "alarms.rejected_ratio must be between"),
        (
            "fresh_within_hours = .*",
            "fresh = 3",
            "alarms.fresh: 'fresh' is not an entry of [alarms]; did you mean fresh_within_hours",
        ),
        ("fresh_within_hours = .*", "fresh_within_hours = 169", "from 1 to 168"),
        ("^sales_path", "sales_pth", "arguments.sales_pth: the job has no such"),
        ("^sales_path.*", "", "arguments.sales_path is missing"),
        (r"\$\{raw\}/sales", "${home}/sales", "it may contain ${raw}, ${lake}, ${data"),
        (r"\$\{raw\}/sales", "$", "arguments.sales_path is '$/'; it may contain"),
        (
            '^pipeline = "sales"',
            "pipeline = 1",
            "tags.pipeline is a whole number, but must be text in quotes",
        ),
        ("^workers = 10", "workers = [", "Invalid value"),
    ],
)
def test_a_wrong_entry_is_named_with_what_it_should_be(
    root: Path, pattern: str, text: str, message: str
) -> None:
    change(root, pattern, text)

    with pytest.raises(InputError) as refusal:
        job_definition(str(root), "enrich_sales")

    assert str(refusal.value).startswith(f"{root}/jobs/enrich_sales.toml: ")
    assert message in str(refusal.value)


def test_a_job_that_is_not_there_is_an_error_that_lists_those_that_are(
    root: Path,
) -> None:
    with pytest.raises(
        ArgumentError, match="no job 'sales'; did you mean enrich_sales"
    ):
        job_definition(str(root), "sales")
    with pytest.raises(InputError, match="there is no definition of the job"):
        job_definition(str(root), "flatten_orders")
