"""Airflow: the sales of a web shop, from its micro-batches to the star.

The environment of the workers says where things are, as for `retail_etl`.
"""

from datetime import datetime, timedelta, timezone

from airflow.timetables.interval import CronDataIntervalTimetable
from settings import (
    DAG,
    ENGINE,
    LAKE,
    PROFILE,
    SHOP_PROCESSED,
    SHOP_STAR,
    TRIED_AGAIN,
    WAREHOUSE,
    WAREHOUSE_POOL,
    command,
)

DAY = "{{ data_interval_start | ds }}"
SOURCES = " ".join(
    f'--{name}_path "$SALESETL_RAW/shop/{name}/"'
    for name in ("sales", "users", "products")
)

with DAG(
    dag_id="shop_daily",
    description="Curate the sales of the shop, and model them",
    schedule=CronDataIntervalTimetable("30 5 * * *", timezone="UTC"),
    start_date=datetime(2025, 1, 1, 5, 30, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=4),
    default_args=TRIED_AGAIN,
    tags=["salesetl", "shop"],
) as dag:
    # Batches come all day: what no run has read yet is read, of whatever day it is.
    curate_sales = command(
        "curate_sales",
        f"""\
if [[ -n "${{SALESETL_GLUE_ENV:-}}" ]]; then
  salesetl run-job curate_shop_sales --env "$SALESETL_GLUE_ENV" {PROFILE}
else
  salesetl run curate_shop_sales {SOURCES} {LAKE} --input_mode new {PROFILE} {ENGINE}
fi""",
        minutes=120,
    )
    load_to_staging = command(
        "load_to_staging",
        f"salesetl warehouse load shop {WAREHOUSE} {LAKE}",
        pool=WAREHOUSE_POOL,
    )
    transform_to_dim_fact = command(
        "transform_to_dim_fact",
        f"salesetl warehouse build shop {WAREHOUSE} {LAKE} --as_of {DAY}",
        pool=WAREHOUSE_POOL,
        outlets=[SHOP_STAR],
    )
    unload_to_processed = command(
        "unload_to_processed",
        f"salesetl warehouse unload shop {WAREHOUSE} {LAKE}",
        pool=WAREHOUSE_POOL,
        outlets=[SHOP_PROCESSED],
    )

    curate_sales >> load_to_staging >> transform_to_dim_fact >> unload_to_processed
