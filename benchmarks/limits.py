"""What no program can be faster than on this machine: reading, cutting and writing the data."""

import time
from collections.abc import Callable
from pathlib import Path

import duckdb


def physical_limits(data: Path) -> dict[str, float]:
    """Measure, in seconds, what the largest size costs at the least; the better of two goes."""
    files = sorted((data / "sales").iterdir())
    names = [str(path) for path in files]
    lines = (
        f"read_csv({names}, columns = {{'line': 'VARCHAR'}}, delim = chr(1), quote = '',"
        " header = true, auto_detect = false)"
    )
    connection = duckdb.connect()
    connection.execute("set preserve_insertion_order = false")
    target = data / "limit.parquet"
    steps: dict[str, Callable[[], object]] = {
        "read the bytes": lambda: [len(path.read_bytes()) for path in files],
        "cut them into fields (DuckDB)": lambda: connection.execute(
            f"select sum(len(string_split(line, ','))) from {lines}"
        ).fetchall(),
        "write the fields as Snappy Parquet (DuckDB)": lambda: connection.execute(
            f"copy (select string_split(line, ',') as fields from {lines})"
            f" to '{target}' (format parquet, compression snappy)"
        ),
    }
    return {name: min(_seconds(step), _seconds(step)) for name, step in steps.items()}


def _seconds(step: Callable[[], object]) -> float:
    started = time.monotonic()
    step()
    return time.monotonic() - started
