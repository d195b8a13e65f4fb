"""Glue job: flatten nested orders into orders and order lines, partitioned by month."""

from salesetl.launcher import launch
from salesetl.pipelines.orders.pipeline import ORDERS

if __name__ == "__main__":
    launch(ORDERS)
