"""Credentials are in no log, no report and no message, whatever way they came."""

import logging
import sys
from pathlib import Path

import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.errors import InputError
from salesetl.launcher import launch
from salesetl.model.options import InputPath
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.runner.runner import run
from salesetl.secrets import ScrubbingFormatter, scrubbed
from salesetl.storage import storage_of

ACCESS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"


@pytest.mark.parametrize(
    "text",
    [
        f"login as {ACCESS_KEY} failed",
        f"aws_secret_access_key = {SECRET}",
        f"password={SECRET}",
        f"'Password': '{SECRET}'",
        f"Authorization: Bearer {SECRET}",
        f"--db_password {SECRET}",
        f"postgresql://loader:{SECRET.replace('/', '-')}@db:5432/sales",
        f"https://b.s3.amazonaws.com/k?X-Amz-Signature={SECRET}&X-Amz-Date=1",
        f"x-amz-security-token:{SECRET}",
    ],
)
def test_credentials_are_hidden_and_the_rest_is_not(text: str) -> None:
    shown = scrubbed(text)

    assert ACCESS_KEY not in shown
    assert SECRET not in shown
    assert SECRET.replace("/", "-") not in shown
    assert "***" in shown


@pytest.mark.parametrize(
    "text",
    [
        "s3://bucket/raw/sales/2025-12.csv: truncated or damaged gzip",
        "transaction_id T-2025-000123 is already in the table on 2025-12-31",
        "password is not an argument",
        "the token expired at 2025-12-31",
        "10,000 rows with 13603779.23 were written",
    ],
)
def test_what_is_no_credential_is_left_as_it_is(text: str) -> None:
    assert scrubbed(text) == text


def test_the_secrets_of_this_environment_are_hidden_in_any_form(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "correct horse battery")
    monkeypatch.setenv("DB_PASSWORD", "short")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/run/where/it/is")

    shown = scrubbed("said: correct horse battery, in short, at /run/where/it/is")

    assert shown == "said: ***, in short, at /run/where/it/is"


def test_stack_traces_in_the_log_are_scrubbed() -> None:
    try:
        raise ValueError(f"cannot log in with {ACCESS_KEY}")
    except ValueError:
        record = logging.LogRecord(
            "x", logging.ERROR, "x.py", 1, "secret %s", (SECRET,), sys.exc_info()
        )

    shown = ScrubbingFormatter().format(record)

    assert "ValueError: cannot log in with ***" in shown
    assert SECRET not in shown


def test_a_path_with_credentials_is_refused_and_not_shown(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = f"s3://{ACCESS_KEY}:{SECRET.replace('/', '-')}@bucket/raw"

    with pytest.raises(InputError, match="a path must not hold credentials"):
        storage_of(path)
    with pytest.raises(SystemExit):
        launch(
            SALES,
            [f"--sales_path={path}", "--customers_path=x", f"--output_path={tmp_path}"],
        )

    shown = capsys.readouterr().err
    assert "s3://***@bucket/raw: a path must not hold credentials" in shown
    assert ACCESS_KEY not in shown


def test_the_report_of_a_run_shows_no_credentials(
    duckdb: DuckDbEngine, tmp_path: Path
) -> None:
    path = f"{tmp_path}/{ACCESS_KEY}/sales.csv"

    with pytest.raises(InputError):
        run(
            SALES,
            duckdb,
            sales_path=InputPath(path),
            customers_path=InputPath(path),
            output_path=str(tmp_path / "lake"),
        )

    [report] = (tmp_path / "lake" / "sales" / "_runs").rglob("*.json")
    assert "***/sales.csv" in report.read_text()
    assert ACCESS_KEY not in report.read_text()
