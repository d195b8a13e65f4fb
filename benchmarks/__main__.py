"""Compare salesetl with what a user would pick instead, in one run, and write docs/benchmarks.md.

python -m benchmarks [ROWS:ROUNDS …] [--contenders NAME,…]; each round runs all in turn.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from benchmarks.agreement import Answer, answer_of, differences
from benchmarks.data import make_sales
from benchmarks.limits import physical_limits
from benchmarks.measure import Measured, measure
from benchmarks.page import Result, page
from salesetl.java import find_java_home

ROOT = Path(__file__).parent.parent
SIZES = ["10000:5", "1000000:5", "10000000:3"]


@dataclass(frozen=True)
class Contender:
    """A program that turns sales and customers into the two tables below a folder."""

    name: str
    command: Callable[[Path, Path], list[str]]


def _salesetl(engine: str) -> Callable[[Path, Path], list[str]]:
    def command(data: Path, out: Path) -> list[str]:
        paths = {"sales": data / "sales", "customers": data / "customers"}
        words = [f"--{name}_path={path}" for name, path in paths.items()]
        words += [f"--output_path={out}", f"--engine={engine}", "--as_of=2025-12-31"]
        return [sys.executable, "jobs/enrich_sales.py", *words]

    return command


def _other(module: str) -> Callable[[Path, Path], list[str]]:
    def command(data: Path, out: Path) -> list[str]:
        name = f"benchmarks.contenders.{module}"
        paths = [str(data / "sales"), str(data / "customers"), str(out)]
        return [sys.executable, "-m", name, *paths]

    return command


CONTENDERS = [
    Contender("usual Glue script", _other("usual_glue")),
    Contender("salesetl on Spark", _salesetl("spark")),
    Contender("salesetl embedded", _salesetl("duckdb")),
    Contender("DuckDB SQL", _other("duckdb_sql")),
    Contender("Polars", _other("polars_frames")),
    Contender("pandas + pyarrow", _other("pandas_arrow")),
]


def main() -> None:
    """Measure, print and write the page; exit status 1 if the contenders disagree."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sizes", nargs="*", default=SIZES, metavar="ROWS:ROUNDS")
    parser.add_argument("--page", default=str(ROOT / "docs" / "benchmarks.md"))
    arguments = parser.parse_args()
    os.environ["JAVA_HOME"] = find_java_home()
    with tempfile.TemporaryDirectory(prefix="salesetl-bench-") as folder:
        results = [
            _measured(Path(folder), *map(int, size.split(":")))
            for size in arguments.sizes
        ]
        limits = physical_limits(make_sales(Path(folder), results[-1].rows))
    text = page(results, limits)
    Path(arguments.page).write_text(text)
    sys.stdout.write(text)


def _measured(folder: Path, rows: int, rounds: int) -> Result:
    data = make_sales(folder, rows)
    runs: dict[str, list[Measured]] = {each.name: [] for each in CONTENDERS}
    answers: dict[str, Answer] = {}
    turns = [(round_, each) for round_ in range(rounds + 1) for each in CONTENDERS]
    for round_, contender in tqdm(turns, desc=f"{rows:,} sales", unit="run"):
        out = folder / "out"
        measured = measure(contender.command(data, out), ROOT)
        # The first round warms the caches of files, and shows that all give the same.
        if round_:
            runs[contender.name].append(measured)
        else:
            answers[contender.name] = answer_of(out)
        shutil.rmtree(out)
    if different := differences(answers):
        raise SystemExit(f"{rows:,} sales: no agreement with {', '.join(different)}")
    return Result(rows, runs)


if __name__ == "__main__":
    main()
