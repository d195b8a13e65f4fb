"""Spark and the embedded engine make the same of sales of every kind.

What becomes of each kind is tested on the embedded engine, case by case. Here all kinds are in a few
runs, for a run on Spark takes seconds whatever it reads: tables, types, quarantine and books are the
same, so that every one of those tests holds on Spark too.
"""

import gzip
import logging
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.__main__ import main as generate
from salesetl.pipelines.sales.contracts import RAW_SALES
from salesetl.quality.judging import CONFLICT, WELL_FORMED
from salesetl.readers import layouts
from salesetl.runs import RunReport
from tests.frames import SALE
from tests.jobs import odd_sales
from tests.jobs.odd_sales import HEADER, LINE
from tests.jobs.parity import SALES, Engines
from tests.jobs.shop import Shop, sale
from tests.jobs.test_privacy import assert_says, deliver
from tests.jobs.uci import write_online_retail

AS_OF = date(2025, 12, 18)


@pytest.mark.usefixtures("spark_way")
def test_sales_of_every_kind_are_told_alike(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(engines.home)
    # On the way to the files, characters of which Spark and DuckDB would make patterns.
    raw = engines.home / "été 1+1=2 %41 {y}#"
    words = ["sales", "--rows", "4000", "--customers", "200", "--dirt", "0.2"]
    generate([*words, "--seed", "11", "--output_path", str(raw)])
    odd_sales.write_sales(raw / "sales")
    odd_sales.bought(raw / "sales/bought.csv")
    odd_sales.write_parts(raw / "sales/parts.csv")
    odd_sales.write_customers(raw / "customers")
    before = {path.name for path in engines.home.iterdir()}

    report = engines.load_sales(
        raw / "sales",
        customers_path=raw / "customers",
        as_of=AS_OF,
        start_date=date(2024, 1, 1),
        end_date=date(2025, 12, 18),
    )

    # A rule or a warning that no row breaks would not be compared.
    rules = {rule.name for rule in [*RAW_SALES.rules, WELL_FORMED, CONFLICT]}
    assert {*report.rows_by_reason, *report.warnings} == rules
    assert report.duplicates_removed > 10
    customers = report.sources["customers"]
    assert customers["rows_by_reason"]["row_is_well_formed"] >= 5
    assert customers["duplicates_removed"] >= 4999
    after = {path.name for path in engines.home.iterdir()}
    assert len(after - before) == 1, "files were written outside of the lake"


@pytest.mark.usefixtures("spark_way")
@pytest.mark.parametrize("multiline", ["auto", "true", "false"])
def test_files_that_count_as_large_or_are_hidden_are_told_alike(
    engines: Engines, monkeypatch: pytest.MonkeyPatch, multiline: str
) -> None:
    if multiline == "auto":
        monkeypatch.setattr(layouts, "WHOLE_FILE_BYTES", 0)
    prefix = {"auto": "", "true": "_", "false": ".a [1]*"}[multiline]
    raw = engines.home / "raw"
    odd_sales.write_across_lines(raw, prefix)
    ancient = odd_sales.numbered([LINE.replace("2025", "0205")] * 2, "old")
    lines = odd_sales.numbered(odd_sales.LINES, "line")
    odd_sales.write(raw / f"{prefix}lines.csv", [HEADER, *lines, *ancient])
    odd_sales.write(raw / f"{prefix}lines._COPYING_", [HEADER, LINE])

    report = engines.load_sales(
        raw / f"{prefix[:1]}*",
        as_of=AS_OF,
        earliest_date=date(1, 1, 1),
        multiline=multiline,
    )

    assert report.files_read == 5
    assert report.rows_loaded > 20
    assert report.rows_by_reason["row_is_well_formed"] > 5


PROFILE = """
delimiter = "\\t"
encoding = "UTF-16"
date_format = "dd.MM.yyyy"
decimal_comma = true

[columns]
date = "Datum"
quantity = "Menge"
unit_price = "Preis"

[constants]
region = "'; drop table sales; -- ${env:HOME}"

[expressions]
product = "concat(trim(Artikel), ' ', coalesce(Farbe, '-'))"
total_amount = "Menge * Preis - coalesce(`Rabatt in €`, 0) / 1"

[key]
column = "transaction_id"
parts = ["Beleg", "Artikel"]
line_number = true
"""
EXPORT = [
    "Beleg\tDatum\tcustomer_id\tArtikel\tFarbe\tMenge\tPreis\tRabatt in €",
    *["B1\t03.11.2025\tC1\tLampe\tgrün\t2\t1.234,50\t"] * 2,
    "B1\t03.11.2025\tC1\tLampe\tgrün\t2\t1234,5\t0,00",
    'B2\t04.11.2025\tC2\t"Glüh\nbirne"\t\t10\t0,99\t1,00',
    "B2\t2025-11-04\tC2\tGlühbirne\t\t10\t0.99\t1,00",
    'B3\t4.11.2025\tC2\t"Glühbirne\t\t10\t0,99\t',
    "B-4\t05.11.2025\t\t灯\t\t-3\t7\t",
    "8.41E+12\t05.11.2025\tC1\tLampe\t\t3\t0,3333\t0,01",
]


@pytest.mark.parametrize("looked_up_by_row", [0, 1_000_000])
def test_sales_in_slices_are_told_alike(
    engines: Engines, monkeypatch: pytest.MonkeyPatch, looked_up_by_row: int
) -> None:
    """Also if tasks do not look up customers themselves."""
    monkeypatch.setattr("salesetl.engines.sliced.SLICE_BYTES", 20_000)
    classifying = "salesetl.runner.classifying"
    monkeypatch.setattr(f"{classifying}._LOOKED_UP_BY_ROW", looked_up_by_row)
    generate(
        "sales --rows 2000 --customers 100 --dirt 0.1 --output_path".split()
        + [str(engines.home / "raw")]
    )

    report = engines.load_sales(
        engines.home / "raw/sales",
        customers_path=engines.home / "raw/customers",
        as_of=date(2025, 12, 31),
    )

    assert report.rows_loaded > 1500 and report.rows_quarantined > 50


@pytest.mark.usefixtures("spark_way")
def test_wide_characters_and_what_a_profile_makes_of_them_are_told_alike(
    engines: Engines,
) -> None:
    profile, raw = engines.home / "profile.toml", engines.home / "raw"
    profile.write_text(PROFILE)
    raw.mkdir()
    for number, end in enumerate(("\n", "\r\n")):
        content = end.join([*EXPORT, ""]).encode("utf-16")
        (raw / f"{number}.csv").write_bytes(content)
        (raw / f"{number}.csv.gz").write_bytes(gzip.compress(content))

    report = engines.load_sales(raw, source_profile=str(profile), as_of=AS_OF)

    assert (report.rows_read, report.rows_loaded) == (32, 4)
    assert {"row_is_well_formed", "date_is_valid"} <= set(report.rows_by_reason)


def test_another_systems_export_is_told_alike(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Large, so that the engine looks at them itself, in their encoding.
    monkeypatch.setattr(layouts, "WHOLE_FILE_BYTES", 0)
    path = write_online_retail(engines.home / "raw/online_retail.csv")
    more = [
        '600201,20009,"CAFÉ\nSIGN",1,12/1/2010 8:28,7.65,17002,France',
        '600202,20009,"CAFÉ SIGN,1,12/1/2010 8:28,7.65,17002,France',
        '600203,20009,CAFÉ 12" SIGN,1,12/1/2010 8:28,7.65,17002,France',
    ]
    with path.open("ab") as file:
        file.write("\r\n".join(more).encode("iso-8859-1"))
    again = write_online_retail(engines.home / "raw/again.csv").read_bytes()
    (path.parent / "packed.csv.gz").write_bytes(gzip.compress(again))

    report = engines.load_sales(
        path.parent, source_profile="uci_online_retail", as_of=date(2012, 1, 1)
    )

    assert report.rows_loaded > 30
    assert report.duplicates_removed > 30
    assert report.rows_by_reason["row_is_well_formed"] == 1


SEPTEMBER: dict[str, Any] = {
    "write_mode": "replace",
    "start_date": date(2025, 9, 1),
    "end_date": date(2025, 9, 30),
}


@pytest.mark.one_spark
def test_runs_on_top_of_each_other_are_told_alike(engines: Engines) -> None:
    august = {"date": "2025-08-03"}
    deliveries: list[tuple[list[dict[str, str]], dict[str, Any]]] = [
        # A buyer who is not known yet, in two months; a row that is rejected twice.
        (
            [sale(1), sale(2), sale(3, **august), sale(9, customer_id="C9")]
            + [sale(10, date="2025-07-09", customer_id="C9"), sale(4, quantity="x")],
            {},
        ),
        # Corrected, moved to another month, rejected again; the other lake is of DuckDB here.
        (
            [sale(1, quantity="1", total_amount="10.50"), sale(2, date="2025-08-02")]
            + [sale(3), sale(4, quantity="x"), sale(6, date="soon")],
            {"customers_path": engines.home / "more.json"},
        ),
        # Nothing new but of the buyer, so that a month is written again for him.
        ([sale(4)], {"refresh_customers": True}),
        ([sale(5), sale(6), sale(7, **august)], SEPTEMBER),
        ([], SEPTEMBER),
    ]
    customers = Shop(engines.embedded, engines.home).customers()
    more = customers.read_text().replace('"C2"', '"C9"').replace("Gold", "Platinum")
    (engines.home / "more.json").write_text(more)

    def run(shop: Shop, lake: str, place: int) -> RunReport:
        sales, arguments = deliveries[place]
        path = shop.deliver("in", sales)
        values = {"as_of": AS_OF, "allow_empty": True, **arguments}
        return shop.load(path, lake=lake, run_id=f"run-{place}", **values)

    books = engines.take_turns(
        [partial(run, place=place) for place in range(5)],
        SALES,
        lake="la ke=[1]{2}*?%41+ü#",
    )

    assert [each["report"]["rows_to_refresh"] for each in books[:3]] == [0, 1, 0]
    assert [len(each["quarantine"]["sales"]) for each in books] == [1, 2, 2, 3, 3]
    assert books[3]["report"]["amounts"]["total_amount"][""]["published"] == "42.00"
    assert set(books[4]["enriched_sales"]["files"]) == {
        "year=2025/month=7",
        "year=2025/month=8",
    }


def test_what_is_refused_is_told_alike_and_nobody_is_shown(
    engines: Engines, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shop = Shop(engines.embedded, engines.home)
    shop.load(shop.deliver("before", [sale(1, date="2025-08-31"), sale(2)]))
    again = shop.deliver("again", [sale(1)])
    path = deliver(shop, sale(3), sale(4, date="05.03.2025"), sale(5, date="x"))

    many = engines.refuse(
        lambda shop, lake: shop.load(path, lake=lake, max_rejected_ratio=0.1),
        SALES,
        "lake",
    )
    assert_says(shop, many, caplog)
    twice = engines.refuse(
        lambda shop, lake: shop.load(again, lake=lake, **SEPTEMBER), SALES, "lake"
    )

    assert "date_is_valid 2; for example date '05.03.2025' in line 3 of" in many
    assert "transaction_id T1 is already in the table on 2025-08-31" in twice


products = st.sampled_from(
    ["Mug", '12" TV', '"Mug, ""blue"""', '"gift\nwrap"', '"\r\nCafé\n"', ' "Mug" ']
    + ['"Mug', '"Mug"x', '"', "Mug,x"]
)
fields = st.text(st.sampled_from('019.-+eE:TZ ,"\\\té\u00a0$%'), max_size=8)
delivered = st.lists(
    st.one_of(
        st.text(st.sampled_from('T1,2."\\ é-'), max_size=40),
        st.builds(lambda product: LINE.replace("Lamp", product), products),
        st.builds(
            lambda name, text: ",".join((SALE | {name: text}).values()),
            st.sampled_from(list(SALE)),
            fields,
        ),
    ),
    min_size=20,
    max_size=60,
)


@pytest.mark.slow
@given(
    files=st.lists(delivered, min_size=8, max_size=12),
    multiline=st.sampled_from(["auto", "false"]),
)
@settings(max_examples=4)
@pytest.mark.one_spark
def test_anything_is_told_alike(
    engines: Engines, files: list[list[str]], multiline: str
) -> None:
    folder = Path(mkdtemp(dir=engines.home))
    for number, lines in enumerate(files):
        odd_sales.write(
            folder / f"{number}.csv{'.gz' * (number % 2)}", [HEADER, *lines]
        )

    engines.load_sales(folder, as_of=AS_OF, multiline=multiline)
