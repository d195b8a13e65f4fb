"""What the command line says of loaded files, and forgets."""

import json
from pathlib import Path

import pytest

from salesetl.cli import main
from salesetl.destinations.journal import journal_path
from salesetl.destinations.lease import held_lease, lease_path
from salesetl.destinations.ledger import read_ledger
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.storage import storage_of
from tests.jobs.shop import Shop, order, sale
from tests.lakes import Lakes


def loaded(shop: Shop) -> None:
    """Load two days of sales, and orders."""
    shop.deliver("raw/day_1", [sale(1)])
    shop.deliver("raw/day_2", [sale(2)])
    shop.load(shop.home / "raw", run_id="first")
    shop.load_orders(shop.deliver_orders("orders", [order(1)]))


@pytest.fixture
def shop(duckdb: DuckDbEngine, lakes: Lakes, tmp_path: Path) -> Shop:
    """Open a shop that has loaded files."""
    return lakes.copy(loaded, tmp_path)


def test_loaded_files_are_listed_within_a_terminal(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["ledger", "list", str(shop.home / "lake")])

    header, _, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == ["source", "file", "bytes", "loaded_at", "state"]
    assert [line.split()[0] for line in lines] == [
        "customers",
        "sales",
        "sales",
        "orders",
    ]
    assert "/day_1/sales.csv" in lines[1]
    assert max(map(len, lines)) <= 100


def test_loaded_files_of_a_pipeline_are_listed_as_json(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["ledger", "list", str(shop.home / "lake"), "sales", "--json"])

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["pipeline"], each["source"]) for each in told] == [
        ("sales", "customers"),
        ("sales", "sales"),
        ("sales", "sales"),
    ]
    assert {each["run_id"] for each in told} == {"first"}


def test_a_lake_without_a_ledger_is_said_to_have_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["ledger", "list", str(tmp_path)])

    assert "no run has entered a file" in capsys.readouterr().out


@pytest.mark.parametrize("glob", ["day_2/*.csv", "day_2", "raw/day_2/sales.csv"])
def test_a_file_that_is_forgotten_is_loaded_again(
    shop: Shop, capsys: pytest.CaptureFixture[str], glob: str
) -> None:
    root = str(shop.home / "lake")
    # The deliveries of a copied lake are where those of the first are.
    [file, _] = read_ledger(storage_of(root), root, "sales").of("sales")

    main(["ledger", "forget", root, "sales", glob])

    assert capsys.readouterr().out.startswith("1 files forgotten;")
    report = shop.load(Path(file.path).parents[1], input_mode="new")
    assert (report.files_new, report.files_known) == (1, 1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sales", "day_3*"], "no loaded file of sales has such a path; list them"),
        (["sales", "ay_1/sales.csv"], "no loaded file of sales has such a path"),
    ],
)
def test_what_cannot_be_forgotten_is_told(
    shop: Shop, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["ledger", "forget", str(shop.home / "lake"), *words])

    assert ended.value.code
    assert message in capsys.readouterr().err


def test_nothing_is_forgotten_while_a_run_writes_or_before_one_is_finished(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    root = str(shop.home / "lake")
    words = ["ledger", "forget", root, "sales", "day_1"]
    with held_lease(storage_of(root), lease_path(root, "sales"), "other"):
        with pytest.raises(SystemExit):
            main(words)
    assert "run other" in capsys.readouterr().err
    Path(journal_path(root, "sales")).write_text("{}")
    with pytest.raises(SystemExit):
        main(words)
    assert "a run was interrupted while it published" in capsys.readouterr().err
