"""The `salesetl` command shows what there is, and says what there is not."""

import json
from pathlib import Path

import pytest

from salesetl import __version__
from salesetl.cli import main
from salesetl.runs import RunReport, report_path
from salesetl.storage import storage_of


def write_report(root: Path, run_id: str, **fields: object) -> None:
    """Write a report as a run does."""
    report = RunReport(
        run_id, "enrich_sales", "succeeded", f"2025-01-01T00:00:0{run_id[-1]}Z"
    )
    for name, value in fields.items():
        setattr(report, name, value)
    path = report_path(str(root), "sales", run_id)
    storage_of(path).write(path, json.dumps(report.as_dict()).encode())


def loaded(amounts: dict[str, str]) -> dict[str, dict[str, dict[str, str]]]:
    """Return what a report says of an amount, by currency."""
    return {"amount": {name: {"loaded": text} for name, text in amounts.items()}}


def test_runs_are_listed_oldest_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_report(tmp_path, "b1", rows_read=1234, amounts=loaded({"": "9876.50"}))
    write_report(tmp_path, "a2", amounts=loaded({"EUR": "1234.50", "INR": "8.00"}))
    write_report(tmp_path, "c3", job="flatten_orders", amounts=loaded({"": "16.00"}))

    main(["runs", "list", "--output_path", str(tmp_path)])

    header, _, first, second, third = capsys.readouterr().out.splitlines()
    assert header.split()[:2] == ["run_id", "job"]
    assert first.split() == [
        "b1",
        "enrich_sales",
        "succeeded",
        "2025-01-01T00:00:01Z",
        "1,234",
        "0",
        "0",
        "9,876.50",
    ]
    assert second.startswith("a2 ") and second.endswith("  EUR 1,234.50, INR 8.00")
    assert third.startswith("c3 ") and third.endswith(" 16.00")


def test_a_run_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_report(tmp_path, "r1", rows_read=3, error="it broke")

    main(["runs", "show", "r1", "--output_path", str(tmp_path)])

    told = capsys.readouterr().out
    assert "run r1" in told
    assert "error: it broke" in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["runs", "show", "r9"], "there is no run 'r9'"),
        (["quarantine", "show", "r9"], "there is no run 'r9'"),
        (["quarantine", "replay", "r9"], "there is no run 'r9'"),
        (["table", "sales_summary"], "there is no table"),
        (
            ["table", "sales_summary", "--order_by", "x"],
            "sales_summary has no such column",
        ),
    ],
)
def test_what_is_not_there_is_one_line_and_a_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*words, "--output_path", str(tmp_path)])

    error = capsys.readouterr().err
    assert stopped.value.code in (1, 2)
    assert message in error
    assert error.startswith("salesetl: error: ") and error.count("\n") == 1


@pytest.mark.parametrize("words", [["runs", "list"], ["quarantine", "list"]])
def test_an_empty_lake_is_said_to_be_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    main([*words, "--output_path", str(tmp_path)])

    assert capsys.readouterr().out.startswith("no r")


def test_an_argument_that_no_command_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["runs", "list", "--output", str(tmp_path)])

    assert stopped.value.code == 2


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out == f"salesetl {__version__}\n"
