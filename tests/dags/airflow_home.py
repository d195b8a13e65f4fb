"""An Airflow of its own for tests: its home, and the runs of a DAG to their end."""

import os
import subprocess
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.warehouses.dbt_program import PROGRAM as DBT

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv-airflow" / "bin"

needs_airflow = pytest.mark.skipif(
    not (BIN / "airflow").exists() or not DBT.exists(),
    reason=f"{BIN} or {DBT} is not there: make .venv-airflow/.ready .venv-dbt/.ready",
)


@dataclass(frozen=True)
class Airflow:
    """The home of an Airflow, which knows the DAGs of the repository."""

    home: Path

    def environment(self, **settings: str) -> dict[str, str]:
        """Return the environment of its commands, with settings of the DAGs."""
        return os.environ | {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "src"),
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "SALESETL_DBT": str(DBT),
            "SALESETL_RETRIES": "0",
            # The disk of this machine.
            "AIRFLOW_CONN_FS_DEFAULT": "fs://",
            **{f"SALESETL_{name.upper()}": text for name, text in settings.items()},
        }

    def begin(self) -> None:
        """Make its database, and the pool of the warehouse."""
        for words in (
            ["db", "migrate"],
            ["pools", "set", "salesetl_warehouse", "1", "one writer"],
        ):
            self._run(words, self.environment(), is_to_succeed=True)

    def run(self, dag: str, day: date, **settings: str) -> tuple[bool, str]:
        """Run a DAG for the interval that begins on a day; tell whether it succeeded, and its log."""
        # A run by hand is of the interval that has ended before its date.
        return self.run_at(dag, f"{day + timedelta(days=1)}T06:00:00+00:00", **settings)

    def run_at(self, dag: str, moment: str, **settings: str) -> tuple[bool, str]:
        """Run a DAG for the interval that has ended before a moment."""
        done = self._run(["dags", "test", dag, moment], self.environment(**settings))
        return done.returncode == 0, done.stdout + done.stderr

    def _run(
        self,
        words: list[str],
        environment: dict[str, str],
        *,
        is_to_succeed: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [BIN / "airflow", *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0 or not is_to_succeed, done.stderr
        return done
