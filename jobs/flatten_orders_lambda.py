"""Lambda function: flatten the orders of a file as soon as it is written to S3.

`SALESETL_OUTPUT_PATH` names the lake. `SALESETL_DATABASE`, if it is set, names the database of the
Data Catalog in which its tables are registered.
"""

import logging
import os
from collections.abc import Mapping
from typing import Any

from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.s3_events import handle, loading_into

logging.getLogger().setLevel(logging.INFO)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Load the new files of an event, and return the messages that a queue must send again.

    A rejected order does not keep the others from the lake. An error if a file failed and the event
    did not come through a queue.
    """
    lake, database = os.environ["SALESETL_OUTPUT_PATH"], os.environ.get(
        "SALESETL_DATABASE"
    )
    return handle(event, loading_into(ORDERS, lake, context, database))
