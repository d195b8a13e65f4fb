"""Lambda function: flatten the orders of a file as soon as it is written to S3.

`SALESETL_OUTPUT_PATH` names the lake.
"""

import logging
import os
import time
from collections.abc import Mapping
from typing import Any

from salesetl.arguments import InputPath
from salesetl.errors import LeaseError
from salesetl.local import local_engine
from salesetl.pipelines import flatten_orders
from salesetl.runs import RunReport
from salesetl.s3_events import handle

logging.getLogger().setLevel(logging.INFO)

# A run of a small file takes about as long.
_MILLISECONDS_TO_LOAD = 30_000
_SECONDS_BETWEEN_TRIES = 2


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Load every file of an event of S3, or of a queue of such events.

    A rejected order is kept in quarantine and does not keep the others of its file from the lake.
    """
    lake = os.environ["SALESETL_OUTPUT_PATH"]

    def load(path: str, run_id: str) -> RunReport:
        while True:
            try:
                return _run(path, lake, run_id)
            except LeaseError:
                # Another file is being loaded; several are often written at once.
                if not context or (
                    context.get_remaining_time_in_millis() < _MILLISECONDS_TO_LOAD
                ):
                    raise
                time.sleep(_SECONDS_BETWEEN_TRIES)

    return handle(event, lake, flatten_orders.JOB, load)


def _run(path: str, lake: str, run_id: str) -> RunReport:
    with local_engine("duckdb", flatten_orders.JOB, [path, lake], 0) as engine:
        return flatten_orders.run(
            engine,
            orders_path=InputPath(path),
            output_path=lake,
            run_id=run_id,
            max_rejected_ratio=1,
            allow_empty=True,
        )
