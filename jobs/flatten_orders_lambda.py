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
from salesetl.s3_events import handle

logging.getLogger().setLevel(logging.INFO)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Load every file of an event of S3, or of a queue of such events."""
    lake = os.environ["SALESETL_OUTPUT_PATH"]

    def load(path: str, run_id: str) -> RunReport:
        with local_engine("duckdb", flatten_orders.JOB, [path, lake], 0) as engine:
            return flatten_orders.run(
                engine, orders_path=InputPath(path), output_path=lake, run_id=run_id
            )

    return handle(event, lake, flatten_orders.JOB, load)
