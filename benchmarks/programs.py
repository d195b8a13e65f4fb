"""The programs that are compared: each turns what was delivered into two tables below a folder."""

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


def _salesetl(job: str, engine: str, *inputs: str) -> Callable[[Path, Path], list[str]]:
    def command(data: Path, out: Path) -> list[str]:
        words = [f"--{name}_path={data / name}" for name in inputs]
        words += [f"--output_path={out}", f"--engine={engine}", "--as_of=2025-12-31"]
        return [sys.executable, f"jobs/{job}.py", *words]

    return command


def _other(module: str, *inputs: str) -> Callable[[Path, Path], list[str]]:
    def command(data: Path, out: Path) -> list[str]:
        name = f"benchmarks.contenders.{module}"
        paths = [str(data / each) for each in inputs]
        # Where salesetl has the tables of a pipeline.
        own = out / module.partition(".")[0]
        own.mkdir(parents=True, exist_ok=True)
        return [sys.executable, "-m", name, *paths, str(own)]

    return command


_SALES = ("sales", "customers")
SPARK = Program("salesetl on Spark", _salesetl("enrich_sales", "spark", *_SALES))
EMBEDDED = Program("salesetl embedded", _salesetl("enrich_sales", "duckdb", *_SALES))
OF_SALES = [
    Program("usual Glue script", _other("sales.usual_glue", *_SALES), is_exact=False),
    SPARK,
    EMBEDDED,
    Program("DuckDB SQL", _other("sales.duckdb_sql", *_SALES)),
    Program("Polars", _other("sales.polars_frames", *_SALES)),
    Program("pandas + pyarrow", _other("sales.pandas_arrow", *_SALES)),
]
TYPED_SCAN = Program(
    "Spark, only scanning the CSV", _other("sales.typed_scan", *_SALES)
)
OF_ORDERS = [
    Program("usual Glue script", _other("orders.usual_glue", "orders"), is_exact=False),
    Program(SPARK.name, _salesetl("flatten_orders", "spark", "orders")),
    Program(EMBEDDED.name, _salesetl("flatten_orders", "duckdb", "orders")),
    Program("DuckDB SQL", _other("orders.duckdb_sql", "orders")),
    Program(
        "pandas json_normalize",
        _other("orders.pandas_normalize", "orders"),
        is_exact=False,
    ),
]
OF_EVENTS = [
    Program(SPARK.name, _salesetl("stage_events", "spark", "events")),
    Program(EMBEDDED.name, _salesetl("stage_events", "duckdb", "events")),
]
READ_JSON = Program(
    "DuckDB read_json, only parsing", _other("events.read_json", "events")
)
