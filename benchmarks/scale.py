"""Measure how salesetl grows with its input; write docs/sizing.md and the rate for estimates.

python -m benchmarks.scale [ROWS …]; every size runs once on each engine.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.data import make_sales
from benchmarks.measure import measure
from benchmarks.programs import EMBEDDED, SPARK, Program
from benchmarks.sizing import Growth, Step, page, throughput_text
from salesetl.java import find_java_home

ROOT = Path(__file__).parent.parent
# What `salesetl cost` estimates from; a smaller size than the largest would tell too little.
THROUGHPUT = ROOT / "src" / "salesetl" / "glue" / "throughput.toml"
SIZES = [1_000_000, 10_000_000, 100_000_000]


def main() -> None:
    """Measure, print and write the page; fail if a row is not accounted for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, metavar="ROWS")
    parser.add_argument("--page", default=str(ROOT / "docs" / "sizing.md"))
    arguments = parser.parse_args()
    sizes = sorted(set(arguments.sizes))
    if len(sizes) < 2:
        parser.error("growth shows between two sizes or more")
    os.environ["JAVA_HOME"] = find_java_home()
    steps: dict[str, list[Step]] = {EMBEDDED.name: [], SPARK.name: []}
    with tempfile.TemporaryDirectory(prefix="salesetl-scale-") as folder:
        for rows in sizes:
            data = make_sales(Path(folder), rows)
            for program in (EMBEDDED, SPARK):
                step = _measured(program, data, Path(folder) / "out", rows)
                steps[program.name].append(step)
                sys.stderr.write(f"{rows:,} sales, {program.name}: {step}\n")
            shutil.rmtree(data)
    growths = [Growth(name, measured) for name, measured in steps.items()]
    text = page(growths)
    Path(arguments.page).write_text(text)
    if max(sizes) >= max(SIZES):
        THROUGHPUT.write_text(throughput_text(growths[-1]))
    sys.stdout.write(text)


def _measured(program: Program, data: Path, out: Path, rows: int) -> Step:
    measured = measure(program.command(data, out), ROOT)
    [path] = (out / "sales/_runs").rglob("*.json")
    report = json.loads(path.read_text())
    read, loaded = report["rows_read"], report["rows_loaded"]
    if (read, loaded) != (rows + rows // 100, rows):
        raise SystemExit(f"{program.name}: read {read}, loaded {loaded} of {rows}")
    shutil.rmtree(out)
    return Step(
        rows,
        sum(file.stat().st_size for file in (data / "sales").iterdir()),
        measured,
        report["seconds_by_stage"],
    )


if __name__ == "__main__":
    main()
