"""Write sample data: `python -m generators sales --help`."""

import argparse
import sys
from datetime import date
from pathlib import Path

from generators.customers import make_customers
from generators.sales import SalesPlan, write_sales


def main(words: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m generators", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="WORLD")
    sales = commands.add_parser(
        "sales", help="sales as CSV and customers as JSON lines"
    )
    sales.add_argument(
        "--rows", type=_positive, default=10_000, help="sales, without duplicates"
    )
    sales.add_argument("--customers", type=_positive, default=500)
    sales.add_argument("--days", type=_positive, default=90)
    sales.add_argument(
        "--end_date", type=date.fromisoformat, default=date(2025, 12, 17)
    )
    sales.add_argument("--seed", type=int, default=42)
    sales.add_argument(
        "--dirt", type=_share, default=0.0, help="share of rows to spoil, 0 to 1"
    )
    sales.add_argument("--output_path", type=Path, default=Path("data/raw"))
    sales.set_defaults(make=_make_sales)
    arguments = parser.parse_args(words)
    arguments.make(arguments)


def _make_sales(arguments: argparse.Namespace) -> None:
    root = arguments.output_path
    customers = make_customers(
        arguments.customers, arguments.days, arguments.end_date, arguments.seed
    )
    customers.write(root / "customers" / "customer_demographics.json")
    plan = SalesPlan(
        rows=arguments.rows,
        days=arguments.days,
        end_date=arguments.end_date,
        seed=arguments.seed,
        dirt=arguments.dirt,
    )
    answers = write_sales(plan, customers, root)
    sys.stdout.write(
        f"{root}: {answers.rows_read:,} sales lines, {len(customers.ids):,} customers\n"
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return number


def _share(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return number


if __name__ == "__main__":
    main()
