"""Glue job: enrich sales with their customers, partition them by month, and sum them up."""

from salesetl.launcher import launch
from salesetl.pipelines.enrich_sales import run

if __name__ == "__main__":
    launch(run)
