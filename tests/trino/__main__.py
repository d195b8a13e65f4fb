"""Run all of sql/athena on a real Trino, and compare its rows with those of DuckDB.

It is run by `make athena-check`: `python -m tests.trino SERVER JAVA_HOME`.
"""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.functions import functions_of
from salesetl.registry import namespaces
from salesetl.runs import has_run
from salesetl.statements import statements
from salesetl.storage import storage_of
from tests.trino import lakes, pruning
from tests.trino.asking import SQL, Asked, Found, namespaces_of_statements
from tests.trino.server import Trino, TrinoError, started

_VARIANTS = {"registered": SQL / "tables", "projected": SQL / "tables" / "projected"}


def main() -> int:
    """Print a line for each statement; 1 if any failed or differs."""
    server, java = (Path(word).resolve() for word in sys.argv[1:])
    with TemporaryDirectory(prefix="salesetl-trino-") as name:
        home = Path(name)
        made = _make_lakes(home)
        (home / "trino").mkdir()
        try:
            with started(server, java, home / "trino") as trino:
                [(version,)] = trino.run("select version()").rows
                print(f"Trino {version}")
                count, faults = _told(_findings(trino, made))
        except TrinoError as error:
            print(f"athena_check: {error}", file=sys.stderr)
            return 1
    print(f"{count - faults} as DuckDB has them, {faults} not")
    return int(faults > 0)


def _make_lakes(home: Path) -> dict[str, Path]:
    with closing(DuckDbEngine()) as engine, functions_of(engine.functions):
        return {
            "retailer": lakes.retailer(engine, home / "retailer"),
            "greatest": lakes.greatest_amounts(engine, home / "greatest"),
        }


def _findings(trino: Trino, made: dict[str, Path]) -> Iterator[tuple[str, Found]]:
    for name, lake in made.items():
        for variant, tables in _VARIANTS.items():
            schema = f"{name}_{variant}"
            for found in Asked(trino, lake, schema, tables).findings():
                yield schema, found
            for namespace in _others(lake):
                schema = f"{name}_{variant}_{namespace}"
                for found in Asked(trino, lake, schema, tables).tables_alone(namespace):
                    yield schema, found
    texts = {name: each.text for name, each in statements().items()}
    for variant in _VARIANTS:
        schema = f"retailer_{variant}"
        for found in pruning.findings(trino, schema, texts):
            yield schema, found


def _others(lake: Path) -> list[str]:
    """Return the pipelines with runs in a lake whose tables no shipped statement asks."""
    storage, asked = storage_of(str(lake)), namespaces_of_statements()
    return [
        each
        for each in namespaces()
        if each not in asked and has_run(storage, str(lake), each)
    ]


def _told(findings: Iterator[tuple[str, Found]]) -> tuple[int, int]:
    """Print what was found; how many, and of those how many are faults."""
    count = faults = 0
    for schema, found in findings:
        count += 1
        faults += bool(found.faults)
        mark = "DIFFERS" if found.faults else "ok"
        print(
            f"{mark:8}{schema:28}{found.kind:9}{found.name:34}{found.rows:7}",
            flush=True,
        )
        for fault in found.faults:
            print(f"        {fault}"[:500])
    return count, faults


if __name__ == "__main__":
    sys.exit(main())
