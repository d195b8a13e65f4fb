"""Figures for Glue follow from what was measured."""

import pytest

from benchmarks.measure import Measured
from benchmarks.sizing import Growth, Step, on_glue, page


def growth(*seconds: float) -> Growth:
    """Make what was measured with 1, 10, 100 … thousand sales."""
    steps = [
        Step(1000 * 10**place, 60_000 * 10**place, Measured(each, 100), {"read": each})
        for place, each in enumerate(seconds)
    ]
    return Growth("salesetl on Spark", steps)


def test_cost_in_line_with_the_rows_has_the_slope_one() -> None:
    assert growth(1, 10, 100).slope == pytest.approx(1)
    assert growth(1, 100, 10_000).slope == pytest.approx(2)
    assert growth(5, 5).slope == pytest.approx(0)


def test_a_job_on_glue_costs_its_workers_for_its_minutes() -> None:
    job = on_glue(240_000, rate=1000)

    # A worker of four cores needs a minute, and one to start; the driver is a second worker.
    assert (job.workers, job.minutes) == (2, 2)
    assert job.dollars["5.1"] == pytest.approx(2 * 2 / 60 * 0.44)


def test_a_larger_job_gets_workers_to_end_within_a_quarter_of_an_hour() -> None:
    job = on_glue(24_000_000, rate=1000)

    assert job.workers == 9
    assert job.minutes == 13.5


def test_the_page_tells_what_was_measured_and_what_follows() -> None:
    text = page([growth(1, 10)])

    assert "| 10,000 | 0.00 GB | 10.0 | 10.0 | 100 |" in text
    assert "Slope on logarithmic axes: 1.00" in text
    assert "| 1,000,000,000 | 60.00 GB |" in text
