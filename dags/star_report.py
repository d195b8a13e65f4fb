"""Airflow: the page of the lake, written anew when a star was unloaded to it.

SALESETL_REPORT is the file to write, SALESETL_LAKE a lake on a disk of the worker.
"""

from datetime import datetime, timedelta, timezone

from settings import (
    DAG,
    EVENTS_PROCESSED,
    RETAIL_PROCESSED,
    SHOP_PROCESSED,
    TRIED_AGAIN,
    command,
)

with DAG(
    dag_id="star_report",
    description="Write the page when a star was unloaded",
    schedule=RETAIL_PROCESSED | SHOP_PROCESSED | EVENTS_PROCESSED,
    start_date=datetime(2025, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=1),
    default_args=TRIED_AGAIN,
    tags=["salesetl"],
) as dag:
    write_report = command(
        "write_report",
        'salesetl report "$SALESETL_REPORT" --output_path "$SALESETL_LAKE"',
        minutes=30,
    )
