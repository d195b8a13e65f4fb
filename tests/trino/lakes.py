"""The lakes that are asked: one of made-up retailers, and one of the greatest amounts."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from generators.__main__ import main as generate
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, SALES_SUMMARY
from tests.jobs.retailer import Retailer
from tests.jobs.shop import Shop, order, sale
from tests.jobs.web_shop import WebShop
from tests.sql.test_exact_quotients import (
    AMOUNTS,
    a_sale,
    an_order,
    publish,
    publish_orders,
)

_AS_OF = date(2025, 12, 17)


def retailer(engine: DuckDbEngine, home: Path) -> Path:
    """Load generated data of all pipelines, and reject some rows of each.

    The first month of the orders begins late.
    """
    raw = ["--dirt", "0", "--output_path", str(home / "raw")]
    generate(["sales", "--rows", "60000", "--customers", "500", *raw])
    days = ["--start_date", "2025-03-20", "--end_date", f"{_AS_OF}"]
    generate(["orders", "--orders_per_day", "40", *days, *raw])
    shop = Shop(engine, home)
    shop.load(home / "raw" / "sales", home / "raw" / "customers")
    shop.load_orders(home / "raw" / "orders")
    rejected = shop.deliver("rejected", [sale(1, quantity="x")])
    shop.load(rejected, run_id="rejected", allow_empty=True)
    rejected = shop.deliver_orders("rejected_orders", [order(1, items=[])])
    shop.load_orders(rejected, run_id="rejected", allow_empty=True)
    raw = ["--dirt", "0.05", "--output_path", str(home / "raw")]
    size = ["--customers", "100", "--products", "30", "--orders", "300"]
    generate(["retail", *size, "--days", "40", *raw])
    start = ["--start_time", "2025-01-31T12:00:00Z", "--kept_path", str(home / "kept")]
    generate(["shop", "--records", "500", "--rate", "0.01", *start, *raw])
    Retailer(engine, home).load()
    WebShop(engine, home).load()
    return home / "lake"


def greatest_amounts(engine: DuckDbEngine, home: Path) -> Path:
    """Write months of amounts whose sums no double holds to the cent, returns among them."""
    orders, sales, lines = [], [], []
    for number, amounts in enumerate(AMOUNTS):
        month = date(2025, 1 + number, 1)
        orders += [
            an_order(10 * number + place, month, amount, customer_id=f"C{place}")
            for place, amount in enumerate(amounts)
        ]
        signed = [Decimal(each) * (1 - 2 * (number % 2)) for each in amounts]
        sales += [
            a_sale(10 * number + place, amount) | {"date": month, "month": month.month}
            for place, amount in enumerate(signed)
        ]
        lines.append(
            {
                "region": f"R{number}",
                "total_revenue": sum(signed),
                "transaction_count": len(signed),
                "units_sold": 1,
                "year": 2025,
                "month": month.month,
            }
        )
    absurd = {"quantity": Decimal(999999999), "unit_price": Decimal("99999.9900")}
    publish_orders(engine, home, orders, **absurd)
    publish(engine, home, ENRICHED_SALES, sales)
    publish(engine, home, SALES_SUMMARY, lines)
    return home
