"""Compare salesetl with what a user would pick instead, in one run, and write docs/benchmarks.md.

python -m benchmarks [DATA:ROWS:ROUNDS …]; DATA is sales, orders or events, and sales if it is
left out;
each round runs all programs in turn. Sizes that are on the page and not measured now stay there.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tqdm import tqdm

from benchmarks.agreement import Answer, agree, sums_off
from benchmarks.limits import physical_limits
from benchmarks.measure import Measured, measure
from benchmarks.page import OURS, Result, page
from benchmarks.suites import Size, size_of
from salesetl.java import find_java_home

ROOT = Path(__file__).parent.parent
SIZES = [
    "sales:10000:3",
    "sales:1000000:3",
    "sales:10000000:3",
    "orders:10000:3",
    "orders:200000:3",
    "orders:1000000:3",
    "events:100000:3",
]


def main() -> None:
    """Measure, print and write the page; exit status 1 if the contenders disagree."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "sizes", nargs="*", type=size_of, metavar="DATA:ROWS:ROUNDS", default=[]
    )
    parser.add_argument("--page", default=str(ROOT / "docs" / "benchmarks.md"))
    arguments = parser.parse_args()
    os.environ["JAVA_HOME"] = find_java_home()
    sizes: list[Size] = arguments.sizes or [size_of(text) for text in SIZES]
    target = Path(arguments.page)
    before = target.read_text() if target.exists() else ""
    with tempfile.TemporaryDirectory(prefix="salesetl-bench-") as folder:
        results: list[Result] = []
        for size in sizes:
            results.append(_measured(Path(folder), size))
            # Large sizes take long, and what is measured must not be lost with them.
            target.write_text(page(results, {}, before))
        limits = _limits(Path(folder), sizes)
    text = page(results, limits, before)
    target.write_text(text)
    sys.stdout.write(text)


def _measured(folder: Path, size: Size) -> Result:
    suite = size.suite
    data, out = suite.make_data(folder, size.rows), folder / "out"
    programs = [*suite.contenders, *suite.floors]
    runs: dict[str, list[Measured]] = {each.name: [] for each in programs}
    answers: dict[str, Answer] = {}
    off: dict[str, str] = {}
    turns = [(round_, each) for round_ in range(size.rounds + 1) for each in programs]
    for round_, program in tqdm(turns, desc=str(size), unit="run"):
        out.mkdir()
        measured = measure(program.command(data, out), ROOT)
        # The first round warms the caches of files, and shows that all give the same.
        if round_:
            runs[program.name].append(measured)
        elif program in suite.contenders:
            answers[program.name] = suite.answer_of(out)
        if not round_ and program is programs[-1]:
            off = _compared(size, answers)
        shutil.rmtree(out)
    return Result(size, runs, off)


def _compared(size: Size, answers: dict[str, Answer]) -> dict[str, str]:
    """Make sure that all programs give the same, and tell how far off the inexact ones are."""
    exact = answers[OURS]
    if exact["rows"] != size.rows:
        raise SystemExit(f"{size}: {OURS} has {exact['rows']:,}")
    off = {}
    for program in size.suite.contenders:
        answer = answers[program.name]
        if not agree(answer, exact, is_exact=program.is_exact):
            raise SystemExit(f"{size}: {program.name} does not agree with {OURS}")
        if not program.is_exact:
            cents = max(
                abs(answer["revenue"][currency] - amount)
                for currency, amount in exact["revenue"].items()
            )
            sums = sums_off(answer, exact)
            off[program.name] = (
                f"total of a currency off by at most {cents}, {sums} sums off by a cent"
                " or more"
            )
    return off


def _limits(folder: Path, sizes: list[Size]) -> dict[str, dict[str, float]]:
    """Measure the limits of the last size of each kind of data."""
    last = {size.suite.counted: size for size in sizes if size.suite.fields}
    return {
        str(size): physical_limits(
            size.suite.make_data(folder, size.rows) / size.suite.counted,
            size.suite.fields,
        )
        for size in last.values()
    }


if __name__ == "__main__":
    main()
