"""Other systems' exports are mapped to the contract by a profile."""

from decimal import Decimal
from pathlib import Path

from salesetl.engines.engine import Engine
from salesetl.mapping.profile_files import load_profile
from salesetl.pipelines.sales.contracts import RAW_SALES
from salesetl.readers.csv import read_csv
from tests.frames import on_each_engine

GERMAN = """
delimiter = ";"
encoding = "ISO-8859-15"
date_format = "dd.MM.yyyy"
decimal_comma = true

[columns]
transaction_id = "Beleg"
date = "Datum"
customer_id = "Kunde"
product = "Artikel"
quantity = "Menge"
unit_price = "Preis"

[constants]
region = "Côte d'Azur"

[expressions]
total_amount = "quantity * unit_price - coalesce(`Rabatt in €`, 0)"
"""


def test_a_german_export_says_what_the_contract_says(
    engine: Engine, tmp_path: Path
) -> None:
    profile, sales = tmp_path / "german.toml", tmp_path / "sales.csv"
    profile.write_text(GERMAN)
    sales.write_bytes(
        "Beleg;Datum;Kunde;Artikel;Menge;Preis;Rabatt in €\n"
        "B1;03.11.2025;K1;Lampe;2;1.234,50;\n"
        "B2;04.11.2025;K2;Glühbirne;10;0,99;1,00\n"
        "B3;2025-11-04;K2;Glühbirne;10;0.99;1,00\n".encode("iso-8859-15")
    )

    raw = read_csv(
        engine, str(sales), RAW_SALES, profile=load_profile(str(profile), RAW_SALES)
    )

    rows = {row["transaction_id"]: row for row in engine.rows(raw.frame)}
    names = ("date", "product", "quantity", "unit_price", "region")
    assert [tuple(rows[key][name] for name in names) for key in ("B1", "B2", "B3")] == [
        ("2025-11-03 00:00:00", "Lampe", "2", "1234.50", "Côte d'Azur"),
        ("2025-11-04 00:00:00", "Glühbirne", "10", "0.99", "Côte d'Azur"),
        (None, "Glühbirne", "10", None, "Côte d'Azur"),
    ]
    assert [float(rows[key]["total_amount"]) for key in ("B1", "B2")] == [2469.0, 8.9]
    assert raw.unknown_columns == []


COMPUTED = """
delimiter = ";"
date_format = "dd.MM.yyyy HH:mm"
decimal_comma = true

[columns]
transaction_id = "Beleg"
quantity = "Menge"

[constants]
customer_id = "K1"
product = "Lampe"
region = "Nord"

[expressions]
date = "concat(Datum, ' ', Zeit)"
unit_price = "coalesce(Preis, 0)"
total_amount = "quantity * unit_price"
"""


@on_each_engine
def test_what_a_profile_computes_is_read_in_the_form_that_it_names(
    engine: Engine, tmp_path: Path
) -> None:
    profile, sales = tmp_path / "computed.toml", tmp_path / "sales.csv"
    profile.write_text(COMPUTED)
    sales.write_text(
        "Beleg;Datum;Zeit;Menge;Preis\n"
        "B1;03.11.2025;08:30;2;1.299\n"
        "B2;03.11.2025;;2;1.29\n"
        "B3;2025-11-03;08:30;2;39,90\n"
    )

    raw = read_csv(
        engine, str(sales), RAW_SALES, profile=load_profile(str(profile), RAW_SALES)
    )

    rows = {row["transaction_id"]: row for row in engine.rows(raw.frame)}
    found = {
        key: (row["date"], row["unit_price"] and Decimal(row["unit_price"]))
        for key, row in rows.items()
    }
    assert found == {
        "B1": ("2025-11-03 08:30:00", Decimal(1299)),
        # A group has three digits, so this is no price, nor a missing one: nothing is guessed.
        "B2": (None, None),
        "B3": (None, Decimal("39.90")),
    }


def test_lines_that_are_alike_get_keys_that_do_not_depend_on_their_order(
    engine: Engine, tmp_path: Path
) -> None:
    header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
    line = "536365,85123A,LANTERN,6,12/1/2010 8:26,2.55,17850,United Kingdom"
    other = line.replace("85123A", "71053")
    (tmp_path / "1.csv").write_text("\n".join([header, line, other, line]))
    (tmp_path / "2.csv").write_text("\n".join([header, line, line, other]))
    profile = load_profile("uci_online_retail", RAW_SALES)

    raw = read_csv(engine, str(tmp_path), RAW_SALES, profile=profile)

    keys = sorted(row["transaction_id"] for row in engine.rows(raw.frame))
    assert len(keys) == 6
    assert keys[::2] == keys[1::2]
    first, second, third = (key.rsplit("-", 2) for key in keys[::2])
    assert [first[0], second[0]] == ["536365-71053-6-2.55", "536365-85123A-6-2.55"]
    assert (second[1], second[2], third[2]) == (third[1], "1", "2")
