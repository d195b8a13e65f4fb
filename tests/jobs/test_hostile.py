"""Names that others choose run nothing and lead nowhere, on either engine."""

import csv
from pathlib import Path

import pytest

from salesetl.cli import main
from salesetl.engines.engine import Engine
from salesetl.errors import InputError
from salesetl.model.options import InputPath
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.runner.runner import run
from salesetl.runs import RunReport
from tests.frames import SALE
from tests.jobs.shop import Shop, sale

FILES = [
    "'; drop table sales; --.csv",
    'quoted"; copy (select 1) to "out.csv',
    "$(touch touched).csv",
    "`touch touched`.csv",
    "${HOME}.csv",
    "a%2F..%2F..%2Fescape.csv",
    "month=..  x.csv",
    "back\\slash.csv",
    "emoji 🛒, comma.csv",
]
HEADERS = [
    "'); drop table sales; --",
    "\"; select * from read_text('/etc/passwd') --",
    "`touch touched`",
    "${env:HOME}",
    "_source_file",
    "__import__('os').system('touch touched')",
]


def load(engine: Engine, shop: Shop, folder: Path) -> RunReport:
    """Load a delivery."""
    return run(
        SALES,
        engine,
        sales_path=InputPath(str(folder)),
        customers_path=InputPath(str(shop.customers())),
        output_path=str(shop.home / "lake"),
        max_rejected_ratio=1,
    )


def files_outside(shop: Shop, *folders: str) -> list[Path]:
    """List the files that are neither delivered nor in the lake."""
    inside = ("lake", "customers.json", *folders)
    return [
        path
        for path in shop.home.rglob("*")
        if path.relative_to(shop.home).parts[0] not in inside
    ]


def test_hostile_file_names_are_names(
    engine: Engine,
    shop: Shop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = shop.deliver("raw", [])
    (folder / "sales.csv").unlink()
    for number, name in enumerate(FILES, start=1):
        delivered = shop.deliver("one", [sale(number), sale(number + 50, date="x")])
        (delivered / "sales.csv").rename(folder / name)

    report = load(engine, shop, folder)
    main(["quarantine", "show", report.run_id, "--output_path=lake", "--to=lake/fixes"])

    assert (report.rows_loaded, report.rows_quarantined) == (len(FILES), len(FILES))
    shown = capsys.readouterr().out
    assert all(name in shown for name in FILES[:5])
    assert files_outside(shop, "raw", "one") == []


@pytest.mark.parametrize("name", HEADERS)
def test_a_hostile_header_is_a_column_that_nobody_knows(
    engine: Engine,
    shop: Shop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = shop.home / "raw"
    folder.mkdir()
    with (folder / "sales.csv").open("w", newline="") as file:
        csv.writer(file).writerows([[*SALE, name], [*sale(1).values(), name]])

    report = load(engine, shop, folder)

    assert report.rows_loaded == 1
    assert report.unknown_columns == [name]
    assert files_outside(shop, "raw") == []


@pytest.mark.parametrize(
    "entries",
    [
        "[expressions]\nproduct = \"__import__('os').system('touch touched')\"",
        "[expressions]\nproduct = \"read_text('/etc/passwd')\"",
        '[expressions]\nproduct = "product || (select version())"',
        "[expressions]\nproduct = \"reflect('java.lang.Runtime', 'exit')\"",
        "[expressions]\nproduct = \"concat(product, '') ; drop table sales\"",
        '[columns]\nproduct = "p\') or 1=1 --"',
        'delimiter = "\'; drop table"',
        'encoding = "rot13"',
        'date_format = "\'); drop table sales; --"',
    ],
)
def test_a_hostile_profile_is_refused_before_anything_is_read(
    engine: Engine, shop: Shop, entries: str
) -> None:
    folder = shop.deliver("raw", [sale(1)])
    profile = shop.home / "profile.toml"
    profile.write_text(entries)

    with pytest.raises(InputError) as refusal:
        run(
            SALES,
            engine,
            sales_path=InputPath(str(folder)),
            customers_path=InputPath(str(shop.customers())),
            output_path=str(shop.home / "lake"),
            source_profile=str(profile),
        )

    assert "\n" not in str(refusal.value)
    assert files_outside(shop, "raw", "profile.toml") == []


def test_hostile_constants_are_text(engine: Engine, shop: Shop) -> None:
    folder = shop.deliver("raw", [sale(1)])
    profile = shop.home / "profile.toml"
    profile.write_text('[constants]\nregion = "\'; drop table sales; -- ${env:HOME}"')

    run(
        SALES,
        engine,
        sales_path=InputPath(str(folder)),
        customers_path=InputPath(str(shop.customers())),
        output_path=str(shop.home / "lake"),
        source_profile=str(profile),
    )

    [row] = shop.rows(ENRICHED_SALES)
    assert row["region"] == "'; drop table sales; -- ${env:HOME}"
