"""What the DAGs of this folder share: where they find things, and how tasks are tried again."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.sensors.filesystem import FileSensor
    from airflow.sdk import DAG, Asset
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.datasets import Dataset as Asset
    from airflow.operators.bash import BashOperator
    from airflow.sensors.filesystem import FileSensor

__all__ = ["DAG", "Asset", "command", "files_in"]

# One writer at a time: airflow pools set salesetl_warehouse 1 "one writer"
WAREHOUSE_POOL = os.environ.get("SALESETL_POOL", "salesetl_warehouse")
# Words of commands; the shell of the worker fills them in.
PROFILE = '${SALESETL_PROFILE:+--source_profile "$SALESETL_PROFILE"}'
ENGINE = '--engine "${SALESETL_ENGINE:-auto}"'
WAREHOUSE = '--warehouse "$SALESETL_WAREHOUSE"'
LAKE = '--output_path "$SALESETL_LAKE"'

# What a run makes anew: the star in the warehouse, and its copy in the lake.
RETAIL_STAR, RETAIL_PROCESSED = (
    Asset(f"salesetl://retail/{name}") for name in ("star", "processed")
)
SHOP_STAR, SHOP_PROCESSED = (
    Asset(f"salesetl://shop/{name}") for name in ("star", "processed")
)
EVENTS_STAR, EVENTS_PROCESSED = (
    Asset(f"salesetl://events/{name}") for name in ("star", "processed")
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


def files_in(task_id: str, below: str, *, minutes: int) -> Any:
    """Return a task that waits for files below SALESETL_RAW, on S3 or on a disk of the worker.

    While it waits it takes no slot of a worker. Where none come, what follows is skipped. With no
    minutes to wait it looks once.
    """
    raw = os.environ.get("SALESETL_RAW", "data/raw")
    waiting: dict[str, Any] = {
        "task_id": task_id,
        "deferrable": minutes > 0,
        "soft_fail": True,
        "timeout": 60 * minutes,
        "poke_interval": 60,
        # The time to wait is over for a task that is tried again too.
        "retries": 0,
    }
    if raw.startswith("s3://"):
        from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor

        return S3KeySensor(bucket_key=f"{raw}/{below}", wildcard_match=True, **waiting)
    return FileSensor(filepath=os.path.abspath(f"{raw}/{below}"), **waiting)
