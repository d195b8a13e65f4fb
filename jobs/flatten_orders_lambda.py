"""Lambda function: load each new file of orders as soon as it is written to S3.

`SALESETL_OUTPUT_PATH` is the path of the lake. If `SALESETL_DATABASE` is set, tables are registered
in this database of the Data Catalog.
"""

import logging
import os
from collections.abc import Mapping
from typing import Any

from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.s3_events import handle, loading_into

logging.getLogger().setLevel(logging.INFO)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Load the new files of an event, and return the messages that the queue must send again.

    Rejected orders do not stop the others from being loaded. A failed file raises an error if the
    event did not come from a queue.
    """
    lake = os.environ["SALESETL_OUTPUT_PATH"]
    database = os.environ.get("SALESETL_DATABASE")
    return handle(event, loading_into(ORDERS, lake, context, database))
