"""Lambda function: flatten the orders of a file as soon as it is written to S3.

`SALESETL_OUTPUT_PATH` names the lake.
"""

import logging
import os
from collections.abc import Mapping
from typing import Any

from salesetl.arguments import InputPath
from salesetl.local import local_engine
from salesetl.pipelines import flatten_orders
from salesetl.runs import RunReport
from salesetl.s3_events import Loading, handle
from salesetl.storage import normalized

logging.getLogger().setLevel(logging.INFO)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Load the files of an event that are not loaded yet, and return what a queue must send again.

    A rejected order does not keep the others from the lake. An error if a file failed and the event
    did not come through a queue.
    """
    lake = normalized(os.environ["SALESETL_OUTPUT_PATH"])

    def load(path: str, run_id: str) -> RunReport:
        with local_engine("duckdb", flatten_orders.JOB, [path, lake], 0) as engine:
            return flatten_orders.run(
                engine,
                orders_path=InputPath(path),
                output_path=lake,
                run_id=run_id,
                max_rejected_ratio=1,
                allow_empty=True,
            )

    return handle(event, Loading(flatten_orders.JOB, lake, load, context))
