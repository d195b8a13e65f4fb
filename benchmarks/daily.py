"""Measure what a daily run costs as its lake grows: equal days, each loaded by a run of its own.

python -m benchmarks.daily [ROWS [DAYS]]; on a disk and on S3, which is moto in another process.
"""

import resource
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import get_context
from typing import Any

import boto3

from benchmarks.publish import s3_server
from salesetl.launcher import run_locally
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.storage import storage_of

_FIRST_DAY = date(2025, 9, 1)
_HEADER = (
    "transaction_id,date,customer_id,product,quantity,unit_price,region,total_amount"
)
_PRODUCTS = ("Lamp", "Mug", "Desk", "Chair", "Shelf")
_REGIONS = ("North", "South", "East", "West")


@dataclass(frozen=True)
class Cost:
    """What a run took."""

    cpu_seconds: float
    seconds: float
    requests: int


def main() -> None:
    """Load the days one by one, and print what the first, the second and the last run took."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    days = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    with tempfile.TemporaryDirectory(prefix="salesetl-daily-") as folder:
        _print("disk", daily_costs(folder, rows, days), rows)
    with s3_server() as root:
        boto3.client("s3").create_bucket(Bucket=root.removeprefix("s3://"))
        _print("S3", daily_costs(root, rows, days), rows)


def _print(place: str, costs: list[Cost], rows: int) -> None:
    sys.stdout.write(f"{place}, {rows:,} sales a day\n")
    for number in sorted({1, 2, len(costs)}):
        cost = costs[number - 1]
        sys.stdout.write(
            f"  run {number:3}: {cost.cpu_seconds:5.2f} s CPU, {cost.seconds:5.2f} s,"
            f" {cost.requests:3} requests\n"
        )
    first, last = costs[0], costs[-1]
    sys.stdout.write(
        f"  run {len(costs)} to run 1: {last.cpu_seconds / first.cpu_seconds:.2f} CPU,"
        f" {last.seconds / first.seconds:.2f} time,"
        f" {last.requests / max(first.requests, 1):.2f} requests\n"
    )


def daily_costs(root: str, rows: int, days: int) -> list[Cost]:
    """Deliver so many days below a root and load each; return what each run took."""
    customers = "".join(
        f'{{"customer_id": "C{number:05}", "membership_tier": "Gold"}}\n'
        for number in range(1000)
    )
    storage_of(root).write(f"{root}/customers.json", customers.encode())
    costs = []
    for day in range(days):
        _deliver(f"{root}/raw", day, rows)
        cpu_seconds, seconds = _cpu_of_children(), time.monotonic()
        # A day's run is a process of its own.
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            load = process.submit(
                _load, f"{root}/raw", f"{root}/customers.json", f"{root}/lake"
            )
            requests = load.result()
        took = time.monotonic() - seconds
        costs.append(Cost(_cpu_of_children() - cpu_seconds, took, requests))
    return costs


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _deliver(folder: str, day: int, rows: int) -> None:
    moment = _FIRST_DAY + timedelta(days=day)
    lines = [_HEADER]
    for number in range(rows):
        quantity = number % 4 + 1
        product, region = _PRODUCTS[number % 5], _REGIONS[number // 5 % 4]
        lines.append(
            f"T{day * rows + number:09},{moment},C{number % 1000:05},{product},{quantity},10.50,"
            f"{region},{quantity * 1050 / 100:.2f}"
        )
    content = "\n".join([*lines, ""]).encode()
    storage_of(folder).write(f"{folder}/sales_{moment}.csv", content)


def _load(sales: str, customers: str, lake: str) -> int:
    """Load what is new, and return how many requests that took."""
    requests = _counted_requests()
    values: dict[str, Any] = {
        "sales_path": sales,
        "customers_path": customers,
        "output_path": lake,
        "input_mode": "new",
        "engine": "duckdb",
    }
    report = run_locally(SALES, values)
    if report.files_new != 1 or not report.rows_loaded:
        raise RuntimeError(f"a run has loaded {report.files_new} new files")
    return requests.total()


def _counted_requests() -> Counter[str]:
    """Return the requests to S3, by kind, that this process makes from now on."""
    requests: Counter[str] = Counter()

    def note(model: Any, **_: Any) -> None:
        requests[model.name] += 1

    boto3.setup_default_session()
    boto3.DEFAULT_SESSION.events.register("before-call.s3", note)
    return requests


if __name__ == "__main__":
    main()
