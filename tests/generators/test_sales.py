"""The generated world is the same for the same seed, and as a retailer's world should be."""

import csv
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from generators import sales
from generators.__main__ import main
from generators.dirt import Answers
from generators.sale_dirt import BEFORE_SIGNUP, DIRT, Sale, spoil
from salesetl.pipelines.sales.contracts import RAW_SALES
from salesetl.storage import storage_of


def generate(root: Path, *words: str) -> dict[str, bytes]:
    """Generate sales and return every file written, by its path below the root."""
    main(
        [
            "sales",
            "--rows",
            "3000",
            "--customers",
            "200",
            *words,
            "--output_path",
            str(root),
        ]
    )
    files = [path for path in root.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def rows_of(content: bytes) -> list[dict[str, str]]:
    """Read generated sales."""
    return list(csv.DictReader(content.decode().splitlines()))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    tmp_path: Path,
) -> None:
    first = generate(tmp_path / "1", "--dirt", "0.1")
    again = generate(tmp_path / "2", "--dirt", "0.1")
    other = generate(tmp_path / "3", "--dirt", "0.1", "--seed", "43")

    assert first == again
    assert set(first) == {
        "sales/sales_data.csv",
        "customers/customer_demographics.json",
        "_answers/sales.json",
    }
    assert all(other[name] != content for name, content in first.items())


def test_a_world_on_s3_is_the_one_on_a_disk(tmp_path: Path, s3_root: str) -> None:
    local = generate(tmp_path)
    place = f"{s3_root}/raw"

    main(["sales", "--rows=3000", "--customers=200", f"--output_path={place}"])

    storage = storage_of(place)
    sent = {
        file.path.removeprefix(f"{place}/"): storage.read(file.path)
        for file in storage.files(place)
    }
    assert sent == local


def test_a_bucket_that_is_not_there_is_one_line(
    s3_root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["sales", "--rows=10", "--output_path=s3://no-such-bucket-at-all/raw"])

    error = capsys.readouterr().err
    assert stopped.value.code == 1
    assert error.startswith("generators: error: s3://no-such-bucket-at-all/raw/")
    assert error.endswith(": there is no such bucket\n")
    assert error.count("\n") == 1


def test_the_number_of_rows_at_a_time_does_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = generate(tmp_path / "whole")["sales/sales_data.csv"]
    monkeypatch.setattr(sales, "_ROWS_PER_FILE", 1000)

    files = generate(tmp_path / "split")

    parts = [
        content for name, content in sorted(files.items()) if name.startswith("sales/")
    ]
    assert len(parts) == 3
    assert sum(len(rows_of(part)) for part in parts) == len(rows_of(whole)) == 3000


def test_a_second_delivery_to_the_same_folder_replaces_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sales, "_ROWS_PER_FILE", 1000)
    generate(tmp_path, "--dirt", "0.1")
    monkeypatch.undo()

    files = generate(tmp_path)

    assert set(files) == {
        "sales/sales_data.csv",
        "customers/customer_demographics.json",
    }


def test_totals_add_up_and_prices_belong_to_products(tmp_path: Path) -> None:
    rows = rows_of(generate(tmp_path)["sales/sales_data.csv"])

    assert list(rows[0]) == [
        name for name in RAW_SALES.columns if name not in RAW_SALES.optional_columns
    ]
    assert [row["transaction_id"] for row in rows[:2]] == ["TXN000001", "TXN000002"]
    assert all(
        Decimal(row["total_amount"])
        == Decimal(row["unit_price"]) * int(row["quantity"])
        for row in rows
    )
    assert len({(row["product"], row["unit_price"]) for row in rows}) == 8
    assert {row["region"] for row in rows} == {"North", "South", "East", "West"}
    returns = sum(int(row["quantity"]) < 0 for row in rows)
    assert 0 < returns < len(rows) * 0.05


def test_sales_lie_in_their_days_and_nobody_buys_before_signing_up(
    tmp_path: Path,
) -> None:
    files = generate(tmp_path)

    rows = rows_of(files["sales/sales_data.csv"])
    lines = files["customers/customer_demographics.json"].decode().splitlines()
    customers = {each["customer_id"]: each for each in map(json.loads, lines)}
    days = [date.fromisoformat(row["date"]) for row in rows]
    assert (min(days), max(days)) == (date(2025, 9, 19), date(2025, 12, 17))
    assert all(
        row["date"] >= customers[row["customer_id"]]["signup_date"] for row in rows
    )
    assert len(customers) == 200
    assert {each["age_group"] for each in customers.values()} == {
        "18-25",
        "26-35",
        "36-45",
        "46-55",
        "56+",
    }
    assert max(Counter(row["customer_id"] for row in rows).values()) > 30


def test_every_kind_of_dirt_is_counted(tmp_path: Path) -> None:
    answers = json.loads(generate(tmp_path, "--dirt", "0.3")["_answers/sales.json"])

    assert set(answers["dirt"]) == {kind.name for kind in (*DIRT, BEFORE_SIGNUP)}
    accounted = sum(
        answers[name]
        for name in ("rows_loaded", "rows_quarantined", "duplicates_removed")
    )
    assert answers["rows_read"] == accounted
    assert all(
        each["count"] == len(each["transaction_ids"])
        for each in answers["dirt"].values()
    )


def test_dirt_names_only_rules_that_there_are() -> None:
    rules = {rule.name for rule in RAW_SALES.rules} | {
        "row_is_well_formed",
        "conflicting_duplicate",
    }

    assert {kind.reason or kind.warning for kind in DIRT} - {""} <= rules


def test_a_sale_is_spoiled_as_the_number_says() -> None:
    clean = Sale("T1", "2025-09-10", "C1", "Lamp", "2", "10.50", "North", "21.00")
    answers = Answers("transaction_ids")

    line = spoil(clean, 0.0, None, answers)

    assert line == ",2025-09-10,C1,Lamp,2,10.50,North,21.00"
    assert answers.as_dict()["rows_by_reason"] == {"transaction_id_is_present": 1}


@pytest.mark.parametrize(
    "words", [["--rows", "0"], ["--dirt", "2"], ["--end_date", "x"], ["--days", "-1"]]
)
def test_a_wrong_argument_is_refused(tmp_path: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        generate(tmp_path, *words)

    assert stopped.value.code == 2
