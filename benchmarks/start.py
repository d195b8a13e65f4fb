"""Compare the small job as a whole process with the same code on a default Spark session."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from salesetl.java import find_java_home

ROOT = Path(__file__).parent.parent
ROUNDS = 5
TARGET = 0.60

_DEFAULT = """
import sys
from pyspark.sql import SparkSession
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.runner.runner import run
sales, customers, lake = sys.argv[1:]
spark = SparkSession.builder.getOrCreate()
run(SALES, spark, sales_path=sales, customers_path=customers, output_path=lake)
"""


def main() -> None:
    """Run both in turn after a warm-up, and print the medians and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        _run(
            [
                sys.executable,
                "-m",
                "generators",
                "sales",
                "--rows",
                "10000",
                "--output_path",
                str(raw),
            ]
        )
        paths = [str(raw / "sales"), str(raw / "customers")]

        def salesetl(lake: str) -> list[str]:
            names = ["--sales_path", "--customers_path", "--output_path"]
            pairs = zip(names, [*paths, lake], strict=True)
            return [
                sys.executable,
                "jobs/enrich_sales.py",
                "--engine=spark",
                *(word for pair in pairs for word in pair),
            ]

        def default(lake: str) -> list[str]:
            return [sys.executable, "-c", _DEFAULT, *paths, lake]

        seconds = _in_turn(
            {"salesetl": salesetl, "default session": default}, Path(folder)
        )
    ours, theirs = (statistics.median(values) for values in seconds.values())
    for name, values in seconds.items():
        told = " ".join(f"{value:.1f}" for value in sorted(values))
        sys.stdout.write(
            f"{name:16} median {statistics.median(values):5.1f} s  ({told})\n"
        )
    sys.stdout.write(f"ratio            {ours / theirs:.0%} (at most {TARGET:.0%})\n")
    raise SystemExit(ours / theirs > TARGET)


def _in_turn(
    commands: dict[str, Callable[[str], list[str]]], folder: Path
) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for round_ in range(ROUNDS + 1):
        for name, command in commands.items():
            words = command(str(folder / f"{name}-{round_}"))
            started = time.monotonic()
            _run(words)
            if round_:
                seconds[name].append(time.monotonic() - started)
    return seconds


def _run(words: list[str]) -> None:
    environment = {**os.environ, "JAVA_HOME": find_java_home()}
    subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, check=True)


if __name__ == "__main__":
    main()
