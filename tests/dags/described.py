"""Prints what the DAGs are, as JSON; run by the Python of the environment with Airflow."""

import importlib
import json
import sys
import warnings
from typing import Any

# Not every environment has Airflow, so nothing is known of its types.
FOLDER, *NAMES = sys.argv[1:]


def described(dag: Any) -> dict[str, Any]:
    """Return what a test asks of a DAG."""
    return {
        "dag_id": dag.dag_id,
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "timeout": dag.dagrun_timeout.total_seconds(),
        "tasks": {
            task.task_id: {
                "after": sorted(task.upstream_task_ids),
                "retries": task.retries,
                "timeout": task.execution_timeout.total_seconds(),
                "pool": task.pool,
                "trigger_rule": getattr(task.trigger_rule, "value", task.trigger_rule),
                "command": getattr(task, "bash_command", ""),
                "waits_for": getattr(task, "filepath", None),
                "takes_no_slot": getattr(task, "deferrable", False),
                "outlets": [outlet.uri for outlet in task.outlets],
            }
            for task in dag.tasks
        },
    }


sys.path.insert(0, FOLDER)
with warnings.catch_warnings(record=True) as raised:
    warnings.simplefilter("always")
    dags = [importlib.import_module(name).dag for name in NAMES]
own = [str(each.message) for each in raised if FOLDER in str(each.filename)]
json.dump({"warnings": own, "dags": [described(dag) for dag in dags]}, sys.stdout)
