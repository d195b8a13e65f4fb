"""From measured throughput to workers, minutes and dollars on Glue."""

import math
import os
import statistics
from dataclasses import dataclass

from benchmarks.measure import Measured

# Of a G.1X worker; https://docs.aws.amazon.com/glue/latest/dg/worker-types.html
CORES_A_WORKER = 4
# Dollars a DPU-hour in us-east-1; a G.1X worker is one DPU. https://aws.amazon.com/glue/pricing/
PRICES = {"5.1": 0.44, "6.0": 0.308}
START_MINUTES = 1.0
SIZES = [1_000_000, 10_000_000, 100_000_000, 1_000_000_000]
LONGEST_MINUTES = 15

HEAD = """# Sizing

Written by `make bench-scale`: every size ran once on each engine, as a whole process; a hundredth
of the rows has a fault, and every run was checked to have accounted for each.

"""

GLUE = """
## On Glue

Extrapolated, not measured on Glue. Taken from the largest size above on Spark, {rate:,.0f} sales a
second and core, if cost goes on growing in line with the rows, a core of a G.1X worker is as fast
as one here, and S3 is no slower than the disk here. One worker is the driver and computes nothing;
{start:.0f} minute is added for the start of the workers. Prices of us-east-1: {prices}.

"""


@dataclass(frozen=True)
class Step:
    """What one size took: rows, bytes of input, the whole process, and seconds by stage."""

    rows: int
    bytes: int
    measured: Measured
    stages: dict[str, float]


@dataclass(frozen=True)
class Growth:
    """One engine over all sizes."""

    name: str
    steps: list[Step]

    @property
    def slope(self) -> float:
        """Exponent of the cost: 1 where twice the rows take twice the time."""
        rows = [math.log(step.rows) for step in self.steps]
        seconds = [math.log(step.measured.seconds) for step in self.steps]
        return statistics.linear_regression(rows, seconds).slope

    @property
    def rate(self) -> float:
        """Sales a second and core at the largest size."""
        last = self.steps[-1]
        return last.rows / last.measured.seconds / (os.cpu_count() or 1)


@dataclass(frozen=True)
class Glue:
    """G.1X workers for a job, driver included, the minutes it takes, and dollars by version."""

    workers: int
    minutes: float
    dollars: dict[str, float]


def on_glue(rows: int, rate: float) -> Glue:
    """Choose the fewest workers, at least two, that finish in a quarter of an hour."""
    minutes_on_one = rows / rate / CORES_A_WORKER / 60
    executors = max(1, math.ceil(minutes_on_one / (LONGEST_MINUTES - START_MINUTES)))
    minutes = minutes_on_one / executors + START_MINUTES
    workers = executors + 1
    dollars = {
        version: workers * minutes / 60 * price for version, price in PRICES.items()
    }
    return Glue(workers, minutes, dollars)


def page(growths: list[Growth]) -> str:
    """Lay out the page."""
    text = HEAD + f"{os.cpu_count()} cores.\n"
    for growth in growths:
        text += f"\n## {growth.name}\n\n" + _measured(growth)
    on_spark = growths[-1]
    size = on_spark.steps[-1].bytes / on_spark.steps[-1].rows
    prices = ", ".join(f"${price} for {version}" for version, price in PRICES.items())
    text += GLUE.format(rate=on_spark.rate, start=START_MINUTES, prices=prices)
    text += "| sales | input | G.1X workers | minutes | Glue 5.1 | Glue 6.0 |\n"
    text += "|---|---|---|---|---|---|\n"
    for rows in SIZES:
        job = on_glue(rows, on_spark.rate)
        dollars = " | ".join(f"${job.dollars[version]:.2f}" for version in PRICES)
        text += (
            f"| {rows:,} | {rows * size / 1e9:,.2f} GB | {job.workers}"
            f" | {job.minutes:.0f} | {dollars} |\n"
        )
    return text


def _measured(growth: Growth) -> str:
    stages = list(growth.steps[0].stages)
    names = " | ".join(f"{name} s" for name in stages)
    text = f"| sales | input | seconds | {names} | peak MiB |\n"
    text += "|---" * (4 + len(stages)) + "|\n"
    for step in growth.steps:
        seconds = " | ".join(f"{step.stages[name]:.1f}" for name in stages)
        text += (
            f"| {step.rows:,} | {step.bytes / 1e9:.2f} GB | {step.measured.seconds:.1f}"
            f" | {seconds} | {step.measured.mebibytes:,.0f} |\n"
        )
    text += f"\nSlope on logarithmic axes: {growth.slope:.2f}; "
    return text + f"{growth.rate:,.0f} sales a second and core at the largest size.\n"
