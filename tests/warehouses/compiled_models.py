"""Models as SQL of DuckDB, to run on tables that a test makes."""

import json
import os
import re
import subprocess
from pathlib import Path

from salesetl.warehouses.dbt_models import PROJECT
from tests.warehouses.dbt_program import PROGRAM

_REFERENCE = re.compile(r'"?memory"?\."?(\w+)"?\."?(\w+)"?')


def compiled_models(folder: Path, *, adds_to_itself: bool = False) -> dict[str, str]:
    """Compile the models of stars below a folder; tables have no schema in the SQL.

    Incremental models are those of a first build, or of one that `adds_to_itself`.
    """
    words = ["compile", "--no-populate-cache", "--no-introspect"]
    paths = {"DBT_TARGET_PATH": str(folder), "DBT_LOG_PATH": str(folder)}
    done = subprocess.run(
        [
            PROGRAM,
            *words,
            *("--target", "duckdb_warehouse"),
            *("--vars", json.dumps({"adds_to_itself": adds_to_itself})),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *(
                "--select",
                "path:models/retail",
                "path:models/shop",
                "path:models/events",
            ),
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
