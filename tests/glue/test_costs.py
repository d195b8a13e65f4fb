"""Estimates follow from sizes, measured rates and prices."""

import gzip
from pathlib import Path

import pytest

from salesetl.glue.costs import (
    estimate,
    has_packed,
    prices,
    query_dollars,
    run_dollars,
    size_of,
    throughput,
)
from salesetl.glue.monthly import alternatives, month
from salesetl.readers.files import find_files

LINE = "T1,2025-09-10,C1,Lamp,2,10.50,North,21.00\n"
RATE = 1000.0


def test_rows_are_estimated_from_the_heads_of_files(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text(LINE * 30_000)
    (tmp_path / "2.csv").write_text(LINE * 10)

    size = size_of(find_files(str(tmp_path)))

    assert (size.files, size.bytes) == (2, 30_010 * len(LINE))
    assert size.rows == pytest.approx(30_010, rel=0.001)


def test_packed_files_are_taken_for_ten_times_their_size(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv.gz"
    path.write_bytes(gzip.compress((LINE * 1000).encode()))
    found = find_files(str(tmp_path))

    size = size_of(found)

    assert has_packed(found)
    assert size.bytes == 10 * path.stat().st_size


def test_nothing_costs_no_rows() -> None:
    assert size_of([]).rows == 0


def test_a_worker_has_four_cores_a_dpu_and_the_driver_computes_nothing() -> None:
    small = estimate(4 * 60 * RATE, rate=RATE)
    double = estimate(4 * 60 * RATE, rate=RATE, workers=2, worker_type="G.2X")
    more = estimate(4 * 60 * RATE, rate=RATE, workers=3)

    # A minute of work on one worker, and one to start.
    assert (small.workers, small.minutes) == (2, 2)
    assert double.minutes == 1.5
    assert more.minutes == 1.5
    assert small.dollars["5.1"] == pytest.approx(2 * 2 / 60 * 0.44)
    assert double.dollars["6.0"] == pytest.approx(2 * 2 * 1.5 / 60 * 0.308)


def test_a_larger_job_gets_the_workers_to_end_within_a_quarter_of_an_hour() -> None:
    job = estimate(4 * 60 * RATE * 100, rate=RATE)

    assert job.workers == 1 + 8
    assert job.minutes == 100 / 8 + 1


def test_a_query_is_paid_for_ten_megabytes_at_least() -> None:
    assert query_dollars(1) == query_dollars(10_000_000) == pytest.approx(0.00005)
    assert query_dollars(10**12) == pytest.approx(5)


def test_every_price_has_its_day_and_its_source() -> None:
    assert prices()["as_of"].year >= 2026
    assert all(
        entry["source"].startswith("https://aws.amazon.com/")
        for entry in prices().values()
        if isinstance(entry, dict)
    )


def test_a_glue_version_without_a_price_costs_as_the_dearest() -> None:
    assert run_dollars(3600, "7.0") == run_dollars(3600, "5.1") == pytest.approx(0.44)


def test_a_month_of_full_runs_costs_more_for_the_job_alone() -> None:
    found = month(1_000_000)

    assert set(found.incremental) == set(found.full)
    differing = {
        name for name, each in found.incremental.items() if each != found.full[name]
    }
    assert differing == {"Glue, job"}
    assert found.full["Glue, job"] > found.incremental["Glue, job"]
    assert all(each >= 0 for each in found.incremental.values())


def test_storage_of_a_month_follows_the_rows() -> None:
    small, large = month(1_000_000).incremental, month(10_000_000).incremental

    for name in ("S3, raw files", "S3, lake", "S3, noncurrent versions of the lake"):
        assert large[name] == pytest.approx(10 * small[name])
    assert large["KMS"] == small["KMS"]
    # A year of a million sales of 65 bytes a day, at $0.023 a GB.
    raw = 365 * 1_000_000 * throughput()["bytes_a_row"] / 1e9 * 0.023
    assert small["S3, raw files"] == pytest.approx(raw)


def test_alternatives_are_told_in_dollars_a_month() -> None:
    found = alternatives(1_000_000)

    assert len(found) == 3 and all(each > 0 for each in found.values())
