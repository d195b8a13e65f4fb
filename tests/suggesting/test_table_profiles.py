"""A profile says of a table, and of what is looked up, how it is written."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from salesetl.mapping.profile_files import load_profile
from salesetl.model.table import Table
from salesetl.pipelines.retail.contracts import RAW_ORDERS
from salesetl.pipelines.sales.contracts import RAW_SALES
from salesetl.suggesting.asking import Asker
from salesetl.suggesting.draft import Draft
from salesetl.suggesting.sampling import sampled
from salesetl.suggesting.table_profiles import table_profile
from salesetl.suggesting.table_samples import Column, table_of

SALES = """id,date,customer,product_id,quantity,region
1,2025-01-03,C1,P1,1,North
2,2025-01-04,C2,P2,2,South
"""
PRODUCTS = "product_id,product,price\nP1,Mug,2.00\nP2,Tasse à thé,3.00\n"


def drafted(path: Path, *others: Path, table: Table = RAW_SALES) -> Draft:
    """Make a profile for files of sales, without a trial."""
    with ExitStack() as stack:
        own, *rest = (
            table_of(stack.enter_context(sampled(str(each))))
            for each in (path, *others)
        )
        return table_profile(table, own, rest, Asker())


def write(path: Path, content: str, encoding: str = "utf-8") -> Path:
    """Write a file, in a folder that need not be there."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("names", "sections"),
    [
        (["products.csv"], ["products"]),
        (["2024-products.csv"], ["file_2024_products"]),
        (["商品.csv"], ["file"]),
        (
            ["Übersicht der Artikel und aller ihrer Preise.csv"],
            ["ubersicht_der_artikel_und"],
        ),
        (["x/list.csv", "y/list.csv"], ["list", "list_2"]),
    ],
)
def test_look_ups_have_names_that_profiles_allow(
    tmp_path: Path, names: Sequence[str], sections: Sequence[str]
) -> None:
    sales = write(tmp_path / "sales.csv", SALES)
    halves = [PRODUCTS]
    if len(names) > 1:
        halves = [
            "product_id,product\nP1,Mug\nP2,Cup\n",
            "product_id,price\nP1,2\nP2,3\n",
        ]
    others = [
        write(tmp_path / name, text) for name, text in zip(names, halves, strict=True)
    ]

    text = drafted(sales, *others).text([])
    profile = load_profile(str(write(tmp_path / "p.toml", text)), RAW_SALES)

    assert [*profile.lookup] == sections
    assert {each.path for each in profile.lookup.values()} == {*map(str, others)}


def test_what_is_looked_up_is_laid_out_as_it_is(tmp_path: Path) -> None:
    sales = write(tmp_path / "sales.csv", SALES)
    own = PRODUCTS.replace(",", ";")
    named = write(tmp_path / "a.csv", f"sep=;\n{own}", "windows-1252")
    units = write(tmp_path / "b.csv", own.replace("price\n", "price\n;;EUR\n"))

    draft = drafted(sales, named)
    with_units = drafted(sales, units)

    layout = {"path", "key", "columns"}
    assert draft.entries["lookup.a"].keys() == layout | {"encoding"}
    assert with_units.entries["lookup.b"].keys() == layout | {
        "delimiter",
        "header_lines",
    }
    assert any("the encoding is a guess" in each for each in draft.remarks)
    assert not any("the encoding is a guess" in each for each in with_units.remarks)


@pytest.mark.parametrize(
    ("values", "nulls"),
    [
        (["NA", "EU", "APAC"], set()),
        (["NA", "Europe", "Asia"], set()),
        (["None", "Coupon"], set()),
        (["NA", "12.50", "3"], {"NA"}),
        (["-", "2025-01-31"], {"-"}),
        (["None", "C1", "C2"], {"None"}),
        (["-", "North"], {"-"}),
        (["NA", ""], {"NA"}),
        (["N/A", "EU"], {"N/A"}),
        (["NA", *(f"Mug {'x' * number}" for number in range(40))], {"NA"}),
    ],
)
def test_a_word_that_may_be_a_value_is_no_null(
    values: Sequence[str], nulls: set[str]
) -> None:
    column = Column("name", tuple(values))

    assert column.nulls == nulls
    assert column.filled == [each for each in values if each and each not in nulls]


def test_a_null_of_one_column_does_not_take_the_value_of_another(
    tmp_path: Path,
) -> None:
    header = "id,date,customer,product,quantity,price,region\n"
    rows = "1,2025-01-03,C1,Mug,1,2.00,NA\n2,2025-01-04,C2,Mug,NA,3.00,EU\n"

    draft = drafted(write(tmp_path / "sales.csv", header + rows))

    assert "nulls" not in draft.entries
    assert any("'NA' in 'region' is taken as a value" in told for told in draft.remarks)


def test_a_suggestion_is_the_same_in_every_process(tmp_path: Path) -> None:
    header = "date,customer,product,quantity,price,tax,total,region\n"
    dates = [
        "2025-01-02 10:00:00",
        "1/31/2025 10:00",
        "03/02/2025",
        "2.1.25",
        "20250131",
    ]
    amounts = "1,2.1234567,0.1234567,2.2469134"
    rows = [f"{day},C1,Mug,{amounts},{shop}\n" for day in dates for shop in "NS"]
    path = write(tmp_path / "sales.csv", header + "".join(rows))
    code = (
        "import sys; from pathlib import Path;"
        "from tests.suggesting.test_table_profiles import drafted;"
        "print(drafted(Path(sys.argv[1])).text([]))"
    )

    texts = [
        subprocess.run(
            [sys.executable, "-c", code, str(path)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "4", "7")
    ]

    assert "date_formats" in texts[0] and "[expressions]" in texts[0]
    assert "[key]" in texts[0]
    assert len(set(texts)) == 1


def test_columns_of_the_file_itself_come_before_those_that_are_looked_up(
    tmp_path: Path,
) -> None:
    orders = write(
        tmp_path / "bestellungen.csv",
        "Bestellnr;Kundennr;Artikelnr;Datum;Menge;Einzelpreis;Gesamt\n"
        "B-1;K-1;A-1;13.12.2024;2;19,90;39,80\n"
        "B-1;K-1;A-2;13.12.2024;1;9,99;9,99\n"
        "B-2;K-2;A-1;31.12.2024;3;19,90;59,70\n",
    )
    customers = write(tmp_path / "kunden.csv", "Kundennr;Email\nK-1;a@b.c\nK-2;d@e.f\n")
    products = write(
        tmp_path / "artikel.csv", "Artikelnr;Name;Preis\nA-1;Hut;19,90\nA-2;Rad;9,99\n"
    )

    draft = drafted(orders, customers, products, table=RAW_ORDERS)

    assert draft.entries["columns"] == {
        "order_id": "Bestellnr",
        "customer_id": "Kundennr",
        "product_id": "Artikelnr",
        "order_date": "Datum",
        "quantity": "Menge",
        "unit_price": "Einzelpreis",
        "total_amount": "Gesamt",
    }
