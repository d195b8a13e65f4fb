"""The DAGs: tasks in their order, tried again, limited in time, none that hides a failure."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.dags.airflow_home import BIN, ROOT, Airflow, needs_airflow

pytestmark = [needs_airflow, pytest.mark.dags]

NAMES = ["events_hourly", "retail_etl", "shop_daily", "star_report"]
FIVE = [
    "check_s3_files",
    "run_glue_crawler",
    "load_to_staging",
    "transform_to_dim_fact",
    "unload_to_processed",
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Import the DAGs, and return what they are."""
    airflow = Airflow(tmp_path_factory.mktemp("airflow"))
    script = Path(__file__).with_name("described.py")
    done = subprocess.run(
        [BIN / "python", script, ROOT / "dags", *NAMES],
        env=airflow.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    described: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return described


@pytest.fixture
def dags(found: dict[str, Any]) -> dict[str, Any]:
    """Return the DAGs by their names."""
    return {dag["dag_id"]: dag for dag in found["dags"]}


def test_all_dags_of_the_folder_are_read_without_a_warning(
    found: dict[str, Any], dags: dict[str, Any]
) -> None:
    files = {path.stem for path in (ROOT / "dags").glob("*.py")} - {"settings"}

    assert found["warnings"] == []
    assert set(dags) == set(NAMES) == files


def test_the_five_tasks_of_retail_follow_each_other(dags: dict[str, Any]) -> None:
    tasks = dags["retail_etl"]["tasks"]

    assert list(tasks) == FIVE
    assert [task["after"] for task in tasks.values()] == [[], *([n] for n in FIVE[:-1])]


def test_no_task_hides_that_one_before_it_has_failed(dags: dict[str, Any]) -> None:
    rules = {
        name: task["trigger_rule"]
        for dag in dags.values()
        for name, task in dag["tasks"].items()
    }

    # What is skipped has not failed: where no files come, that is what it looks at.
    assert rules.pop("check_freshness") == "none_failed"
    assert set(rules.values()) == {"all_success"}


def test_tasks_are_tried_again_and_limited_in_time(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        assert (dag["catchup"], dag["max_active_runs"]) == (False, 1)
        for task in dag["tasks"].values():
            assert 0 < task["timeout"] <= dag["timeout"]


def test_one_task_at_a_time_writes_to_the_warehouse(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        for task in dag["tasks"].values():
            is_writing = " warehouse " in task["command"]
            assert (task["pool"] == "salesetl_warehouse") == is_writing


def test_the_day_is_that_of_the_interval_and_no_secret_is_in_a_command(
    dags: dict[str, Any],
) -> None:
    tasks = dags["retail_etl"]["tasks"]

    for name in ("check_s3_files", "load_to_staging"):
        assert "delivered={{ data_interval_start | ds }}" in tasks[name]["command"]
    text = json.dumps(dags)
    assert "now()" not in text and "PASSWORD" not in text


def test_a_star_that_is_published_and_its_copy_are_assets(dags: dict[str, Any]) -> None:
    outlets = {
        name: task["outlets"] for name, task in dags["retail_etl"]["tasks"].items()
    }

    assert outlets["transform_to_dim_fact"] == ["salesetl://retail/star"]
    assert outlets["unload_to_processed"] == ["salesetl://retail/processed"]


def test_a_model_of_events_follows_what_it_is_made_from(dags: dict[str, Any]) -> None:
    tasks = dags["events_hourly"]["tasks"]
    models = {
        name: task for name, task in tasks.items() if "--model" in task["command"]
    }

    declared = {path.stem for path in (ROOT / "dbt/models/events").rglob("*.sql")}
    assert set(models) == declared | {"order_states"}
    assert models["stg_events"]["after"] == ["load_events"]
    assert models["fct_orders"]["after"] == ["stg_events"]
    assert models["analytics_orders"]["after"] == [
        "fct_orders",
        "int_customer_purchase_history",
    ]
    assert tasks["test_and_publish"]["after"] == sorted(models)


def test_events_are_waited_for_without_a_slot(dags: dict[str, Any]) -> None:
    waiting = dags["events_hourly"]["tasks"]["wait_for_files"]

    assert waiting["takes_no_slot"]
    hour = "{{ data_interval_start.strftime('%Y/%m/%d/%H') }}"
    assert waiting["waits_for"].endswith(f"/events/{hour}/*")
