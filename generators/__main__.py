"""Write sample data of a retailer. The same seed gives the same files."""

import argparse
import sys
from datetime import date

from generators.argument_values import HelpFormatter, positive, share
from generators.buyers import make_buyers
from generators.customers import make_customers
from generators.events_command import add_events
from generators.orders import OrdersPlan, write_orders
from generators.places import written
from generators.retail_command import add_retail
from generators.sales import SalesPlan, write_sales
from generators.shop_command import add_shop
from salesetl.errors import exit_status, one_line
from salesetl.stopping import Stopped


def main(words: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m generators", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="DATA")
    sales = "write sales as CSV and customers as JSON lines"
    _add_sales(commands.add_parser("sales", help=sales, description=sales))
    orders = "write orders as nested JSON, one file a month"
    _add_orders(commands.add_parser("orders", help=orders, description=orders))
    retail = commands.add_parser("retail", help="write a retailer's daily deliveries")
    add_retail(retail)
    _add_common(retail)
    shop = commands.add_parser("shop", help="sell in a shop: users, products and sales")
    add_shop(shop)
    _add_common(shop)
    events = commands.add_parser("events", help="write what visitors of a shop do")
    add_events(events)
    _add_common(events)
    arguments = parser.parse_args(words)
    if (
        "end_date" in arguments
        and "start_date" in arguments
        and arguments.start_date > arguments.end_date
    ):
        parser.error(
            f"--start_date {arguments.start_date} is after --end_date {arguments.end_date}"
        )
    try:
        arguments.make(arguments)
    except Exception as error:
        parser.exit(exit_status(error), f"generators: error: {one_line(error)}\n")
    except Stopped as stopped:
        parser.exit(stopped.exit_status, f"generators: {stopped}\n")


def _add_sales(sales: argparse.ArgumentParser) -> None:
    sales.add_argument(
        "--rows",
        type=positive,
        default=10_000,
        help="sales to write, without duplicates",
    )
    sales.add_argument(
        "--customers", type=positive, default=500, help="customers to write"
    )
    sales.add_argument(
        "--days", type=positive, default=90, help="days of sales, up to --end_date"
    )
    sales.add_argument(
        "--end_date",
        type=date.fromisoformat,
        default=date(2025, 12, 17),
        help="last day of sales",
    )
    _add_common(sales)
    sales.set_defaults(make=_make_sales)


def _add_orders(orders: argparse.ArgumentParser) -> None:
    orders.add_argument(
        "--orders_per_day", type=positive, default=200, help="orders on an average day"
    )
    orders.add_argument(
        "--customers", type=positive, default=2000, help="customers who order"
    )
    for name, day, text in (
        ("--start_date", date(2025, 1, 1), "first day of orders"),
        ("--end_date", date(2025, 7, 31), "last day of orders"),
    ):
        orders.add_argument(name, type=date.fromisoformat, default=day, help=text)
    _add_common(orders)
    orders.set_defaults(make=_make_orders)


def _add_common(world: argparse.ArgumentParser) -> None:
    world.formatter_class = HelpFormatter
    world.add_argument(
        "--seed", type=int, default=42, help="seed of the random numbers"
    )
    world.add_argument(
        "--dirt", type=share, default=0.0, help="share of faulty records, 0 to 1"
    )
    world.add_argument(
        "--output_path", default="data/raw", help="a folder or s3://bucket/prefix"
    )


def _make_sales(arguments: argparse.Namespace) -> None:
    customers = make_customers(
        arguments.customers, arguments.days, arguments.end_date, arguments.seed
    )
    plan = SalesPlan(
        rows=arguments.rows,
        days=arguments.days,
        end_date=arguments.end_date,
        seed=arguments.seed,
        dirt=arguments.dirt,
    )
    with written(arguments.output_path) as root:
        customers.write(root / "customers" / "customer_demographics.json")
        answers = write_sales(plan, customers, root)
    sys.stdout.write(
        f"{arguments.output_path}: {answers.rows_read:,} sales lines,"
        f" {len(customers.ids):,} customers\n"
    )


def _make_orders(arguments: argparse.Namespace) -> None:
    plan = OrdersPlan(
        orders_per_day=arguments.orders_per_day,
        start_date=arguments.start_date,
        end_date=arguments.end_date,
        seed=arguments.seed,
        dirt=arguments.dirt,
    )
    buyers = make_buyers(arguments.customers, len(plan.days), arguments.seed)
    with written(arguments.output_path) as root:
        answers = write_orders(plan, buyers, root)
    sys.stdout.write(
        f"{arguments.output_path}: {answers.rows_read:,} lines of orders,"
        f" {arguments.customers:,} customers\n"
    )


if __name__ == "__main__":
    main()
