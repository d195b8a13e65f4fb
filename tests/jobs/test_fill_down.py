"""Lines that go on from the line above them get its values."""

from pathlib import Path

import pytest

from salesetl.engines.engine import Engine
from salesetl.errors import InputError
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from tests.jobs.parity import Engines
from tests.jobs.shop import Shop

PROFILE = """
nulls = ["-"]
date_format = "yyyy-MM-dd HH:mm:ss Z"
[columns]
date = "Paid at"
customer_id = "Email"
product = "Lineitem name"
quantity = "Lineitem quantity"
unit_price = "Lineitem price"
region = "Shipping Province"
[expressions]
total_amount = "quantity * unit_price"
[key]
column = "transaction_id"
parts = ["Name", "Lineitem name"]
[filter]
keep = "Status = 'paid'"
[fill_down]
columns = ["Email", "Paid at", "Status", "Shipping Province"]
within = ["Name"]
"""
HEADER = (
    "Name,Email,Status,Paid at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Shipping Province"
)
FIRST = "#1001,a@example.com,paid,2025-09-03 10:00:00 +0000,2,Mug,8.00,NY"
LINES = [
    "#1001,,,,1,too early,1.00,",
    FIRST,
    '#1001,-, ,,1,"Cup, blue",5.00,',
    "#1002,b@example.com,paid,2025-09-04 10:00:00 +0000,1,Mug,8.00,",
    "#1001,,,,3,Pen,1.50,",
    "#1002,,,,1,Pen,1.50,",
    "#1003,c@example.com,void,2025-09-04 10:00:00 +0000,1,Mug,8.00,NY",
    "#1003,,,,1,Pen,1.50,",
    ",,,,1,nobody's,1.50,",
    "#1002,,,,1",
]


def deliver(home: Path, lines: list[str]) -> Path:
    """Write an export in two files, the second of which goes on with an order of the first."""
    (home / "raw").mkdir(exist_ok=True)
    (home / "raw/1.csv").write_text("\n".join([HEADER, *lines]))
    (home / "raw/2.csv").write_text(f"{HEADER}\n#1001,,,,1,other file,1.00,\n")
    (home / "shopify.toml").write_text(PROFILE)
    return home / "raw"


def test_lines_of_an_order_get_the_values_of_its_first_line(engines: Engines) -> None:
    raw, profile = deliver(engines.home, LINES), str(engines.home / "shopify.toml")

    report = engines.load_sales(raw, source_profile=profile)

    assert (report.rows_loaded, report.rows_filtered) == (5, 5)
    assert report.rows_by_reason == {"row_is_well_formed": 1}
    shop = Shop(engines.embedded, engines.home)
    shop.load(raw, source_profile=profile)
    found = {
        row["transaction_id"]: (row["customer_id"], str(row["date"]), row["region"])
        for row in shop.rows(ENRICHED_SALES)
    }
    first = ("a@example.com", "2025-09-03", "NY")
    second = ("b@example.com", "2025-09-04", None)
    assert found == {
        "#1001-Mug": first,
        "#1001-Cup, blue": first,
        "#1001-Pen": first,
        "#1002-Mug": second,
        "#1002-Pen": second,
    }


def test_a_rejected_line_is_kept_as_it_was_delivered(
    duckdb: Engine, tmp_path: Path
) -> None:
    broken = "#1001,,,,x,Cup,5.00,"
    shop = Shop(duckdb, tmp_path)

    shop.load(
        deliver(tmp_path, [FIRST, broken]),
        source_profile=str(tmp_path / "shopify.toml"),
    )

    [rejected] = shop.quarantine()
    assert rejected["raw_record"] == broken


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('within = ["Name"]', "", "fill_down.within is missing"),
        ('within = ["Name"]', "within = []", "fill_down.within is empty"),
        ('within = ["Name"]', 'within = ["email"]', "in columns and in within"),
        ('within = ["Name"]', 'within = "Name"', "fill_down.within is text in quotes"),
        ('within = ["Name"]', 'within = ["Order"]', "'Order' of fill_down.within"),
        (
            'columns = ["Email", ',
            'columns = ["Mail", ',
            "'Mail' of fill_down.columns (did",
        ),
        ("[fill_down]", "[fill_dwn]", "did you mean fill_down?"),
    ],
)
def test_an_entry_about_lines_that_go_on_is_checked(
    old: str, new: str, told: str, duckdb: Engine, tmp_path: Path
) -> None:
    raw = deliver(tmp_path, LINES)
    (tmp_path / "shopify.toml").write_text(PROFILE.replace(old, new))

    with pytest.raises(InputError) as refusal:
        Shop(duckdb, tmp_path).load(raw, source_profile=str(tmp_path / "shopify.toml"))

    assert told in str(refusal.value)
