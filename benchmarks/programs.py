"""The programs that are compared: each turns sales and customers into two tables below a folder."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A program, and the command that runs it on a folder of data into another folder.

    One that is not exact adds up amounts as floats.
    """

    name: str
    command: Callable[[Path, Path], list[str]]
    is_exact: bool = True


def _salesetl(engine: str) -> Callable[[Path, Path], list[str]]:
    def command(data: Path, out: Path) -> list[str]:
        paths = {"sales": data / "sales", "customers": data / "customers"}
        words = [f"--{name}_path={path}" for name, path in paths.items()]
        words += [f"--output_path={out}", f"--engine={engine}", "--as_of=2025-12-31"]
        return [sys.executable, "jobs/enrich_sales.py", *words]

    return command


def _other(module: str) -> Callable[[Path, Path], list[str]]:
    def command(data: Path, out: Path) -> list[str]:
        name = f"benchmarks.contenders.sales.{module}"
        paths = [str(data / "sales"), str(data / "customers"), str(out)]
        return [sys.executable, "-m", name, *paths]

    return command


SPARK = Program("salesetl on Spark", _salesetl("spark"))
EMBEDDED = Program("salesetl embedded", _salesetl("duckdb"))
CONTENDERS = [
    Program("usual Glue script", _other("usual_glue"), is_exact=False),
    SPARK,
    EMBEDDED,
    Program("DuckDB SQL", _other("duckdb_sql")),
    Program("Polars", _other("polars_frames")),
    Program("pandas + pyarrow", _other("pandas_arrow")),
]
TYPED_SCAN = Program("Spark, only scanning the CSV", _other("typed_scan"))
