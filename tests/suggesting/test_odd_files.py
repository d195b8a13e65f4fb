"""Suggestions for files with something that is easily taken for something else."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from salesetl.cli import main
from salesetl.suggesting.asking import MOST_QUESTIONS, Asker
from tests.frames import ORDER
from tests.suggesting.test_suggesting import revenue, suggested, write

Capture = pytest.CaptureFixture[str]
HEADER = "id,date,customer,product,quantity,price,region"


def refusal(capsys: Capture, *words: str) -> str:
    """Return the one line with which the command refuses a file."""
    with pytest.raises(SystemExit) as stopped:
        main(["profile", "suggest", *words])
    assert stopped.value.code
    [line] = capsys.readouterr().err.strip().splitlines()
    return line


def check(path: str, profile: Path, capsys: Capture) -> dict[str, Any]:
    """Return what a run with a profile would do."""
    main(["check", path, "--source_profile", str(profile), "--json"])
    [found] = json.loads(capsys.readouterr().out)
    return dict(found)


@pytest.mark.parametrize(
    ("one", "other"), [("$2.00", "€3.00"), ("£2.00", "€3.00"), ("2.00 USD", "3.00 EUR")]
)
def test_amounts_of_several_currencies_are_never_added(
    tmp_path: Path, capsys: Capture, one: str, other: str
) -> None:
    path = write(
        tmp_path,
        HEADER,
        f"1,2025-01-01,C1,Mug,1,{one},North",
        f"2,2025-01-02,C1,Mug,1,{other},North",
    )

    assert f"{path}: amounts are in several currencies" in refusal(capsys, path)


def test_a_state_with_an_apostrophe_is_left_out(
    tmp_path: Path, capsys: Capture
) -> None:
    path = write(
        tmp_path,
        f"{HEADER},status",
        "1,2025-01-01,C1,Mug,1,2.00,North,Cancelled at customer's wish",
        "2,2025-01-02,C1,Mug,1,2.00,North,Cancelled \\ void",
        "3,2025-01-03,C1,Mug,1,2.00,North,Paid",
    )

    found = suggested(capsys, path, "--answer", "called_off=leave_out")

    assert (found["rows_loaded"], found["failure"]) == (1, None)


def test_a_product_that_is_called_like_a_total_is_sold(
    tmp_path: Path, capsys: Capture
) -> None:
    path = write(
        tmp_path,
        f"{HEADER},note,shelf",
        *(
            f"{number},2025-01-0{number},C1,{product},1,2.00,North,,"
            for number, product in enumerate(["Total", "Total Workout DVD", "Mug"], 1)
        ),
        *(
            f"{number},2025-01-0{number},C1,Mug,1,2.00,North,,"
            for number in range(4, 10)
        ),
        ",,,Total Workout DVD,1,,,,",
        ",,,Grand total 2025:,6,12.00,,,",
        ",,,Total,6,12.00,,,",
    )

    found = suggested(capsys, path)

    # The line that only has the name of a product is no total, and is rejected.
    assert (found["rows_read"], found["rows_loaded"]) == (12, 9)
    assert "rows with 'Grand total 2025:', 'Total' are totals" in found["remarks"][0]


def test_a_file_of_totals_is_refused(tmp_path: Path, capsys: Capture) -> None:
    path = write(tmp_path, HEADER, ",,,Total,4,,")

    assert f"{path}: all rows are totals, with 'Total'" in refusal(capsys, path)


def test_numbers_without_telling_names_are_found_in_a_long_file(
    tmp_path: Path, capsys: Capture
) -> None:
    names = ",".join(f"n{number}" for number in range(8))
    path = write(
        tmp_path,
        f"id,date,customer,product,region,{names},total",
        *(
            f"{number},2025-01-01,C1,Mug,North,{number % 3 + 1},2.50"
            f"{',9' * 6},{(number % 3 + 1) * 2.5:.2f}"
            for number in range(150)
        ),
    )

    found = suggested(capsys, path)

    assert found["rows_loaded"] == 150
    assert 'quantity = "n0"' in found["profile"]


def test_a_discount_that_is_a_share_counts_on_returns_too(
    tmp_path: Path, capsys: Capture
) -> None:
    path = write(
        tmp_path,
        "id,date,customer,product,region,quantity,price,discount,total,type",
        "1,2025-01-01,C1,Mug,North,2,10.00,0.1,18.00,SALE",
        "2,2025-01-02,C1,Mug,North,1,10.00,0.2,8.00,RETURN",
        "3,2025-01-03,C1,Mug,North,1,10.00,0,10.00,SALE",
    )

    found = suggested(capsys, path)

    assert found["failure"] is None
    assert (found["rows_loaded"], str(revenue(found))) == (3, "20.00")


@pytest.mark.parametrize(("answer", "due"), [("share", "15.00"), ("amount", "28.50")])
def test_whether_values_below_one_are_shares_is_asked_if_nothing_adds_up(
    tmp_path: Path, capsys: Capture, answer: str, due: str
) -> None:
    path = write(
        tmp_path,
        f"{HEADER},discount",
        "1,2025-01-01,C1,Mug,1,10.00,North,0.50",
        "2,2025-01-02,C1,Mug,1,10.00,North,1.00",
        "3,2025-01-03,C1,Mug,1,10.00,North,",
    )

    found = suggested(capsys, path, "--answer", f"share={answer}")
    [question] = suggested(capsys, path)["questions"]

    assert question["name"] == "share"
    assert str(revenue(found)) == due


def test_weights_of_more_decimals_than_the_contract_are_rounded(
    tmp_path: Path, capsys: Capture
) -> None:
    path = write(tmp_path, HEADER, "1,2025-01-01,C1,Flour,1.2345,10.00,North")

    assert suggested(capsys, path)["rows_loaded"] == 1


@pytest.mark.parametrize("name", ["Case", "when", "Null"])
def test_a_column_may_be_called_like_a_word_of_expressions(
    tmp_path: Path, capsys: Capture, name: str
) -> None:
    path = write(
        tmp_path,
        f"id,date,customer,product,quantity,price,region,{name}",
        "1,2025-01-01,C1,Mug,1,2.00,North,void",
        "2,2025-01-02,C1,Mug,1,2.00,North,paid",
    )

    found = suggested(capsys, path, "--answer", "called_off=leave_out")

    assert (found["rows_loaded"], found["failure"]) == (1, None)


def test_a_look_up_has_its_path_where_no_profile_is_written(
    tmp_path: Path, capsys: Capture
) -> None:
    path = write(
        tmp_path,
        "id,date,customer,sku,quantity,price,region",
        "1,2025-01-01,C1,A1,1,2.00,North",
        "2,2025-01-02,C1,A2,1,2.00,North",
    )
    products = tmp_path / "products.csv"
    products.write_text("sku,product\nA1,Mug\nA2,Lamp\n")

    profile = suggested(capsys, path, str(products))["profile"]
    written = tmp_path / "profile.toml"
    written.write_text(profile)

    assert f'path = "{products}"' in profile
    assert check(path, written, capsys)["loaded"] == 2


def test_an_answer_is_looked_at_also_where_a_shipped_profile_fits(
    tmp_path: Path, capsys: Capture
) -> None:
    path = write(
        tmp_path,
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
        "536365,85123A,HOLDER,6,12/1/2010 8:26,2.55,17850,United Kingdom",
    )

    said = refusal(capsys, path, "--answer", "colour=red")

    assert "--answer colour: this is not asked for" in said


def test_no_more_questions_are_asked_than_anybody_answers() -> None:
    asker = Asker({"given": "b"}, lambda question: "b")
    names = ["given", *(f"q{number}" for number in range(MOST_QUESTIONS))]

    found = [asker.answer(name, "?", {"a": "A", "b": "B"}) for name in names]

    assert found == ["b", "b", "b", "a"]
    assert [each.name for each in asker.open_questions] == ["q2"]


def test_questions_that_nobody_can_answer_are_assumed() -> None:
    asker = Asker()

    for number in range(5):
        assert asker.answer(f"q{number}", "?", {"a": "A", "b": "B"}) == "a"

    assert len(asker.open_questions) == MOST_QUESTIONS
    assert len(asker.assumed) == 5


def sales(
    *rows: str, header: str = "id;date;customer;product;quantity;price;region"
) -> list[str]:
    """Return the lines of a file of sales, numbered."""
    lines = [f"{n};2025-01-0{n};C1;Mug;{row}" for n, row in enumerate(rows, 1)]
    return [header, *lines]


def test_thousands_are_told_from_decimals_by_what_adds_up(
    tmp_path: Path, capsys: Capture
) -> None:
    header = "id;date;customer;product;quantity;price;region;total"
    rows = ["2;1.250;North;2.500", "8;450;North;3.600", "1;2.400;North;2.400"]

    found = suggested(capsys, write(tmp_path, *sales(*rows, header=header)))

    assert (found["questions"], str(revenue(found))) == ([], "8500.00")


@pytest.mark.parametrize(("answer", "due"), [("1250", "4550.00"), ("1.250", "903.65")])
def test_thousands_are_asked_for_where_nothing_tells(
    tmp_path: Path, capsys: Capture, answer: str, due: str
) -> None:
    path = write(
        tmp_path, *sales("1;1.250;North", "1;450;North", "1;2.400;North", "1;450;N")
    )

    [question] = suggested(capsys, path)["questions"]
    found = suggested(capsys, path, "--answer", f"number={answer}")

    assert (question["name"], list(question["answers"])) == (
        "number",
        ["1250", "1.250"],
    )
    assert str(revenue(found)) == due


def test_an_amount_of_a_currency_that_no_sampled_row_had_is_rejected(
    tmp_path: Path, capsys: Capture
) -> None:
    path = write(tmp_path, *sales("1;€ 2.00;North", "2;€ 2.00;North"))
    profile = tmp_path / "profile.toml"
    main(["profile", "suggest", path, "--to", str(profile)])
    write(tmp_path, *sales("1;€ 2.00;North", "2;£ 2.00;North"))

    found = check(path, profile, capsys)

    assert 'mark = "€"' in profile.read_text()
    assert 'currency = "EUR"' in profile.read_text()
    assert found["loaded"] == 1
    assert found["reasons"]["unit_price_is_valid"] == {"rows": 1, "lines": [3]}


def test_a_mark_that_several_currencies_have_is_told(
    tmp_path: Path, capsys: Capture
) -> None:
    path = write(tmp_path, *sales("1;$2.00;North", "2;$2.00;North"))

    found = suggested(capsys, path)

    assert "several currencies have the mark $" in found["remarks"][0]


@pytest.mark.parametrize(
    ("answers", "due"),
    [
        ([], "40.00"),
        (["tax=beside"], "44.00"),
        (["tax=beside", "discount=beside"], "41.00"),
    ],
)
@pytest.mark.parametrize("names", ["Rebate,VAT", "discount_amount,tax_amount"])
def test_what_a_total_holds_is_asked(
    tmp_path: Path, capsys: Capture, names: str, answers: list[str], due: str
) -> None:
    path = write(
        tmp_path,
        f"id,date,customer,product,region,quantity,price,total,{names}",
        "1,2025-01-01,C1,Mug,North,2,10.00,20.00,1.00,2.00",
        "2,2025-01-02,C1,Mug,North,1,20.00,20.00,2.00,2.00",
    )

    words = [word for each in answers for word in ("--answer", each)]
    found = suggested(capsys, path, *words)

    assert {each["name"] for each in found["questions"]} | {
        each.partition("=")[0] for each in answers
    } == {"tax", "discount"}
    assert (found["rows_loaded"], str(revenue(found))) == (2, due)


def test_a_total_is_in_most_rows(tmp_path: Path, capsys: Capture) -> None:
    path = write(
        tmp_path,
        "id,date,customer,product,region,quantity,total amount,amount",
        *(
            f"{n},2025-01-0{n},C1,Mug,North,2,{'9.00' if n == 1 else ''},10.00"
            for n in range(1, 8)
        ),
    )

    assert str(revenue(suggested(capsys, path))) == "70.00"


# Suggests where PySpark is not installed.
_WITHOUT_PYSPARK = """
import sys
sys.modules["pyspark"] = None
from salesetl.cli import main
main(["profile", "suggest", *sys.argv[1:]])
"""


def test_profiles_are_suggested_without_pyspark(tmp_path: Path) -> None:
    csv = write(tmp_path, *sales("1;2,50;North", "2;2,00;North"))
    orders = tmp_path / "orders.json"
    orders.write_text(json.dumps(ORDER))

    for path in (csv, str(orders)):
        done = subprocess.run(
            [sys.executable, "-c", _WITHOUT_PYSPARK, path],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "it loads" in done.stdout


def test_a_profile_that_is_written_again_is_kept_beside_the_new_one(
    tmp_path: Path, capsys: Capture
) -> None:
    path = write(tmp_path, *sales("1;2,50;North", "2;2,00;North"))
    profile = tmp_path / "profile.toml"
    main(["profile", "suggest", path, "--to", str(profile)])
    suggestion = profile.read_text()
    main(["profile", "suggest", path, "--to", str(profile)])
    assert not (tmp_path / "profile.toml.bak").exists()
    profile.write_text("# My own words.\n")
    capsys.readouterr()

    main(["profile", "suggest", path, "--to", str(profile)])

    assert profile.read_text() == suggestion
    assert (tmp_path / "profile.toml.bak").read_text() == "# My own words.\n"
    assert "profile.toml.bak" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("state", "entry"),
    [
        ("SHIPPED", ""),
        ("PAID", 'payment_status = "lower(state)"'),
        ("paid", 'payment_status = "state"'),
    ],
)
def test_a_state_of_the_parcel_is_no_state_of_the_payment(
    tmp_path: Path, capsys: Capture, state: str, entry: str
) -> None:
    orders = tmp_path / "orders.json"
    order = {name: value for name, value in ORDER.items() if name != "payment"}
    orders.write_text(json.dumps(order | {"state": state}))

    found = suggested(capsys, str(orders))

    assert found["rows_loaded"] == 1
    assert entry in found["profile"]
    is_remarked = any(
        "like payment_status (cancelled, paid" in each for each in found["remarks"]
    )
    assert is_remarked == (not entry)
    assert ("payment_status" in found["profile"].partition("\n\n")[2]) == bool(entry)


@pytest.mark.parametrize("above", [[], ["Sales of September", ""], ["sep=;"]])
def test_two_lines_that_name_the_columns_together_are_a_header(
    tmp_path: Path, capsys: Capture, above: list[str]
) -> None:
    path = write(
        tmp_path,
        *above,
        "Invoice;Invoice;Customer;Item;Qty;Unit;Line;Branch",
        "No;Date;Code;Description;;Price;Amount;",
        "1;2025-01-01;C1;Mug;2;2,50;5,00;North",
        "2;2025-01-02;C1;Mug;1;2,00;2,00;North",
    )

    found = suggested(capsys, path)

    assert (found["rows_read"], found["rows_loaded"]) == (2, 2)
    assert str(revenue(found)) == "7.00"
    assert 'date = "Invoice Date"' in found["profile"]


def priced(names: str, *rows: str) -> list[str]:
    """Return the lines of a file of sales with other columns of amounts."""
    header = f"id,date,customer,product,region,quantity,price,{names}"
    lines = [f"{n},2025-01-0{n},C1,Mug,North,{row}" for n, row in enumerate(rows, 1)]
    return [header, *lines]


@pytest.mark.parametrize(
    ("lines", "answers", "due"),
    [
        # In the total, without one, and still to be taken off it.
        (
            priced("discount,total", "2,10.00,-1.00,19.00", "1,20.00,-5.00,15.00"),
            [],
            "34.00",
        ),
        (priced("discount", "2,10.00,-1.00", "1,20.00,-5.00"), [], "34.00"),
        (
            priced("discount,total", "2,10.00,-1.00,20.00", "1,20.00,-5.00,20.00"),
            ["discount=beside"],
            "34.00",
        ),
        # With a return, whose discount comes back.
        (
            priced("discount,total", "2,10.00,-1.00,19.00", "-1,20.00,0.50,-19.50"),
            [],
            "-0.50",
        ),
        (
            priced("discount,total", "2,10.00,-0.10,18.00", "1,20.00,-0.50,10.00"),
            [],
            "28.00",
        ),
    ],
)
def test_a_discount_may_be_written_below_zero(
    tmp_path: Path, capsys: Capture, lines: list[str], answers: list[str], due: str
) -> None:
    words = [word for each in answers for word in ("--answer", each)]

    found = suggested(capsys, write(tmp_path, *lines), *words)

    assert (found["rows_loaded"], str(revenue(found))) == (2, due)


def test_a_share_that_is_still_taken_off_is_one_of_the_price(
    tmp_path: Path, capsys: Capture
) -> None:
    rows = ("2,10.00,0.10,20.00", "1,20.00,0.50,20.00")
    path = write(tmp_path, *priced("discount,total", *rows))

    found = suggested(capsys, path, "--answer", "discount=beside")

    assert (found["rows_loaded"], str(revenue(found))) == (2, "28.00")


def test_a_column_in_two_forms_of_numbers_is_told(
    tmp_path: Path, capsys: Capture
) -> None:
    path = write(tmp_path, *sales("1;1.5;North", "1;1,5;North"))

    assert "header has no columns 'unit_price'" in suggested(capsys, path)["failure"]


def test_no_edited_profile_is_lost(tmp_path: Path) -> None:
    path = write(tmp_path, *sales("1;2,50;North", "2;2,00;North"))
    profile = tmp_path / "profile.toml"
    words = [b"# One.", "# Zwei: äöü.".encode("latin-1"), b"# Three."]

    for content in words:
        profile.write_bytes(content)
        main(["profile", "suggest", path, "--to", str(profile)])

    kept = [tmp_path / f"profile.toml.bak{number}" for number in ("", "1", "2")]
    assert [each.read_bytes() for each in kept] == words
