"""From measured throughput to workers, minutes and dollars on Glue."""

import math
import os
import statistics
from dataclasses import dataclass

from benchmarks.measure import Measured
from salesetl.glue.costs import START_MINUTES, Estimate, estimate, prices

SIZES = [1_000_000, 10_000_000, 100_000_000, 1_000_000_000]

HEAD = """# Sizing

Written by `make bench-scale`. Every size ran once on each engine, as a whole process. One row
of a hundred has a fault, and every run accounted for every row.

"""

GLUE = """
## On Glue

Extrapolated, not measured on Glue, from the largest size above on Spark: {rate:,.0f} sales a
CPU second. This assumes that the CPU time grows in proportion to the rows, that a core of a
G.1X worker is as fast as a core here, that all cores of the workers are busy, and that S3 keeps
up with them. One worker is the driver and computes nothing. {start:.0f} minute is added to start
the workers. Prices of us-east-1: {prices}.

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
        """Sales a CPU second at the largest size."""
        last = self.steps[-1]
        return last.rows / last.measured.cpu_seconds

    @property
    def bytes_a_row(self) -> float:
        """Bytes of input a sale at the largest size."""
        return self.steps[-1].bytes / self.steps[-1].rows


def on_glue(rows: int, growth: Growth) -> Estimate:
    """Estimate a run on Glue over as many rows."""
    return estimate(rows * growth.bytes_a_row, rate=growth.rate * growth.bytes_a_row)


def throughput_text(growth: Growth) -> str:
    """Write what was measured as the file that estimates are made from."""
    return (
        "# Sales on Spark at the largest size; written by `make bench-scale`.\n"
        'job = "enrich_sales"\n'
        f"rows_a_cpu_second = {growth.rate:.0f}\n"
        f"bytes_a_row = {growth.bytes_a_row:.1f}\n"
    )


def page(growths: list[Growth]) -> str:
    """Lay out the page."""
    text = HEAD + f"{os.cpu_count()} cores.\n"
    for growth in growths:
        text += f"\n## {growth.name}\n\n" + _measured(growth)
    on_spark = growths[-1]
    by_version = prices()["glue"]["dpu_hour"]
    told = ", ".join(f"${price} for {name}" for name, price in by_version.items())
    text += GLUE.format(rate=on_spark.rate, start=START_MINUTES, prices=told)
    text += "| sales | input | G.1X workers | minutes | Glue 5.1 | Glue 6.0 |\n"
    text += "|---|---|---|---|---|---|\n"
    for rows in SIZES:
        job = on_glue(rows, on_spark)
        dollars = " | ".join(f"${each:.2f}" for each in job.dollars.values())
        text += (
            f"| {rows:,} | {rows * on_spark.bytes_a_row / 1e9:,.2f} GB | {job.workers}"
            f" | {job.minutes:.0f} | {dollars} |\n"
        )
    return text


def _measured(growth: Growth) -> str:
    stages = list(growth.steps[0].stages)
    names = " | ".join(f"{name} s" for name in stages)
    text = f"| sales | input | seconds | CPU s | {names} | peak MiB |\n"
    text += "|---" * (5 + len(stages)) + "|\n"
    for step in growth.steps:
        seconds = " | ".join(f"{step.stages[name]:.1f}" for name in stages)
        text += (
            f"| {step.rows:,} | {step.bytes / 1e9:.2f} GB | {step.measured.seconds:.1f}"
            f" | {step.measured.cpu_seconds:.1f} | {seconds} | {step.measured.mebibytes:,.0f} |\n"
        )
    text += f"\nSlope on logarithmic axes: {growth.slope:.2f}; "
    return text + f"{growth.rate:,.0f} sales a CPU second at the largest size.\n"
