"""The models are SQL of each warehouse, also of those that cannot run here."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from salesetl.warehouses.dbt_models import PROJECT
from tests.warehouses.dbt_program import PROGRAM, needs_dbt
from tests.warehouses.sql_parsing import unparsable

STARS = ("retail", "shop", "events")

# What dbt would ask a warehouse with, but does not.
_SETTINGS = {
    "SALESETL_LAKE": "lake",
    "SALESETL_REDSHIFT_CLUSTER": "cluster",
    "SALESETL_REDSHIFT_HOST": "localhost",
    "SALESETL_REDSHIFT_USER": "user",
    "SNOWFLAKE_ACCOUNT": "account",
    "SNOWFLAKE_USER": "user",
    "SNOWFLAKE_PRIVATE_KEY_PATH": "/dev/null",
}
# Those that dbt itself makes of a declaration are alike, and there are many.
_OF_DBT = ("not_null_", "unique_", "accepted_values_", "relationships_", "source_")


@needs_dbt
@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "dialect"),
    [
        ("redshift", "redshift"),
        ("snowflake", "snowflake"),
        ("postgres", "postgres"),
        ("duckdb_warehouse", "duckdb"),
    ],
)
def test_models_can_be_read_by_each_warehouse(
    target: str, dialect: str, tmp_path: Path
) -> None:
    paths = {"DBT_TARGET_PATH": str(tmp_path), "DBT_LOG_PATH": str(tmp_path)}
    words = ["compile", "--no-populate-cache", "--no-introspect", "--target", target]
    project = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    done = subprocess.run(
        [
            PROGRAM,
            *words,
            *project,
            *("--vars", json.dumps({"adds_to_itself": True})),
            *("--select", *(f"path:models/{name}" for name in STARS)),
        ],
        env=os.environ | _SETTINGS | paths,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout

    compiled = {
        path.stem: path.read_text()
        for path in (tmp_path / "compiled").rglob("*.sql")
        if not path.name.startswith(_OF_DBT)
    }
    models = {
        path.stem for name in STARS for path in PROJECT.glob(f"models/{name}/**/*.sql")
    }
    assert models and models <= set(compiled)
    wrong = {name: unparsable(text, dialect) for name, text in compiled.items()}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_what_is_no_sql_is_found() -> None:
    assert unparsable("select 1 as one", "redshift") == []
    assert unparsable("create table x (a integer) distkey distkey", "redshift")
    assert unparsable("select qualify from by", "snowflake")
