"""Lines get columns of other files, such as the date of their order."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from salesetl.display import report_text
from salesetl.engines.engine import Engine
from salesetl.errors import InputError
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.storage import storage_of
from tests.jobs.parity import Engines
from tests.jobs.shop import Shop
from tests.readers.workbooks import write_workbook

PROFILE = """
date_formats = ["yyyy-MM-dd HH:mm:ss"]
[columns]
date = "purchased at"
quantity = "one"
[constants]
region = ""
[expressions]
customer_id = "`customer code`"
product = "coalesce(Category, product_id)"
unit_price = "price"
total_amount = "quantity * price"
[key]
column = "transaction_id"
parts = ["order_id", "item"]
[filter]
keep = "coalesce(status, '') <> 'canceled'"
[lookup.orders]
path = "other/orders.csv"
delimiter = ";"
key = "order_id"
columns = ["purchased at", "status", "customer"]
[lookup.customers]
path = "other/customers.xlsx"
key = "id"
on = "customer"
columns = ["customer code"]
[lookup.products]
path = "other/products.csv"
encoding = "ISO-8859-1"
key = "product_id"
columns = ["Category"]
"""
LINES = """\
order_id,item,product_id,one,price
o1,1,p1,1,10.00
 O1,2,p2,2,4.00
o1 ,2,p2,2,4.00
o2,1,p9,1,3.00
o3,1,p1,1,1.00
o9,1,p1,1,1.00
,1,p1,1,1.00
o1,3
"""
ORDERS = """\
order_id;status;customer;purchased at;note
o1;delivered;c1;2025-09-03 10:00:00;x
o2;delivered;c2\u00a0;2025-09-04 10:00:00;"a
b"
o2;delivered;c2;2025-09-04 10:00:00;the same for us
o3;canceled;c1;2025-09-05 10:00:00;x
;canceled;c1;2025-09-05 10:00:00;x
broken
"""
PRODUCTS = "product_id,Category\np1,Möbel\np2,\n"


def deliver(home: Path, profile: str = PROFILE) -> tuple[Path, str]:
    """Write the files; the path of the lines and of their profile."""
    (home / "other").mkdir(exist_ok=True)
    (home / "lines.csv").write_text(LINES)
    (home / "other/orders.csv").write_text(ORDERS)
    (home / "other/products.csv").write_text(PRODUCTS, encoding="latin-1")
    customers: list[list[Any]] = [["id", "customer code"], ["c1", "C-1"], ["c2", 2.0]]
    write_workbook(home / "other/customers.xlsx", {"S": customers})
    (home / "profile.toml").write_text(profile)
    return home / "lines.csv", str(home / "profile.toml")


def test_lines_get_the_columns_of_other_files(engines: Engines) -> None:
    lines, profile = deliver(engines.home)

    report = engines.load_sales(lines, source_profile=profile)

    assert (report.rows_loaded, report.rows_filtered) == (3, 1)
    assert report.rows_quarantined == 4
    assert report.rows_by_reason["row_is_well_formed"] == 1
    unfound = {name: facts["rows_without"] for name, facts in report.lookups.items()}
    assert unfound == {"orders": 3, "customers": 3, "products": 1}
    shop = Shop(engines.embedded, engines.home)
    shop.load(lines, source_profile=profile)
    names = ("transaction_id", "customer_id", "product", "total_amount")
    found = [
        tuple(str(row[name]) for name in names) for row in shop.rows(ENRICHED_SALES)
    ]
    assert sorted(found) == [
        ("o1-1", "C-1", "Möbel", "10.00"),
        ("o1-2", "C-1", "p2", "8.00"),
        ("o2-1", "2", "p9", "3.00"),
    ]


def test_a_report_has_the_digest_of_each_file(duckdb: Engine, tmp_path: Path) -> None:
    lines, profile = deliver(tmp_path)

    report = Shop(duckdb, tmp_path).load(lines, source_profile=profile)

    path = tmp_path / "other/orders.csv"
    assert report.lookups["orders"] == {
        "keys": 3,
        "malformed_rows": 1,
        "rows_without": 3,
        "files": [
            {
                "path": str(path),
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
        ],
    }
    told = f"look-up orders lacks 3 rows (3 keys of {path}, 1 malformed rows left out)"
    assert told in report_text(report)


def test_a_look_up_may_be_on_s3(duckdb: Engine, s3_root: str, tmp_path: Path) -> None:
    lines, profile = deliver(tmp_path)
    other = f"{s3_root}/other"
    for name in ("orders.csv", "products.csv", "customers.xlsx"):
        storage_of(other).upload(str(tmp_path / "other" / name), f"{other}/{name}")
    Path(profile).write_text(PROFILE.replace('"other/', f'"{other}/'))

    report = Shop(duckdb, tmp_path).load(lines, source_profile=profile)

    assert report.rows_loaded == 3


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'key = "order_id"',
            'key = "note"',
            "lookup.orders has 1 values of 'note'",
        ),
        ('key = "order_id"', "", "lookup.orders.key is missing"),
        (
            'key = "order_id"',
            'key = "orderid"',
            "'orderid' of lookup.orders.key (did you",
        ),
        (
            '"status", ',
            '"state", ',
            "orders.csv: header has no column 'state' of lookup",
        ),
        (
            '"status", ',
            '"order_id", ',
            "brings 'order_id', which is there already; leave",
        ),
        (
            '"customer code"]',
            '"Status"]',
            "'Status', which is there already, from lookup.orders",
        ),
        ('["Category"]', '["price"]', "products.csv: header has no column 'price'"),
        ('on = "customer"', 'on = "buyer"', "'buyer' of lookup.customers.on"),
        (
            'path = "other/orders.csv"',
            'path = "gone.csv"',
            "gone.csv: there are no files",
        ),
        (
            'delimiter = ";"',
            'delimiter = "x"',
            "lookup.orders: delimiter 'x' is not allowed",
        ),
        (
            'delimiter = ";"',
            'separator = "x"',
            "lookup.orders.separator: 'separator' is not",
        ),
        (
            "[lookup.orders]",
            "[lookup.Orders]",
            "lookup.Orders: its name must be a letter",
        ),
        (
            "order_id,item",
            "order_id,Category,item",
            "has a column 'Category' itself, so lookup",
        ),
    ],
)
def test_a_look_up_that_cannot_be_is_told(
    old: str, new: str, told: str, duckdb: Engine, tmp_path: Path
) -> None:
    lines, profile = deliver(tmp_path, PROFILE.replace(old, new))
    lines.write_text(LINES.replace(old, new))

    with pytest.raises(InputError) as refusal:
        Shop(duckdb, tmp_path).load(lines, source_profile=profile)

    assert told in str(refusal.value)
