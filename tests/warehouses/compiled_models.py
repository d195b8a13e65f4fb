"""Models as SQL of DuckDB, to run on tables that a test makes."""

import os
import re
import subprocess
from pathlib import Path

from salesetl.warehouses.dbt_runs import PROJECT
from tests.warehouses.dbt_program import PROGRAM

_REFERENCE = re.compile(r'"?memory"?\."?(\w+)"?\."?(\w+)"?')


def compiled_models(folder: Path) -> dict[str, str]:
    """Compile the models of retail and shop below a folder; tables have no schema in the SQL."""
    words = ["compile", "--no-populate-cache", "--no-introspect"]
    paths = {"DBT_TARGET_PATH": str(folder), "DBT_LOG_PATH": str(folder)}
    done = subprocess.run(
        [
            PROGRAM,
            *words,
            *("--target", "duckdb_warehouse"),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--select", "path:models/retail", "path:models/shop"),
        ],
        env=os.environ | {"SALESETL_LAKE": "lake"} | paths,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return {
        path.stem: _REFERENCE.sub(r"\2", path.read_text())
        for path in (folder / "compiled" / "salesetl" / "models").rglob("*.sql")
        if path.parent.suffix != ".yml"
    }
