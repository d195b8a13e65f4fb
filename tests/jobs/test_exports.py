"""Exports of other systems, as they are delivered, through the job by their profiles."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from salesetl.engines.engine import Engine
from salesetl.errors import QualityError
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.runs import RunReport
from tests.frames import on_each_engine
from tests.jobs.shop import Shop

ERP = """
delimiter = ";"
date_formats = ["dd.MM.yyyy HH:mm", "dd.MM.yy", "excel"]
nulls = ["NULL", "N/A", "-"]

[number]
decimal = ","
group = "."
currency = true
negative = ["parentheses", "trailing"]

[columns]
transaction_id = "Beleg"
date = "Datum"
customer_id = "Kunde"
product = "Artikel"
region = "Filiale"

[expressions]
quantity = "case when Art = 'RETOURE' then -Menge else Menge end"
unit_price = "round(Preis, 4)"
total_amount = "round(quantity * unit_price, 2)"

[filter]
keep = "Art in ('VERKAUF', 'RETOURE') and Status <> 'Test'"
"""
HEADER = "Beleg;Datum;Kunde;Artikel;Filiale;Art;Status;Menge;Preis"
ROWS = [
    "B1;03.11.2025 08:30;C1;Lampe;Nord;VERKAUF;ok;2;1.234,50 €",
    "B2;04.11.25;C2;Glühbirne;N/A;RETOURE;ok;3;€ 0,9999",
    "B3;45964;NULL;Glühbirne;Nord;VERKAUF;ok;1;22,200000000000003",
    "B4;04.11.2025 24:00;C1;Lampe;Nord;VERKAUF;ok;(1);4,00",
    "B5;2025-11-04;C1;Lampe;Nord;VERKAUF;ok;1;4,00",
    "B6;04.11.25;C1;Lampe;Nord;VERKAUF;ok;1;1,234.50",
    "B7;04.11.25;C1;Lampe;Nord;VERKAUF;Test;1;4,00",
    ";;;Summe;;SUMME;ok;;12.345,00",
    "B8;04.11.25;C1;Lampe;Nord;-;ok;1;4,00",
    "broken;04.11.25",
]


def load(shop: Shop, profile: str, rows: list[str], **options: Any) -> RunReport:
    """Load an export by a profile."""
    home = shop.home / "export"
    home.mkdir(exist_ok=True)
    (shop.home / "erp.toml").write_text(profile)
    (home / "sales.csv").write_text("\n".join([HEADER, *rows, ""]))
    return shop.load(home, source_profile=str(shop.home / "erp.toml"), **options)


@on_each_engine
def test_an_export_loads_as_it_is_and_what_is_no_sale_is_counted(
    engine: Engine, tmp_path: Path
) -> None:
    shop = Shop(engine, tmp_path)

    report = load(shop, ERP, ROWS)

    assert report.rows_read == 10
    assert (report.rows_loaded, report.rows_filtered) == (4, 3)
    assert report.rows_quarantined == 3
    assert report.rows_by_reason == {
        "row_is_well_formed": 1,
        "date_is_valid": 1,
        "unit_price_is_valid": 1,
        "total_amount_is_decimal": 1,
    }
    rows = {row["transaction_id"]: row for row in shop.rows(ENRICHED_SALES)}
    found = {
        key: (row["date"], row["quantity"], row["unit_price"], row["total_amount"])
        for key, row in rows.items()
    }
    assert found == {
        "B1": (date(2025, 11, 3), 2, Decimal("1234.5000"), Decimal("2469.00")),
        "B2": (date(2025, 11, 4), -3, Decimal("0.9999"), Decimal("-3.00")),
        "B3": (date(2025, 11, 3), 1, Decimal("22.2000"), Decimal("22.20")),
        "B4": (date(2025, 11, 5), -1, Decimal("4.0000"), Decimal("-4.00")),
    }
    assert (rows["B2"]["region"], rows["B3"]["customer_id"]) == (None, None)


def test_filtered_rows_do_not_make_the_limit_of_rejected_ones_wider(
    duckdb: Engine, tmp_path: Path
) -> None:
    tests = [ROWS[6].replace("B7", f"T{number}") for number in range(90)]

    with pytest.raises(QualityError, match=r"50\.0% of 92 rows"):
        load(
            Shop(duckdb, tmp_path),
            ERP,
            [ROWS[0], ROWS[4], *tests],
            max_rejected_ratio=0.4,
        )


def test_a_filter_that_leaves_nothing_says_so(duckdb: Engine, tmp_path: Path) -> None:
    with pytest.raises(
        QualityError, match="the filter of the source profile left out 1;"
    ):
        load(Shop(duckdb, tmp_path), ERP, [ROWS[6]])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('decimal = ","', 'decimal = ";"', "number.decimal ';' is not allowed"),
        ("negative = [", "negatives = [", "number.negatives: 'negatives' is not"),
        ('"excel"', '"exel"', "date_format 'exel'"),
        ("keep = ", "keeps = ", "did you mean keep?"),
        ("Status <> 'Test'", "open('x')", "filter.keep: "),
        ("Art = 'RETOURE'", "Art == 'RETOURE'", "expressions.quantity: "),
        ("round(Preis, 4)", "round(Preis, 9)", "'9' is not allowed"),
    ],
)
def test_an_entry_that_cannot_be_is_named(
    old: str, new: str, told: str, duckdb: Engine, tmp_path: Path
) -> None:
    assert old in ERP

    with pytest.raises(Exception, match="erp.toml") as refusal:
        load(Shop(duckdb, tmp_path), ERP.replace(old, new, 1), ROWS[:1])

    assert told in str(refusal.value)
