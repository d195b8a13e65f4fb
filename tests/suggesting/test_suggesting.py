"""A suggested profile loads what it was suggested for, to the cent."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from salesetl.cli import main
from tests.readers.workbooks import write_workbook
from tests.suggesting.shapes import SHAPES, Export


def suggested(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """Return what the command says of a file."""
    main(["profile", "suggest", *words, "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def revenue(report: dict[str, Any], states: tuple[str, ...] = ("loaded",)) -> Decimal:
    """Return what a report says was loaded, of the one currency there is."""
    amounts = report["amounts"]
    [name] = {"total_amount", "order_total"} & set(amounts)
    [sums] = amounts[name].values()
    return sum((Decimal(sums[state]) for state in states), Decimal())


@pytest.mark.parametrize("shape", SHAPES, ids=lambda each: each.__name__)
def test_a_public_export_loads_with_what_is_suggested(
    shape: Callable[[Export], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    export = Export(tmp_path)
    shape(export)
    profile = tmp_path / "profile.toml"

    found = suggested(capsys, export.main, *export.others, "--to", str(profile))
    main(["check", export.main, "--source_profile", str(profile), "--json"])
    [checked] = json.loads(capsys.readouterr().out)

    assert len(found["questions"]) <= 3
    assert checked["rows_read"] == found["rows_read"] > 0
    assert checked["loaded"] >= 0.99 * checked["rows_read"]
    assert revenue(checked) == export.revenue


def write(tmp_path: Path, *lines: str) -> str:
    """Write a file of some lines."""
    path = tmp_path / "export.csv"
    path.write_text("".join(f"{line}\n" for line in lines))
    return str(path)


def test_what_comes_first_in_a_date_is_asked_if_nothing_tells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(
        tmp_path,
        "id,date,customer,product,quantity,price,region",
        "1,03/02/2025,C1,Mug,1,2.00,North",
        "2,05/01/2025,C1,Mug,1,2.00,North",
        "3,04/06/2025,C1,Mug,1,2.00,North",
    )

    [question] = suggested(capsys, path)["questions"]
    answered = suggested(capsys, path, "--answer", "date_order=day_first")

    assert question["name"] == "date_order"
    assert list(question["answers"]) == ["month_first", "day_first"]
    assert 'date_format = "d/M/yyyy"' in answered["profile"]
    assert not answered["questions"]
    assert answered["answers"] == {"date_order": "day_first"}


def test_what_was_paid_is_asked_if_nothing_adds_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(
        tmp_path,
        "id,date,customer,product,quantity,price,sales,region",
        *(f"{n},2025-01-{n:02},C1,Mug,2,{n}.00,{3 * n}.50,North" for n in range(1, 20)),
    )

    total = suggested(capsys, path)
    parts = suggested(capsys, path, "--answer", "amount=parts")

    assert [each["name"] for each in total["questions"]] == ["amount"]
    assert revenue(total) == sum(Decimal(3 * n) + Decimal("0.5") for n in range(1, 20))
    assert revenue(parts) == sum(2 * n for n in range(1, 20))


def test_rows_that_were_called_off_are_left_out_if_that_is_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(
        tmp_path,
        "id,date,customer,product,quantity,price,region,status",
        "1,2025-01-03,C1,Mug,1,2.00,North,paid",
        "2,2025-01-03,C1,Mug,1,2.00,North,Cancelled",
    )

    asked = suggested(capsys, path)
    answered = suggested(capsys, path, "--answer", "called_off=leave_out")

    assert [each["name"] for each in asked["questions"]] == ["called_off"]
    assert asked["rows_loaded"] == 2
    assert answered["rows_loaded"] == 1


def test_a_tax_without_a_total_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(
        tmp_path,
        "id,date,customer,product,quantity,price,tax,region",
        "1,2025-01-03,C1,Mug,1,2.00,0.20,North",
    )

    assert revenue(suggested(capsys, path)) == Decimal("2.00")
    added = suggested(capsys, path, "--answer", "tax=added")
    assert revenue(added) == Decimal("2.20")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            "colour=red",
            "--answer colour: this is not asked for; questions of this file",
        ),
        ("date_order=year", "'year' is not an answer; allowed: month_first, day_first"),
        ("date_order", "write QUESTION=ANSWER"),
    ],
)
def test_an_answer_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: str, told: str
) -> None:
    path = write(
        tmp_path,
        "id,date,customer,product,quantity,price,region",
        "1,03/02/2025,C1,Mug,1,2.00,North",
    )

    with pytest.raises(SystemExit) as stopped:
        main(["profile", "suggest", path, "--answer", answer])

    assert stopped.value.code == 2
    assert told in capsys.readouterr().err


def test_a_file_without_a_header_gets_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (
        f"T{n},2025-01-{n:02},C{n},Mug,{n % 4 + 1},2.50,{(n % 4 + 1) * 2.5:.2f}"
        for n in range(1, 29)
    )

    found = suggested(capsys, write(tmp_path, *rows))

    assert found["rows_loaded"] == 28
    assert revenue(found) == sum(Decimal("2.5") * (n % 4 + 1) for n in range(1, 29))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            b"one line of prose without any structure\nand another one\n",
            "nothing delimits",
        ),
        (b"id,date,price\n", "has no row below its header"),
        (b"", "empty file"),
        (b"id,name\n1,\0\n", "NUL"),
        (b"%PDF-1.4 ...", "is a PDF"),
    ],
)
def test_a_file_that_is_not_understood_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, told: str
) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(content)

    with pytest.raises(SystemExit) as stopped:
        main(["profile", "suggest", str(path)])

    error = capsys.readouterr().err
    assert stopped.value.code not in (0, None)
    assert told in error
    assert len(error.strip().splitlines()) == 1


def test_what_is_told_does_not_disturb_the_profile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(
        tmp_path,
        "Beleg;Datum;Artikel;Menge;Preis",
        "1;03.02.2025;Tasse;1;2,50",
        "2;31.02.2025;Tasse;1;2,50",
    )

    main(["profile", "suggest", path])
    told = capsys.readouterr()

    profile = tmp_path / "profile.toml"
    profile.write_text(told.out)
    main(["check", path, "--source_profile", str(profile), "--json"])
    [checked] = json.loads(capsys.readouterr().out)
    assert checked["loaded"] == 1
    assert "date_is_valid: 1" in told.err


def test_a_file_of_another_job_is_told_how_to_name_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "clicks.json"
    event = {"eventId": "E1", "eventName": "product_view", "ts": 1763625600000}
    path.write_text(json.dumps(event))

    main(["profile", "suggest", str(path)])
    guessed = capsys.readouterr()
    main(["profile", "suggest", str(path), "--job", "stage_events"])
    named = capsys.readouterr()

    assert "flatten_orders loads 0" in guessed.err and "with --job" in guessed.err
    assert "stage_events loads 1" in named.err and "with --job" not in named.err
    assert "salesetl check FILE --job stage_events" in named.out


def test_a_total_of_the_rows_is_no_sale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(
        tmp_path,
        "Report of Shop 1",
        "",
        "id,date,customer,product,quantity,price,region",
        ",,,,pieces,EUR,",
        "1,2025-01-03,C1,Mug,1,2.00,North",
        "2,2025-01-04,C2,Mug,3,2.00,Total Wine",
        ",,,,4,,Total",
    )

    found = suggested(capsys, path)

    assert found["rows_loaded"] == 2
    assert revenue(found) == 8


def test_returns_without_a_sign_get_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(
        tmp_path,
        "id,date,customer,product,quantity,price,total,region,type",
        "1,2025-01-03,C1,Mug,3,2.00,6.00,North,SALE",
        "2,2025-01-04,C1,Mug,1,2.00,2.00,North,RETURN",
    )

    found = suggested(capsys, path)
    sales = suggested(capsys, path, "--answer", "returns=sales")

    assert [each["name"] for each in found["questions"]] == ["returns"]
    assert (found["rows_loaded"], revenue(found)) == (2, Decimal(4))
    assert (sales["rows_loaded"], revenue(sales)) == (2, Decimal(8))


def test_names_of_any_writing_and_encoding_are_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "export.csv"
    rows = ["注文,日付,商品,数量,単価,合計"]
    rows += [
        f"A{n},2025-01-{n:02},茶,{n % 3 + 1},{n}.50,{(n % 3 + 1) * (n + 0.5):.2f}"
        for n in range(1, 20)
    ]
    path.write_text("\n".join(rows), encoding="utf-16")

    found = suggested(capsys, str(path))

    assert found["rows_loaded"] == 19
    assert 'unit_price = "単価"' in found["profile"]
    assert revenue(found) == sum(
        (n % 3 + 1) * (n + Decimal("0.5")) for n in range(1, 20)
    )


def test_a_sheet_of_a_workbook_is_suggested_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = ["id", "date", "customer", "product", "quantity", "price", "region"]
    row = ["1", date(2025, 1, 3), "C1", "Mug", 2, 2.5, "North"]
    sheets: dict[str, list[list[Any]]] = {
        "Read me": [["All sales"]],
        "Sales": [header, row],
    }
    path = write_workbook(tmp_path / "export.xlsx", sheets)

    found = suggested(capsys, str(path), "--sheet", "Sales")

    assert found["rows_loaded"] == 1
    assert revenue(found) == 5
    assert 'sheet = "Sales"' in found["profile"]


@pytest.mark.parametrize("encoding", ["windows-1252", "IBM850"])
def test_letters_with_accents_tell_the_encoding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    path = tmp_path / "export.csv"
    rows = ["N° commande;Date;Client;Désignation;Quantité;Prix;Magasin"]
    rows += [
        f"F{n};{n:02}/02/2025;C1;Thé;2;1\xa0{n:03},50;Orléans" for n in range(1, 29)
    ]
    path.write_bytes("\r\n".join(rows).encode(encoding))

    found = suggested(capsys, str(path))

    assert f'encoding = "{encoding}"' in found["profile"]
    assert 'product = "Désignation"' in found["profile"]
    assert revenue(found) == sum(2 * (1000 + n) + 1 for n in range(1, 29))
