"""What a scheduler asks before a job: whether a delivery is there, and a crawl."""

from __future__ import annotations

import argparse
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from salesetl.arguments import parse_arguments
from salesetl.catalog.crawlers import Crawler
from salesetl.model.options import options_of
from salesetl.registry import jobs
from salesetl.runner.delivery import check_delivery

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_commands(groups: Commands) -> None:
    """Add the commands."""
    told = "check that the files of a job are there, not empty, and have the headers that are due"
    delivered = groups.add_parser(
        "delivered",
        help=told,
        description=f"{told.capitalize()}. Takes the arguments of the job.",
        allow_abbrev=False,
    )
    delivered.add_argument("job", choices=jobs())
    delivered.set_defaults(command=_delivered, takes_rest=True)
    told = "run a crawler of Glue, and wait until this crawl has succeeded"
    crawl = groups.add_parser("crawl", help=told, description=told)
    crawl.add_argument("name", help="name of the crawler")
    crawl.add_argument(
        "--minutes", type=int, default=60, help="how long it may take (60)"
    )
    crawl.set_defaults(command=_crawl)


def _delivered(arguments: argparse.Namespace) -> str:
    pipeline = jobs()[arguments.job]
    values = parse_arguments(options_of(pipeline.options), arguments.rest)
    found = check_delivery(pipeline, values)
    return "".join(
        f"{name}: {count} {'file' if count == 1 else 'files'}\n"
        for name, count in found.items()
    )


def _crawl(arguments: argparse.Namespace) -> str:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    Crawler(arguments.name, timedelta(minutes=arguments.minutes)).run()
    return f"crawler {arguments.name} has succeeded\n"
