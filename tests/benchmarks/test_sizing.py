"""Figures for Glue follow from what was measured."""

import tomllib

import pytest

from benchmarks.measure import Measured
from benchmarks.sizing import Growth, Step, on_glue, page, throughput_text


def growth(*seconds: float) -> Growth:
    """Make what was measured with 1, 10, 100 … thousand sales."""
    steps = [
        Step(
            1000 * 10**place,
            60_000 * 10**place,
            Measured(each, 2 * each, 100),
            {"read": each},
        )
        for place, each in enumerate(seconds)
    ]
    return Growth("salesetl on Spark", steps)


def test_cost_in_line_with_the_rows_has_the_slope_one() -> None:
    assert growth(1, 10, 100).slope == pytest.approx(1)
    assert growth(1, 100, 10_000).slope == pytest.approx(2)
    assert growth(5, 5).slope == pytest.approx(0)


def test_a_job_of_the_size_that_was_measured_takes_its_time_on_more_cores() -> None:
    measured = growth(1, 10)

    job = on_glue(10_000, measured)

    # 20 CPU seconds: a worker has four cores, the driver is a second one, and they need a minute
    # to start.
    assert job.workers == 2
    assert job.minutes == pytest.approx(20 / 4 / 60 + 1)


def test_what_estimates_are_made_from_is_what_was_measured() -> None:
    text = tomllib.loads(throughput_text(growth(1, 10)))

    assert text == {
        "job": "enrich_sales",
        "rows_a_cpu_second": 10_000 / 20,
        "bytes_a_row": 60,
    }


def test_the_page_tells_what_was_measured_and_what_follows() -> None:
    text = page([growth(1, 10)])

    assert "| 10,000 | 0.00 GB | 10.0 | 20.0 | 10.0 | 100 |" in text
    assert "Slope on logarithmic axes: 1.00" in text
    assert "| 1,000,000,000 | 60.00 GB |" in text
