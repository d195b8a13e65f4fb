"""Compare salesetl with what a user would pick instead, in one run, and write docs/benchmarks.md.

python -m benchmarks [ROWS:ROUNDS …]; each round runs all in turn.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tqdm import tqdm

from benchmarks.agreement import Answer, agree, answer_of, lines_off
from benchmarks.data import make_sales
from benchmarks.limits import physical_limits
from benchmarks.measure import Measured, measure
from benchmarks.page import Result, page
from benchmarks.programs import CONTENDERS, EMBEDDED, TYPED_SCAN
from salesetl.java import find_java_home

ROOT = Path(__file__).parent.parent
SIZES = ["10000:5", "1000000:5", "10000000:3"]


def main() -> None:
    """Measure, print and write the page; exit status 1 if the contenders disagree."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sizes", nargs="*", default=SIZES, metavar="ROWS:ROUNDS")
    parser.add_argument("--page", default=str(ROOT / "docs" / "benchmarks.md"))
    arguments = parser.parse_args()
    os.environ["JAVA_HOME"] = find_java_home()
    with tempfile.TemporaryDirectory(prefix="salesetl-bench-") as folder:
        results: list[Result] = []
        for size in arguments.sizes:
            results.append(_measured(Path(folder), *map(int, size.split(":"))))
            # Large sizes take long, and what is measured must not be lost with them.
            Path(arguments.page).write_text(page(results, {}))
        limits = physical_limits(make_sales(Path(folder), results[-1].rows))
    text = page(results, limits)
    Path(arguments.page).write_text(text)
    sys.stdout.write(text)


def _measured(folder: Path, rows: int, rounds: int) -> Result:
    data = make_sales(folder, rows)
    programs = [*CONTENDERS, TYPED_SCAN]
    runs: dict[str, list[Measured]] = {each.name: [] for each in programs}
    answers: dict[str, Answer] = {}
    off: dict[str, str] = {}
    turns = [(round_, each) for round_ in range(rounds + 1) for each in programs]
    for round_, program in tqdm(turns, desc=f"{rows:,} sales", unit="run"):
        out = folder / "out"
        out.mkdir()
        measured = measure(program.command(data, out), ROOT)
        # The first round warms the caches of files, and shows that all give the same.
        if round_:
            runs[program.name].append(measured)
        elif program in CONTENDERS:
            answers[program.name] = answer_of(out)
        else:
            off = _compared(rows, answers)
        shutil.rmtree(out)
    return Result(rows, runs, off)


def _compared(rows: int, answers: dict[str, Answer]) -> dict[str, str]:
    """Make sure that all programs give the same, and tell how far off the inexact ones are."""
    exact = answers[EMBEDDED.name]
    off = {}
    for program in CONTENDERS:
        answer = answers[program.name]
        if not agree(answer, exact, is_exact=program.is_exact):
            raise SystemExit(
                f"{rows:,} sales: {program.name} does not agree with {EMBEDDED.name}"
            )
        if not program.is_exact:
            cents = abs(answer["revenue"] - exact["revenue"])
            lines = lines_off(answer, exact)
            off[program.name] = (
                f"total off by {cents}, {lines} lines off by a cent or more"
            )
    return off


if __name__ == "__main__":
    main()
