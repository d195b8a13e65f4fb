"""What the DAGs of this folder share: where they find things, and how tasks are tried again."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import DAG, Asset
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.datasets import Dataset as Asset
    from airflow.operators.bash import BashOperator

__all__ = ["DAG", "Asset", "command"]

# One writer at a time: airflow pools set salesetl_warehouse 1 "one writer"
WAREHOUSE_POOL = os.environ.get("SALESETL_POOL", "salesetl_warehouse")
# What a run makes anew: the star in the warehouse, and its copy in the lake.
RETAIL_STAR, RETAIL_PROCESSED = (
    Asset(f"salesetl://retail/{name}") for name in ("star", "processed")
)
SHOP_STAR, SHOP_PROCESSED = (
    Asset(f"salesetl://shop/{name}") for name in ("star", "processed")
)

# A task that is tried again does not do twice what it has done.
TRIED_AGAIN: dict[str, Any] = {
    "owner": "salesetl",
    "retries": int(os.environ.get("SALESETL_RETRIES", "2")),
    "retry_delay": timedelta(minutes=5),
    "execution_timeout": timedelta(hours=1),
}


def command(
    task_id: str, text: str, *, minutes: int | None = None, **options: Any
) -> BashOperator:
    """Return a task that runs a command of salesetl with the environment of the worker.

    The shell fills in the values of the environment: the text, which Airflow shows, has no secret.
    """
    if minutes:
        options["execution_timeout"] = timedelta(minutes=minutes)
    return BashOperator(
        task_id=task_id,
        bash_command=f"set -euo pipefail\n{text}",
        append_env=True,
        **options,
    )
