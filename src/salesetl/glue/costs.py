"""Estimate what a job costs on Glue, from measured throughput and the prices in prices.toml."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from salesetl.glue.definitions import GLUE_VERSIONS, WORKER_DPU
from salesetl.readers.files import is_gzip, read_head, unpacked_bytes
from salesetl.storage import StoredFile

# A DPU has four cores. https://docs.aws.amazon.com/glue/latest/dg/worker-types.html
_CORES_PER_DPU = 4
START_MINUTES = 1.0
LONGEST_MINUTES = 15
_FILES_SAMPLED = 5


@dataclass(frozen=True)
class Size:
    """The input of a job. The number of rows is estimated from the first lines of some files."""

    files: int
    bytes: int
    rows: int


@dataclass(frozen=True)
class Estimate:
    """An estimated run: workers (with the driver), time, and dollars by Glue version."""

    workers: int
    minutes: float
    dpu_hours: float
    dollars: Mapping[str, float]


@cache
def prices() -> dict[str, Any]:
    """Read the prices, with their date and sources."""
    return _toml("prices.toml")


@cache
def throughput() -> dict[str, Any]:
    """Read the last measurement: the job, rows per CPU second, and bytes per row."""
    return _toml("throughput.toml")


@cache
def formats() -> dict[str, Any]:
    """Read what `python -m benchmarks.formats` measured of CSV and Parquet."""
    return _toml("formats.toml")


def size_of(found: Sequence[StoredFile]) -> Size:
    """Estimate the number of rows in files that have one row per line."""
    size = sum(map(unpacked_bytes, found))
    sampled = sorted(found, key=lambda file: -file.size)[:_FILES_SAMPLED]
    heads = [read_head(file, "UTF-8")[0] for file in sampled]
    characters = sum(map(len, heads))
    lines = sum(head.count("\n") for head in heads) or len(heads)
    return Size(len(found), size, round(size * lines / characters) if characters else 0)


def has_packed(found: Sequence[StoredFile]) -> bool:
    """Return whether some files are gzipped, so that their size is only a guess."""
    return any(map(is_gzip, found))


def estimate(
    size: float,
    *,
    workers: int | None = None,
    worker_type: str = "G.1X",
    rate: float | None = None,
) -> Estimate:
    """Estimate a run that reads `size` bytes.

    `rate` is in bytes per CPU second; the default is the measured rate. Without `workers`, the
    estimate has the fewest workers that finish within LONGEST_MINUTES. One worker is the driver,
    which computes nothing.
    """
    dpu = WORKER_DPU[worker_type]
    minutes_on_one = size / (rate or _measured_rate()) / (_CORES_PER_DPU * dpu) / 60
    if workers is None:
        workers = 1 + max(
            1, math.ceil(minutes_on_one / (LONGEST_MINUTES - START_MINUTES))
        )
    minutes = minutes_on_one / (workers - 1) + START_MINUTES
    dpu_hours = workers * dpu * minutes / 60
    dollars = {
        version: run_dollars(dpu_hours * 3600, version) for version in GLUE_VERSIONS
    }
    return Estimate(workers, minutes, dpu_hours, dollars)


def run_dollars(dpu_seconds: float, glue_version: str) -> float:
    """Return what a run costs. A Glue version without a price has the highest price."""
    by_version = prices()["glue"]["dpu_hour"]
    price = by_version.get(glue_version, max(by_version.values()))
    return float(dpu_seconds / 3600 * price)


def crawler_dollars() -> float:
    """Return the lowest cost of a crawler run, per DPU."""
    glue = prices()["glue"]
    return float(glue["crawler_dpu_hour"] * glue["crawler_least_minutes"] / 60)


def query_dollars(scanned: int) -> float:
    """Return what a query on Athena costs that scans `scanned` bytes."""
    athena = prices()["athena"]
    least = athena["least_megabytes"] * 1_000_000
    return float(max(scanned, least) / 1e12 * athena["terabyte_scanned"])


def _measured_rate() -> float:
    measured = throughput()
    return float(measured["rows_a_cpu_second"] * measured["bytes_a_row"])


def _toml(name: str) -> dict[str, Any]:
    text = files("salesetl").joinpath("glue", name).read_text(encoding="utf-8")
    return tomllib.loads(text)
