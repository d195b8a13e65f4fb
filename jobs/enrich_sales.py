"""Glue job: join sales with their customers, and summarize them by month."""

from salesetl.launcher import launch
from salesetl.pipelines.sales.pipeline import SALES

if __name__ == "__main__":
    launch(SALES)
