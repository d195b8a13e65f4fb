"""Load the events of an hour into the warehouse every hour, with one Airflow task for each model.

The environment of the workers says where things are: SALESETL_RAW, below which events are,
SALESETL_LAKE, SALESETL_WAREHOUSE (a URL), SALESETL_PROFILE for a source profile. The job runs on
Glue if SALESETL_GLUE_ENV is set, or else on the worker, on the engine of SALESETL_ENGINE.
SALESETL_WAIT_MINUTES is how long to wait for the files of an hour (15; 0: look once). If none come,
the hour has no events, and only freshness is checked. The next run loads files that come later.
"""

import os
from datetime import datetime, timedelta, timezone

from airflow.timetables.interval import CronDataIntervalTimetable
from settings import (
    DAG,
    ENGINE,
    EVENTS_PROCESSED,
    EVENTS_STAR,
    LAKE,
    PROFILE,
    TRIED_AGAIN,
    WAREHOUSE,
    WAREHOUSE_POOL,
    command,
    files_in,
)

from salesetl.warehouses.dbt_models import parents_of_models

# The folder of an hour, as Firehose names it. The run starts when its buffer is written.
HOUR = "{{ data_interval_start.strftime('%Y/%m/%d/%H') }}"
# Files of any hour that no run has loaded.
NEW_FILES = '--events_path "$SALESETL_RAW/events/" --input_mode new'
# A stream may write a file without events, which would stop this run and all later ones.
MAY_BE_EMPTY = "--allow_empty true"

with DAG(
    dag_id="events_hourly",
    description="Load the events that have come, build and test their models, and publish them",
    schedule=CronDataIntervalTimetable("10 * * * *", timezone="UTC"),
    start_date=datetime(2025, 1, 1, 0, 10, tzinfo=timezone.utc),
    catchup=False,
    # A run loads the new files of all hours, so that two at once would have the same files.
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=3),
    default_args=TRIED_AGAIN,
    tags=["salesetl", "events"],
) as dag:
    wait_for_files = files_in(
        "wait_for_files",
        f"events/{HOUR}/*",
        minutes=int(os.environ.get("SALESETL_WAIT_MINUTES", "15")),
    )
    load_events = command(
        "load_events",
        f"""\
if [[ -n "${{SALESETL_GLUE_ENV:-}}" ]]; then
  salesetl run-job stage_events --env "$SALESETL_GLUE_ENV" {MAY_BE_EMPTY} {PROFILE}
else
  salesetl run stage_events {NEW_FILES} {MAY_BE_EMPTY} {LAKE} {PROFILE} {ENGINE}
fi
salesetl warehouse load events {WAREHOUSE} {LAKE}""",
        pool=WAREHOUSE_POOL,
    )
    check_freshness = command(
        "check_freshness",
        f"salesetl warehouse freshness events {WAREHOUSE}",
        # Also when no files came: this task fails if there was no event for a day.
        trigger_rule="none_failed",
        pool=WAREHOUSE_POOL,
        minutes=15,
    )
    test_and_publish = command(
        "test_and_publish",
        f"salesetl warehouse publish events {WAREHOUSE} {LAKE}",
        pool=WAREHOUSE_POOL,
        outlets=[EVENTS_STAR],
    )
    unload_to_processed = command(
        "unload_to_processed",
        f"salesetl warehouse unload events {WAREHOUSE} {LAKE}",
        pool=WAREHOUSE_POOL,
        outlets=[EVENTS_PROCESSED],
    )

    parents = parents_of_models("events")
    models = {
        name: command(
            name,
            f"salesetl warehouse build events --model {name} {WAREHOUSE}",
            pool=WAREHOUSE_POOL,
        )
        for name in parents
    }
    for name, above in parents.items():
        ([models[each] for each in above] or [load_events]) >> models[name]
    wait_for_files >> load_events >> check_freshness
    list(models.values()) >> test_and_publish >> unload_to_processed
