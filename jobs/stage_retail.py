"""Glue job: stage deliveries of customers, products and order lines."""

from salesetl.launcher import launch
from salesetl.pipelines.retail.pipeline import RETAIL

if __name__ == "__main__":
    launch(RETAIL)
