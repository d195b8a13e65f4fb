"""Writes retail data: a folder a day, with two snapshots and the lines of orders."""

import json
from pathlib import Path

from tqdm import tqdm

from generators import retail_customers, retail_products
from generators.retail_dirt import CUSTOMER_DIRT, PRODUCT_DIRT
from generators.retail_orders import OrderFile
from generators.retail_plan import RetailPlan
from generators.retail_snapshots import SnapshotFile
from generators.retail_truth import RetailTruth


def write_retail(plan: RetailPlan, root: Path) -> dict[str, int]:
    """Write `retail/delivered=DATE/{customers,products,orders}.csv` below a root.

    Return the number of rows of each. `_answers/retail.json` has what is rejected of them and why,
    and what a warehouse must have in the end. Memory does not grow with the number of days or of
    orders, but for those that are still to be delivered.
    """
    _remove_deliveries(root)
    members = retail_customers.make_retail_customers(
        plan.customers, plan.days, plan.start_date, plan.seed
    )
    goods = retail_products.make_retail_products(plan.products, plan.days, plan.seed)
    customers = SnapshotFile(plan, members, retail_customers.COLUMNS, CUSTOMER_DIRT)
    products = SnapshotFile(plan, goods, retail_products.COLUMNS, PRODUCT_DIRT)
    truth = RetailTruth(plan.dates(), customers.known, products.known)
    orders = OrderFile(plan, members, goods, truth)
    progress = tqdm(plan.batches(), total=plan.days, unit=" days", disable=None)
    for day, batches in enumerate(progress):
        date = plan.dates()[day]
        folder = root / "retail" / f"delivered={date}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "customers.csv").write_bytes(customers.content(day, date))
        (folder / "products.csv").write_bytes(products.content(day, date))
        with (folder / "orders.csv").open("wb") as file:
            file.writelines(orders.contents(day, batches))
    answers = {
        "customers": customers.answers,
        "products": products.answers,
        "orders": orders.answers,
    }
    known = {name: each.as_dict() for name, each in answers.items()}
    path = root / "_answers" / "retail.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(known | {"truth": truth.as_dict()}, indent=2) + "\n")
    return {name: each.rows_read for name, each in answers.items()}


def _remove_deliveries(root: Path) -> None:
    """Remove the deliveries of an earlier time, of which there may be more."""
    for name in ("customers", "products", "orders"):
        for stale in root.glob(f"retail/delivered=*/{name}.csv"):
            stale.unlink()
    for folder in root.glob("retail/delivered=*"):
        if not any(folder.iterdir()):
            folder.rmdir()
