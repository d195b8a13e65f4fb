"""Compare the Parquet of the lake with the CSV it came from, in size and in the time of queries.

python -m benchmarks.formats [ROWS]; writes src/salesetl/glue/formats.toml, from which the page of
costs tells.
"""

import gzip
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.data import make_sales
from salesetl.launcher import run_locally
from salesetl.pipelines.sales.pipeline import SALES

TARGET = Path(__file__).parent.parent / "src" / "salesetl" / "glue" / "formats.toml"
ROUNDS = 5
_REVENUE = "sum(try_cast(total_amount as decimal(18, 2)))"
# Of a month, of all of it, and of few columns, as analysts ask; `{sales}` is the table.
QUERIES = {
    "revenue_of_a_month": f"select region, {_REVENUE} from {{sales}}"
    " where {month} group by region",
    "revenue_of_all": f"select region, {_REVENUE} from {{sales}} group by region",
    "number_of_sales": "select count(*) from {sales}",
}
_CSV = "header = true, delim = ',', all_varchar = true, ignore_errors = true"
_OF_CSV = "strftime(try_cast(date as date), '%Y-%m') = '2025-09'"
_OF_PARQUET = "year = 2025 and month = 9"


def main() -> None:
    """Measure, print and write what was measured."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(prefix="salesetl-formats-") as folder:
        data, lake = make_sales(Path(folder), rows), Path(folder) / "lake"
        arguments = {
            "sales_path": str(data / "sales"),
            "customers_path": str(data / "customers"),
            "output_path": str(lake),
            "max_rejected_ratio": 1.0,
            "engine": "duckdb",
        }
        run_locally(SALES, arguments)
        text = _measured(rows, data / "sales", lake / "sales" / "enriched_sales")
    TARGET.write_text(text)
    sys.stdout.write(text)


def _measured(rows: int, delivered: Path, table: Path) -> str:
    files = sorted(delivered.glob("*.csv"))
    csv = sum(file.stat().st_size for file in files)
    packed = sum(map(_packed_bytes, files))
    parquet = sum(file.stat().st_size for file in table.rglob("*.parquet"))
    lines = [
        "# Sales as CSV and as the Parquet of the lake, which has the columns of customers too;",
        "# written by `python -m benchmarks.formats`. A ratio is CSV to Parquet.",
        f"rows = {rows}",
        f"csv_bytes_a_row = {csv / rows:.1f}",
        f"gzip_bytes_a_row = {packed / rows:.1f}",
        f"parquet_bytes_a_row = {parquet / rows:.1f}",
        "",
        "[times_faster]",
    ]
    with duckdb.connect() as connection:
        for name, query in QUERIES.items():
            of_csv = query.format(
                sales=f"read_csv('{delivered}/*.csv', {_CSV})",
                month=_OF_CSV,
            )
            of_parquet = query.format(
                sales=f"read_parquet('{table}/*/*/*.parquet', hive_partitioning = true)",
                month=_OF_PARQUET,
            )
            slow, fast = (_seconds(connection, each) for each in (of_csv, of_parquet))
            lines.append(f"{name} = {slow / fast:.0f}")
    return "\n".join(lines) + "\n"


def _packed_bytes(file: Path) -> int:
    packed = file.with_suffix(".gz")
    with file.open("rb") as content, gzip.open(packed, "wb", compresslevel=6) as target:
        shutil.copyfileobj(content, target)
    return packed.stat().st_size


def _seconds(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    """Return the median of some rounds, after one that is not counted."""
    taken = []
    for _ in range(1 + ROUNDS):
        started = time.perf_counter()
        connection.execute(query).fetchall()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken[1:])


if __name__ == "__main__":
    main()
