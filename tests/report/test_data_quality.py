"""The page tells the quality of the data from the reports of the runs, and from nothing else."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from salesetl.report.amount_outcomes import amount_by_outcome, amounts_of
from salesetl.report.data_quality import Quality, quality_of
from salesetl.report.quality_charts import (
    files_by_state,
    outcomes,
    rejected_by_reason,
    rows_by_outcome,
)
from salesetl.report.rendering import png
from salesetl.report.run_columns import run_names
from salesetl.runs import RunReport
from tests.report.drawn import values_of


def report(day: int = 1, **fields: Any) -> RunReport:
    """Make the report of a run at noon of a day of 2026: ten rows, one of each kind left out."""
    moment = date.fromordinal(date(2025, 12, 31).toordinal() + day)
    counts = {
        "rows_read": 10,
        "rows_loaded": 6,
        "rows_quarantined": 2,
        "rows_out_of_range": 1,
        "duplicates_removed": 1,
        "rows_filtered": 1,
        "rows_by_reason": {"date_is_valid": 1},
    }
    return RunReport(
        **{
            "run_id": f"r{day}",
            "job": "visit",
            "status": "succeeded",
            "started_at": f"{moment}T12:00:00.000000Z",
            "finished_at": f"{moment}T12:05:00.000000Z",
            **counts,
            **fields,
        }
    )


def states(loaded: str, rejected: str) -> dict[str, str]:
    """Make what a report says of an amount in a currency."""
    return {"loaded": loaded, "rejected": rejected, "published": loaded}


def facts(quality: Quality) -> dict[str, tuple[str, str]]:
    """Return the facts of a quality by name."""
    return {fact.name: (fact.value, fact.note) for fact in quality.facts}


@pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled"])
def test_outcomes_add_up_to_the_rows_read(status: str) -> None:
    found = outcomes(report(status=status))

    assert sum(found.values()) == 10
    is_done = status == "succeeded"
    assert (found["loaded"], found["not published"]) == ((6, 0) if is_done else (0, 6))
    assert (found["rejected"], found["out of range"]) == (1, 1)


def test_columns_stand_in_the_order_of_the_runs_and_failures_have_a_cross() -> None:
    runs = [report(1), report(2, status="failed"), report(3)]

    picture = rows_by_outcome("visits", runs, "the last 3 runs")

    rows, shares = picture.panels
    loaded = {
        each["run"]: each["amount"]
        for each in values_of(rows)
        if each["kind"] == "loaded"
    }
    assert loaded == {"00 2026-01-01 12:00": 6, "02 2026-01-03 12:00": 6}
    assert [each["run"] for each in values_of(rows, 1)] == ["01 2026-01-02 12:00"]
    assert "A cross" in picture.subtitle
    # What was not published has a cross, and would leave no room for the others.
    kinds = {each["kind"] for each in values_of(shares)}
    assert kinds == {"rejected", "filtered", "duplicates", "out of range"}
    assert {each["amount"] for each in values_of(shares)} == {0.1}
    assert picture.rows[1]["status"] == "failed"


def test_runs_of_the_same_minute_are_different_columns() -> None:
    names = run_names([report(1), report(1)])

    assert len(set(names)) == 2


def test_reasons_are_those_of_the_last_run_that_read_rows_and_of_all() -> None:
    nothing = {"rows_read": 0, "rows_loaded": 0, "rows_by_reason": {}}
    runs = [
        report(1, rows_by_reason={"date_is_valid": 7, "row_is_well_formed": 1}),
        report(2, rows_by_reason={"row_is_well_formed": 2}),
        report(3, **nothing),
    ]

    picture = rejected_by_reason("visits", runs, "the last 3 runs")

    drawn = [
        (panel.title, [(each["name"], each["amount"]) for each in values_of(panel)])
        for panel in picture.panels
    ]
    assert drawn == [
        ("Run of 2026-01-02 12:00 UTC", [("row is well formed", 2)]),
        ("The last 3 runs", [("date is valid", 7), ("row is well formed", 3)]),
    ]
    assert picture.rows == [
        {"reason": "date is valid", "last_run": 0, "these_runs": 7},
        {"reason": "row is well formed", "last_run": 2, "these_runs": 3},
    ]


def test_of_many_reasons_the_most_frequent_are_drawn_and_the_others_told() -> None:
    many = {f"rule_{number}": 100 - number for number in range(20)}

    picture = rejected_by_reason("visits", [report(1, rows_by_reason=many)], "1 run")

    [panel] = picture.panels
    assert len(values_of(panel)) == 12
    assert panel.title.endswith("; 8 more are in the numbers")
    assert len(picture.rows) == 20


def test_without_a_rejected_row_that_is_said() -> None:
    run = report(1, rows_read=6, rows_loaded=6, rows_quarantined=0, rows_out_of_range=0)
    clean = [RunReport(**{**vars(run), "rows_by_reason": {}, "duplicates_removed": 0})]
    clean[0].rows_filtered = 0

    [reasons] = rejected_by_reason("visits", clean, "1 run").panels
    shares = rows_by_outcome("visits", clean, "1 run").panels[1]

    assert values_of(reasons) == [{"text": "no row was quarantined"}]
    assert values_of(shares) == [{"text": "no row was left out"}]


def test_amounts_of_currencies_are_panels_of_their_own_and_never_added() -> None:
    runs = [
        report(1, amounts={"spent": {"EUR": states("90.00", "10.00")}}),
        report(2, status="failed"),
        report(
            3,
            amounts={
                "spent": {
                    "EUR": states("100.00", "0.00"),
                    "USD": states("-5.00", "5.00"),
                    "?": states("0.00", "7.00"),
                }
            },
        ),
    ]

    picture = amount_by_outcome("visits", runs, "the last 3 runs", "spent")

    assert picture.title == "Loaded and rejected spent of visits, the last 3 runs"
    assert [panel.title for panel in picture.panels] == [
        "unknown currency",
        "EUR",
        "USD",
    ]
    euros = picture.panels[1]
    assert [
        (each["run"][:2], each["kind"], each["amount"]) for each in values_of(euros)
    ] == [
        ("00", "loaded", 90.0),
        ("00", "rejected", 10.0),
        ("02", "loaded", 100.0),
    ]
    labels = [(each["run"][:2], each["label"]) for each in values_of(euros, 2)]
    assert labels == [("00", "10.0 %")]
    assert amounts_of(runs[2])["spent"][1] == {
        "currency": "USD",
        "loaded": Decimal("-5.00"),
        "rejected": Decimal("5.00"),
        "share_rejected": "50.0 %",
    }


def test_the_title_names_a_single_currency_and_none_where_none_is_delivered() -> None:
    euros = [report(1, amounts={"spent": {"EUR": states("1.00", "0.00")}})]
    nameless = [report(1, amounts={"spent": {"": states("1.00", "0.00")}})]

    named, plain = (
        amount_by_outcome("visits", runs, "1 run", "spent")
        for runs in (euros, nameless)
    )

    assert named.title == "Loaded and rejected spent of visits, EUR, 1 run"
    assert plain.title == "Loaded and rejected spent of visits, 1 run"
    assert [panel.title for panel in (*named.panels, *plain.panels)] == ["", ""]


def test_a_small_share_is_not_written_as_nothing() -> None:
    run = report(1, amounts={"spent": {"EUR": states("99999.00", "1.00")}})

    assert amounts_of(run)["spent"][0]["share_rejected"] == "< 0.1 %"


def test_files_are_drawn_where_the_ledger_knew_some() -> None:
    runs = [report(1, files_new=2), report(2, files_known=2, files_vanished=1)]

    [picture] = files_by_state("visits", runs, "the last 2 runs")

    arrived, known = (
        [(each["run"][:2], each["kind"], each["amount"]) for each in values_of(panel)]
        for panel in picture.panels
    )
    assert arrived == [("00", "new", 2), ("01", "vanished", 1)]
    assert known == [("01", "known", 2)]
    assert files_by_state("visits", [report(1)], "1 run") == []


def test_freshness_is_told_by_the_lake_and_not_by_the_clock() -> None:
    runs = [
        report(31),
        report(32),
        report(33, status="failed"),
        report(34, status="cancelled"),
    ]

    found = facts(quality_of("visits", runs, date(2026, 1, 30)))

    assert found["Newest date in the lake"] == (
        "2026-01-30",
        "2 days before the last successful run",
    )
    assert found["Last successful run"] == (
        "2026-02-01 12:05 UTC",
        "2 runs have failed since",
    )
    assert found["Rows rejected"] == (
        "12.5 %",
        "1 of 8 in the run of 2026-02-03 12:00 UTC",
    )


@pytest.mark.parametrize(
    ("day", "note"),
    [
        (31, "1 day before the last successful run"),
        (32, "the day of the last successful run"),
        (35, "3 days after the last successful run"),
    ],
)
def test_the_distance_of_the_newest_date_is_worded(day: int, note: str) -> None:
    newest = date.fromordinal(date(2025, 12, 31).toordinal() + day)

    found = facts(quality_of("visits", [report(32)], newest))

    assert found["Newest date in the lake"][1] == note


def test_a_pipeline_of_which_every_run_failed_is_told() -> None:
    failed = {
        "status": "failed",
        "rows_read": 0,
        "rows_loaded": 0,
        "rows_by_reason": {},
    }
    runs = [report(1, **failed, error="boom"), report(2, **failed)]
    for run in runs:
        run.rows_quarantined = run.rows_out_of_range = 0
        run.duplicates_removed = run.rows_filtered = 0

    quality = quality_of("visits", runs, None)

    assert facts(quality) == {
        "Last successful run": ("none", "no run has succeeded of 2")
    }
    assert (quality.run, quality.amounts) == (None, {})
    for picture in quality.pictures:
        assert png(picture).startswith(b"\x89PNG")


def test_of_many_runs_the_last_thirty_are_drawn_in_any_order_of_the_reports() -> None:
    runs = [report(day) for day in range(1, 401)]

    quality, other = (quality_of("visits", each, None) for each in (runs, runs[::-1]))

    first = quality.pictures[0]
    assert first.title == "Rows of visits by outcome, the last 30 of 400 runs"
    assert [row["run"] for row in first.rows] == [f"r{day}" for day in range(371, 401)]
    assert [png(each) for each in quality.pictures] == [
        png(each) for each in other.pictures
    ]
    assert quality.run is other.run is runs[-1]
