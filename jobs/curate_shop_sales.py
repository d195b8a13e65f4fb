"""Glue job: curate sales of a web shop, with its users and products."""

from salesetl.launcher import launch
from salesetl.pipelines.shop.pipeline import SHOP

if __name__ == "__main__":
    launch(SHOP)
