"""Reports and tables are laid out for a person."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from salesetl.display import number_text, report_text, table_text
from salesetl.money import AMOUNT_STATES
from salesetl.runs import RunReport


def states(**amounts: str) -> dict[str, str]:
    """Return an amount in all states, zero in those that are not given."""
    return dict.fromkeys(AMOUNT_STATES, "0.00") | amounts


REPORT = RunReport(
    run_id="run-1",
    job="enrich_sales",
    status="succeeded",
    started_at="2025-09-10T06:00:00.000000Z",
    runtime={"spark": "3.5.6", "python": "3.11.7"},
    rows_read=1234567,
    rows_loaded=1234565,
    rows_quarantined=2,
    rows_by_reason={"date_is_valid": 2},
    warnings={"product_is_present": 12},
    amounts={"total_amount": {"": states(loaded="9876543.21", published="9876543.21")}},
    partitions=[
        {"year": 2025, "month": 9, "rows": 1234565, "revenue": "9876543.21"},
        {"year": 2025, "month": 10, "rows": 0, "revenue": "0.00"},
    ],
    seconds_by_stage={"read": 1.25, "write": 10.0},
)


def test_a_report_lays_out_counts_amounts_and_partitions() -> None:
    text = report_text(REPORT)

    assert text == """\
enrich_sales succeeded: run run-1 (Spark 3.5.6, Python 3.11.7)

rows read                    1,234,567
  loaded                     1,234,565
  quarantined                        2
    date_is_valid                    2
  duplicates removed                 0
warning: product_is_present         12

amount              loaded  rejected  out of range  kept     published
------------  ------------  --------  ------------  ----  ------------
total_amount  9,876,543.21      0.00          0.00  0.00  9,876,543.21

year  month       rows       revenue
----  -----  ---------  ------------
2025      9  1,234,565  9,876,543.21
2025     10          0          0.00

seconds: read 1.2 write 10.0
"""


def test_an_amount_in_several_currencies_has_a_line_for_each() -> None:
    report = replace(
        REPORT,
        amounts={
            "order_total": {
                "EUR": states(loaded="8.00", rejected="1.50", published="8.00"),
                "INR": states(loaded="12345.60", published="12345.60"),
            }
        },
    )

    *lines, last = [
        line for line in report_text(report).splitlines() if "order_total" in line
    ]

    assert last.startswith("attention: EUR 1.50 (15.8%) of order_total rejected")
    assert [line.split() for line in lines] == [
        ["order_total", "EUR", "8.00", "1.50", "0.00", "0.00", "8.00"],
        ["order_total", "INR", "12,345.60", "0.00", "0.00", "0.00", "12,345.60"],
    ]


def test_a_report_of_a_failure_says_why_and_what_was_ignored() -> None:
    failed = replace(
        REPORT, status="failed", error="too many", unknown_columns=["a", "b"]
    )

    lines = report_text(failed).splitlines()

    assert lines[0].startswith("enrich_sales failed: run run-1")
    assert "columns ignored: a, b" in lines
    assert "error: too many" in lines


def test_a_report_without_partitions_has_no_table() -> None:
    bare = RunReport("run-1", "enrich_sales", "failed", "2025-09-10T06:00:00Z")

    lines = report_text(bare).splitlines()

    assert lines[0] == "enrich_sales failed: run run-1 (Spark None, Python None)"
    assert not any(line.startswith("-") for line in lines)


def test_text_stands_left_and_numbers_stand_right() -> None:
    text = table_text(("name", "n"), [["a", 1], ["longer", 12345]])

    assert text == "name         n\n------  ------\na            1\nlonger  12,345"


def test_numbers_stand_right_where_some_are_missing() -> None:
    text = table_text(("name", "n"), [["a", 1], ["b", ""], ["c", 12345]])

    assert text.splitlines()[2:] == ["a          1", "b", "c     12,345"]


def test_years_are_not_grouped() -> None:
    text = table_text(("year", "rows"), [[2025, 2025]], plain=("year",))

    assert text.splitlines()[-1] == "2025  2,025"


def test_a_table_without_rows_is_its_headings() -> None:
    text = table_text(("name", "rows"), [])

    assert text == "name  rows\n----  ----"


def test_a_row_of_another_length_is_a_mistake() -> None:
    with pytest.raises(ValueError):
        table_text(("name", "rows"), [["a"]])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (-1234567, "-1,234,567"),
        (Decimal("1234.50"), "1,234.50"),
        ("1234567.89", "1,234,567.89"),
        ("-1234.50", "-1,234.50"),
        ("-0.50", "-0.50"),
        ("0.00", "0.00"),
        (None, "None"),
        ("", ""),
        ("1234", "1234"),
        ("1.2.3", "1.2.3"),
        ("2025-09-10", "2025-09-10"),
        (".50", ".50"),
    ],
)
def test_numbers_get_separators_and_other_text_stays(value: Any, expected: str) -> None:
    text = number_text(value)

    assert text == expected


@pytest.mark.parametrize("value", ["--5.00", "5².0", "1.²", "-.5", "- 1.5"])
def test_text_of_a_source_that_only_looks_like_a_number_stays(value: str) -> None:
    text = number_text(value)

    assert text == value
