"""`salesetl check` tells what a run would do, and leaves nothing behind."""

import json
from pathlib import Path
from typing import Any

import pytest

from salesetl.cli import main
from salesetl.cli.choosing import pipeline_for
from salesetl.readers.delivered import lines_of
from tests.frames import ORDER
from tests.jobs.retailer import product
from tests.jobs.shop import Shop, sale
from tests.jobs.web_shop import web_sale

SALES = [
    sale(1, currency="EUR"),
    sale(1, currency="EUR"),
    *(sale(n, currency="EUR", unit_price="10,50") for n in (2, 3)),
    sale(4, currency="USD", date="31.01.2025"),
]


@pytest.fixture
def sales(duckdb: Any, tmp_path: Path) -> str:
    """Deliver some sales, most of them broken."""
    return str(Shop(duckdb, tmp_path).deliver("sales", SALES) / "sales.csv")


def test_rows_are_told_by_outcome_and_reason_with_lines_and_amounts(
    sales: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(tmp_path.rglob("*"))

    main(["check", sales, "--as_of", "2025-12-01"])

    shown = capsys.readouterr().out
    assert f"{sales}: enrich_sales would read 5 rows" in shown
    told = [line.split() for line in shown.splitlines()]
    assert ["loaded", "1"] in told and ["duplicates", "1"] in told
    assert ["unit_price_is_valid", "2", "4,", "5"] in told
    assert ["date_is_valid", "1", "6"] in told
    assert ["total_amount", "EUR", "21.00", "42.00"] in told
    assert ["total_amount", "USD", "0.00", "21.00"] in told
    assert "decimal_comma = true" in shown.splitlines()[-1]
    # No value of a row is shown.
    assert "31.01" not in shown and "10,50" not in shown
    assert sorted(tmp_path.rglob("*")) == before


def test_it_tells_the_same_as_json(
    sales: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["check", sales, "--json", "--as_of", "2025-12-01"])

    [told] = json.loads(capsys.readouterr().out)
    assert (told["rows_read"], told["loaded"], told["rejected"]) == (5, 1, 3)
    assert told["reasons"]["unit_price_is_valid"] == {"rows": 2, "lines": [4, 5]}
    assert told["amounts"]["total_amount"]["EUR"]["rejected"] == "42.00"


def test_a_file_is_looked_through_once_for_the_lines_of_all_reasons(
    sales: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counting(path: str, *rest: Any) -> dict[str, int]:
        asked.append(path)
        return lines_of(path, *rest)

    monkeypatch.setattr("salesetl.cli.lines_rejected.lines_of", counting)

    main(["check", sales, "--as_of", "2025-12-01"])

    assert asked == [sales]


def test_the_job_is_told_by_the_kind_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "orders.json"
    path.write_text(json.dumps(ORDER))

    main(["check", str(path)])

    assert "flatten_orders would read 1 rows" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "job"),
    [
        (
            "sales.csv",
            "Datum;Artikel;Menge;Preis\n2025-01-01;A;1;2,00\n",
            "enrich_sales",
        ),
        (
            "orders.csv",
            "order_id,customer_id,product_id,order_date,quantity,unit_price,total_amount\n",
            "stage_retail",
        ),
        ("delivered=2025-01-01/bestellungen.csv", "Nr;Menge\n1;2\n", "stage_retail"),
        ("sales.json", json.dumps(web_sale(1)), "curate_shop_sales"),
        ("orders.json", '{"id": 1, "items": []}', "flatten_orders"),
    ],
)
def test_the_job_is_told_by_the_names_in_the_file_and_by_its_folder(
    tmp_path: Path, name: str, content: str, job: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)

    assert pipeline_for(str(path)).job == job


def test_the_job_is_told_by_the_first_file_that_is_not_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_text("")
    (tmp_path / "b.json").write_text(json.dumps(ORDER))

    main(["check", str(tmp_path)])
    main(["profile", "suggest", str(tmp_path)])

    shown = capsys.readouterr()
    assert "flatten_orders would read 1 rows" in shown.out
    assert "of 1 rows flatten_orders loads 1" in shown.err


def test_a_file_of_nothing_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_text("")

    with pytest.raises(SystemExit):
        main(["check", str(tmp_path)])

    assert "a.json: empty file (0 bytes)" in capsys.readouterr().err


def test_a_file_that_is_read_beside_others_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "products.csv"
    path.write_text(",".join(product(1)) + "\n")

    with pytest.raises(SystemExit):
        main(["check", str(path)])

    told = capsys.readouterr().err
    assert "has the columns of products of stage_retail" in told
    assert "salesetl plan stage_retail" in told


def test_limits_of_a_run_may_be_given_and_refuse_nothing(
    sales: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["check", sales, "--as_of", "2025-12-01", "--max_rejected_ratio", "0"])

    assert "enrich_sales would read" in capsys.readouterr().out


def test_a_profile_is_taken_and_an_unknown_argument_refused(
    sales: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text('date_formats = ["dd.MM.yyyy", "yyyy-MM-dd"]\n')

    main(["check", sales, "--source_profile", str(profile), "--as_of", "2025-12-01"])
    shown = capsys.readouterr().out
    with pytest.raises(SystemExit) as stopped:
        main(["check", sales, "--source_profil", str(profile)])

    assert ["loaded", "2"] in [line.split() for line in shown.splitlines()]
    assert stopped.value.code != 0
    assert "did you mean --source_profile" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "plan"])
def test_lines_are_told_of_a_file_in_another_encoding(
    command: str, sales: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text('encoding = "windows-1252"\n')
    path = Path(sales)
    text = path.read_text().replace("31.01.2025", "Thé")
    path.write_bytes(text.encode("windows-1252"))
    words = [sales]
    if command == "plan":
        lake = str(tmp_path / "lake")
        words = ["enrich_sales", "--sales_path", sales, "--output_path", lake]
        words += ["--max_rejected_ratio", "1"]

    main([command, *words, "--source_profile", str(profile), "--as_of", "2025-12-01"])

    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["date_is_valid", "1", "6"] in told
