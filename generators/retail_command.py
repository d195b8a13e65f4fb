"""The command line for retail data."""

import argparse
import sys
from datetime import date, timedelta

from generators.argument_values import positive
from generators.places import written
from salesetl.errors import ArgumentError

_DESCRIPTION = """\
Write a folder a day: customers and products as full snapshots, and the new and corrected lines of
orders. Customers arrive, leave, return, change their name and correct their e-mail address; prices
change; products are withdrawn and come back; orders are late, are corrected, or name customers and
products that no snapshot knows. _answers/retail.json has the revenue of each day, the orphans, and
the rows that are faulty."""
_DAYS_BEFORE = timedelta(days=1000)


def add_retail(retail: argparse.ArgumentParser) -> None:
    """Add the arguments of retail data."""
    retail.description = _DESCRIPTION
    for name, default, text in (
        (
            "customers",
            1000,
            "customers who arrive in all, nine of ten before the start",
        ),
        ("products", 100, "products that arrive in all, most of them before the start"),
        ("orders", 5000, "orders of all days, each of 1 to 5 lines"),
        ("days", 30, "days with a delivery"),
    ):
        retail.add_argument(f"--{name}", type=positive, default=default, help=text)
    retail.add_argument(
        "--start_date",
        type=date.fromisoformat,
        default=date(2025, 1, 1),
        help="day of the first delivery",
    )
    retail.set_defaults(make=_make_retail)


def _make_retail(arguments: argparse.Namespace) -> None:
    # Imported late, as the names of people are: the other data starts without them.
    from generators.retail import write_retail
    from generators.retail_plan import RetailPlan

    start, days = arguments.start_date, arguments.days
    if start - date.min < _DAYS_BEFORE or (date.max - start).days < days:
        raise ArgumentError(
            f"--start_date {start} and --days {days}: there are no such dates; use the years 1000"
            " to 9000"
        )
    plan = RetailPlan(
        customers=arguments.customers,
        products=arguments.products,
        orders=arguments.orders,
        days=days,
        start_date=start,
        seed=arguments.seed,
        dirt=arguments.dirt,
    )
    with written(arguments.output_path) as root:
        rows = write_retail(plan, root)
    counts = ", ".join(f"{count:,} rows of {name}" for name, count in rows.items())
    sys.stdout.write(f"{arguments.output_path}: {days:,} deliveries, {counts}\n")
