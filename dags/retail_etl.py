"""Airflow: a day's delivery of retail, from its files to the star and back to the lake.

The environment of the workers says where things are: SALESETL_RAW, below which deliveries are,
SALESETL_LAKE, SALESETL_WAREHOUSE (a URL), SALESETL_PROFILE for a source profile. The job runs on
Glue if SALESETL_GLUE_ENV is set, or else on the worker, on the engine of SALESETL_ENGINE; a crawler
runs if SALESETL_CRAWLER is set.
"""

from datetime import datetime, timedelta, timezone

from airflow.timetables.interval import CronDataIntervalTimetable
from settings import (
    DAG,
    ENGINE,
    LAKE,
    PROFILE,
    RETAIL_PROCESSED,
    RETAIL_STAR,
    TRIED_AGAIN,
    WAREHOUSE,
    WAREHOUSE_POOL,
    command,
)

# The delivery of a day is complete in the night after it.
DAY = "{{ data_interval_start | ds }}"
DELIVERY = f'--retail_path "$SALESETL_RAW/retail/delivered={DAY}"'

with DAG(
    dag_id="retail_etl",
    description="Check, crawl, stage, model and unload a day's delivery of retail",
    schedule=CronDataIntervalTimetable("0 5 * * *", timezone="UTC"),
    start_date=datetime(2025, 1, 1, 5, tzinfo=timezone.utc),
    catchup=False,
    # Days are loaded one after the other, in any order: the star is that of all days.
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=4),
    default_args=TRIED_AGAIN,
    tags=["salesetl", "retail"],
) as dag:
    check_s3_files = command(
        "check_s3_files",
        f"salesetl delivered stage_retail {DELIVERY} {LAKE} {PROFILE}",
        minutes=15,
    )
    run_glue_crawler = command(
        "run_glue_crawler",
        """\
if [[ -n "${SALESETL_CRAWLER:-}" ]]; then
  salesetl crawl "$SALESETL_CRAWLER" --minutes 50
else
  echo "no SALESETL_CRAWLER: the job registers its tables itself"
fi""",
    )
    load_to_staging = command(
        "load_to_staging",
        f"""\
if [[ -n "${{SALESETL_GLUE_ENV:-}}" ]]; then
  salesetl run-job stage_retail --env "$SALESETL_GLUE_ENV" {DELIVERY} {PROFILE}
else
  salesetl run stage_retail {DELIVERY} {LAKE} {PROFILE} {ENGINE}
fi
salesetl warehouse load retail {WAREHOUSE} {LAKE}""",
        pool=WAREHOUSE_POOL,
        minutes=120,
    )
    transform_to_dim_fact = command(
        "transform_to_dim_fact",
        f"salesetl warehouse build retail {WAREHOUSE} {LAKE} --as_of {DAY}",
        pool=WAREHOUSE_POOL,
        outlets=[RETAIL_STAR],
    )
    unload_to_processed = command(
        "unload_to_processed",
        f"salesetl warehouse unload retail {WAREHOUSE} {LAKE}",
        pool=WAREHOUSE_POOL,
        outlets=[RETAIL_PROCESSED],
    )

    (
        check_s3_files
        >> run_glue_crawler
        >> load_to_staging
        >> transform_to_dim_fact
        >> unload_to_processed
    )
