"""Glue job: enrich sales with their customers, partition them by month, and sum them up."""

from salesetl.launcher import launch
from salesetl.pipelines.sales.pipeline import SALES

if __name__ == "__main__":
    launch(SALES)
