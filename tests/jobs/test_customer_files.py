"""Customers may be delivered as the sales are: as text or a workbook, mapped by a profile."""

import bz2
import json
from pathlib import Path

import pytest

from salesetl.engines.engine import Engine
from salesetl.errors import InputError
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from tests.jobs.parity import Engines
from tests.jobs.shop import Shop, sale
from tests.jobs.test_kinds import zipped
from tests.readers.workbooks import write_workbook

HEADER = "customer_id,age_group,membership_tier,signup_date"
LINES = [HEADER, "C1,18-25,Silver,2024-05-05", "C1,26-35,Gold,2024-01-01", "C2,x"]
GERMAN = """
[constants]
region = "Nord"
[source.customers]
delimiter = ";"
encoding = "ISO-8859-1"
date_format = "dd.MM.yyyy"
[source.customers.columns]
customer_id = "Kunde"
signup_date = "Seit"
membership_tier = "Stufe"
[source.customers.constants]
age_group = "?"
"""


def load_both(engines: Engines, customers: Path, profile: str = "") -> Shop:
    """Load one sale with its customers on both engines; return the shop of the first."""
    engines.home.joinpath("p.toml").write_text(profile)
    shop = Shop(engines.embedded, engines.home)
    sales = shop.deliver("in", [sale(1)])
    engines.load_sales(
        sales, customers_path=customers, source_profile=str(engines.home / "p.toml")
    )
    shop.load(sales, customers, source_profile=str(engines.home / "p.toml"))
    return shop


def tier_of(shop: Shop) -> tuple[str, str, str]:
    """Return what is known of the buyer."""
    [row] = shop.rows(ENRICHED_SALES)
    return row["membership_tier"], row["age_group"], str(row["signup_date"])


@pytest.mark.parametrize("name", ["customers.csv", "customers", "customers.csv.bz2"])
def test_customers_are_read_as_text_and_the_last_line_wins(
    name: str, engines: Engines
) -> None:
    content = "\n".join(LINES).encode()
    path = engines.home / name
    path.write_bytes(bz2.compress(content) if name.endswith("bz2") else content)

    shop = load_both(engines, path)

    assert tier_of(shop) == ("Gold", "26-35", "2024-01-01")
    [rejected] = shop.quarantine(feed="customers")
    assert (rejected["raw_record"], rejected["source_header"]) == ("C2,x", HEADER)


def test_customers_are_mapped_by_their_own_entries(engines: Engines) -> None:
    path = engines.home / "kunden.csv"
    path.write_bytes("Kunde;Stufe;Seit;é\nC1;Größe;01.02.2024;\n".encode("latin-1"))

    shop = load_both(engines, path, GERMAN)

    assert tier_of(shop) == ("Größe", "?", "2024-02-01")


def test_customers_of_all_kinds_may_be_mixed(engines: Engines) -> None:
    folder = engines.home / "customers"
    folder.mkdir()
    (folder / "1.csv").write_text("\n".join(LINES[:3]))
    known = dict(zip(HEADER.split(","), ["C2", "x", "Bronze", "2024-01-01"]))
    (folder / "2.json").write_text(json.dumps(known))
    (folder / "3.json.bz2").write_bytes(bz2.compress(json.dumps([known]).encode()))
    write_workbook(
        folder / "4.xlsx", {"S": [line.split(",") for line in (LINES[0], LINES[1])]}
    )

    shop = load_both(engines, folder)

    assert tier_of(shop) == ("Silver", "18-25", "2024-05-05")


def test_columns_of_customers_that_are_of_no_use_are_named(
    duckdb: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(f"{HEADER},note\nC1,18-25,Silver,2024-05-05,x\n")
    shop = Shop(duckdb, tmp_path)

    report = shop.load(shop.deliver("in", [sale(1)]), path)

    assert report.unknown_columns == ["customers.note"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            f"{HEADER[:-5]}\nC1,a,b,c\n",
            "customers.csv: header has no column 'signup_date'",
        ),
        ('{"customer_id": "C1"\n', ""),
    ],
)
def test_customers_without_a_column_are_told(
    text: str, told: str, duckdb: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(text)
    shop = Shop(duckdb, tmp_path)
    sales = shop.deliver("in", [sale(1)])

    if not told:
        # JSON is JSON, whatever its name.
        shop.load(sales, path, allow_empty=True)
        [rejected] = shop.quarantine(feed="customers")
        assert rejected["source_header"] is None
        return
    with pytest.raises(InputError, match=told):
        shop.load(sales, path)


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        ("[source.customer]", "source.customer: there is no such source; did you mean"),
        ("[source.sales]", "sales is the main source, whose entries stand at the top"),
        ("source = 5", "source is a whole number, but must be a section"),
        ("[source]\ncustomers = 5", "source.customers is a whole number, but must be"),
        (
            "[source.customers]\ndelimter = ';'",
            "source.customers: delimter: 'delimter' is",
        ),
        ("[source.customers.columns]\nregion = 'a'", "is not a column of customers"),
        ("[source.customers]\nencoding = 'x'", "source.customers: encoding 'x' is not"),
    ],
)
def test_an_entry_for_another_source_that_cannot_be_is_named(
    profile: str, told: str, duckdb: Engine, tmp_path: Path
) -> None:
    (tmp_path / "p.toml").write_text(profile)
    shop = Shop(duckdb, tmp_path)

    with pytest.raises(InputError) as refusal:
        shop.load(
            shop.deliver("in", [sale(1)]), source_profile=str(tmp_path / "p.toml")
        )

    assert told in str(refusal.value)


def test_customers_in_json_are_mapped_by_the_same_entries(engines: Engines) -> None:
    folder = engines.home / "customers"
    folder.mkdir()
    (folder / "1.csv").write_bytes("Kunde;Stufe;Seit\nC2;x;01.02.2024\n".encode())
    known = {"Kunde": "C1", "Stufe": "Gold", "Seit": "03.02.2024"}
    (folder / "2.zip").write_bytes(zipped(json.dumps(known).encode(), "c.json"))

    shop = load_both(engines, folder, GERMAN)

    assert tier_of(shop) == ("Gold", "?", "2024-02-03")


def test_look_ups_are_not_for_json(duckdb: Engine, tmp_path: Path) -> None:
    shop = Shop(duckdb, tmp_path)
    (tmp_path / "p.toml").write_text(
        "[source.customers.fill_down]\ncolumns = ['age_group']\nwithin = ['customer_id']"
    )

    with pytest.raises(InputError, match="customers.json: is JSON, but .lookup. and"):
        shop.load(
            shop.deliver("in", [sale(1)]), source_profile=str(tmp_path / "p.toml")
        )
