"""The page of results."""

import importlib.metadata
import os
import platform
import re
import statistics
from dataclasses import dataclass

from benchmarks.measure import Measured
from benchmarks.suites import SUITES, Size

PACKAGES = ["pyspark", "duckdb", "sqlframe", "polars", "pandas", "pyarrow"]
OURS = "salesetl embedded"
_LIMITS = "Limits of this machine"

HEAD = """# Benchmarks

Written by `make bench`. Every program runs as a whole process, from its start to the last file
written, in turn with all others. The first round is not counted. All programs look for the same
faults in the same files and write the same two tables. A size counts only if they agree: sales
on rows, on revenue to the cent and on every line of the summary; orders on orders, lines and
both totals to the cent, month by month. The usual Glue scripts, and pandas on orders, add
doubles: they must agree to the precision of doubles. The Glue scripts drop faulty rows; the
others put them in quarantine with all reasons. Only salesetl also accounts for every row,
merges with published rows, publishes all or nothing, and holds a lease. "Spark, only scanning
the CSV" reads with a typed schema and writes nothing: any Spark job pays that for its input.
"pandas json_normalize" is the usual Lambda function: a `json.loads` for each line, and a file
for each month as awswrangler writes it. Events are two weeks in a gzipped file for each quarter
of an hour; "DuckDB read_json" only parses them. CPU seconds are those of all processes of a
program, and less disturbed by other work on the machine than seconds.

"""


@dataclass(frozen=True)
class Result:
    """What was measured with a size, by program; how far `off` inexact ones are."""

    size: Size
    runs: dict[str, list[Measured]]
    off: dict[str, str]


def page(
    results: list[Result], limits: dict[str, dict[str, float]], before: str = ""
) -> str:
    """Lay out results, and the limits by size, as Markdown.

    Sizes that were not measured now stay as they are on the page `before`.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    installed = {each.name: each.version for each in importlib.metadata.distributions()}
    versions = ", ".join(
        f"{name} {installed[name]}" for name in PACKAGES if name in installed
    )
    machine = (
        f"{os.cpu_count()} cores, {memory} GiB, Python {platform.python_version()}"
    )
    sections = _sections(before) | {str(each.size): _table(each) for each in results}
    for size, steps in limits.items():
        sections[f"{_LIMITS}, {size}"] = "| step | seconds |\n|---|---|\n" + "".join(
            f"| {name} | {each:.2f} |\n" for name, each in steps.items()
        )
    return f"{HEAD}{machine}; {versions}.\n" + "".join(
        f"\n## {title}\n\n{sections[title]}" for title in sorted(sections, key=_place)
    )


def _sections(text: str) -> dict[str, str]:
    _, *parts = re.split(r"\n## (.+)\n\n", text)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _place(title: str) -> tuple[bool, int, int]:
    """Sort sales before orders before events, each by size, and the limits to the end."""
    number = re.sub("[^0-9]", "", title)
    kind = [*SUITES].index(title.rpartition(" ")[2])
    return title.startswith(_LIMITS), kind, int(number or 0)


def _table(result: Result) -> str:
    ours = _median(result.runs[OURS])
    our_cpu = _cpu(result.runs[OURS])
    rounds = len(result.runs[OURS])
    text = f"Medians of {rounds} rounds.\n\n" if rounds > 1 else "One round.\n\n"
    text += "| program | seconds | from–to | CPU s | peak MiB | to salesetl embedded | CPU |\n"
    text += "|---|---|---|---|---|---|---|\n"
    for name, runs in result.runs.items():
        seconds = [run.seconds for run in runs]
        peak = statistics.median(run.mebibytes for run in runs)
        cpu = _cpu(runs)
        text += (
            f"| {name} | {_median(runs):.2f} | {min(seconds):.2f}–{max(seconds):.2f} | {cpu:.2f}"
            f" | {peak:,.0f} | {_median(runs) / ours:.2f}× | {cpu / our_cpu:.2f}× |\n"
        )
    notes = (f"\nAmounts of {name}: {told}.\n" for name, told in result.off.items())
    return text + "".join(notes)


def _median(runs: list[Measured]) -> float:
    return statistics.median(run.seconds for run in runs)


def _cpu(runs: list[Measured]) -> float:
    return statistics.median(run.cpu_seconds for run in runs)
