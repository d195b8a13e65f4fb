"""Generated deliveries of retail are the same for the same seed, and live as a shop does."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from generators import retail_plan
from generators.__main__ import main
from generators.personal import faker_of
from generators.retail_products import CATEGORIES
from salesetl.storage import storage_of
from tests.generators.retail_world import DAYS, World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Generate deliveries without dirt, of the sizes that the command has by itself."""
    return World(tmp_path_factory.mktemp("retail"))


def small(root: Path, *words: str) -> dict[str, bytes]:
    """Generate few days and return every file."""
    sizes = ["--customers=40", "--products=20", "--orders=90", "--days=4"]
    return World(root, *sizes, "--dirt", "0.2", *words).files


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    tmp_path: Path,
) -> None:
    first = small(tmp_path / "1")
    again = small(tmp_path / "2")
    other = small(tmp_path / "3", "--seed", "43")

    assert first == again
    assert len(first) == 4 * 3 + 1
    assert all(other[name] != content for name, content in first.items())


@pytest.mark.slow
def test_another_process_makes_the_same_bytes(tmp_path: Path) -> None:
    here = small(tmp_path)
    words = ["--customers=40", "--products=20", "--orders=90", "--days=4", "--dirt=0.2"]

    for hashing in ("1", "2"):
        root = tmp_path / hashing
        subprocess.run(
            [
                sys.executable,
                "-m",
                "generators",
                "retail",
                *words,
                f"--output_path={root}",
            ],
            env={**os.environ, "PYTHONHASHSEED": hashing, "LANG": "de_DE.UTF-8"},
            check=True,
            capture_output=True,
        )

        assert {name: (root / name).read_bytes() for name in here} == here


def test_names_of_people_depend_on_the_seed_and_the_purpose() -> None:
    fakers = [faker_of(1, "a"), faker_of(2, "a"), faker_of(1, "b"), faker_of(1, "a")]

    pools = [[faker.first_name() for _ in range(20)] for faker in fakers]

    assert pools[0] == pools[3]
    assert pools[0] != pools[1] != pools[2] != pools[0]


def test_without_faker_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "faker", None)

    with pytest.raises(SystemExit) as stopped:
        main(["retail", f"--output_path={tmp_path}"])

    assert stopped.value.code == 1
    assert capsys.readouterr().err == (
        "generators: error: names of people are made by Faker: pip install 'salesetl[embedded]'\n"
    )


@pytest.mark.slow
def test_the_other_data_is_made_without_faker(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['faker'] = None; from generators.__main__ import main;"
        "main(['sales', '--rows=5', '--customers=2', f'--output_path={sys.argv[1]}'])"
    )

    subprocess.run([sys.executable, "-c", program, tmp_path], check=True)


def test_deliveries_on_s3_are_those_on_a_disk(tmp_path: Path, s3_root: str) -> None:
    local = small(tmp_path)
    sizes = ["--customers=40", "--products=20", "--orders=90", "--days=4", "--dirt=0.2"]

    main(["retail", *sizes, f"--output_path={s3_root}/raw"])

    storage = storage_of(s3_root)
    sent = {
        file.path.removeprefix(f"{s3_root}/raw/"): storage.read(file.path)
        for file in storage.files(s3_root)
    }
    assert sent == local


def test_a_second_delivery_to_the_same_folder_replaces_the_first(
    tmp_path: Path,
) -> None:
    small(tmp_path)
    (tmp_path / "retail" / "delivered=2025-01-04" / "notes.txt").write_text("mine")

    files = small(tmp_path, "--days", "2")

    days = {name.split("/")[1] for name in files if name.endswith(".csv")}
    assert days == {"delivered=2025-01-01", "delivered=2025-01-02"}
    assert files["retail/delivered=2025-01-04/notes.txt"] == b"mine"
    assert not (tmp_path / "retail" / "delivered=2025-01-03").exists()


def test_every_day_has_three_files_with_the_values_asked_for(world: World) -> None:
    assert len(world.files) == 3 * 30 + 1
    for day in DAYS:
        for row in world.rows(day, "products"):
            assert row["category"] in CATEGORIES
            assert 10 <= Decimal(row["price"]) <= 1000
            assert Decimal(row["price"]).as_tuple().exponent == -2
            assert 0 <= int(row["stock_quantity"]) <= 1000
        for row in world.rows(day, "orders"):
            assert 1 <= int(row["quantity"]) <= 5
            total = int(row["quantity"]) * Decimal(row["unit_price"])
            assert row["total_amount"] == str(total)
            assert date(2025, 1, 1) <= date.fromisoformat(row["order_date"]) <= day
        for row in world.rows(day, "customers"):
            registered = date.fromisoformat(row["registration_date"])
            assert date(2025, 1, 1) - timedelta(days=1000) <= registered <= day
            assert row["email"].endswith(
                ("@example.com", "@example.net", "@example.org")
            )
    assert {row["category"] for row in world.rows(DAYS[0], "products")} == set(
        CATEGORIES
    )


def test_there_are_as_many_of_each_as_asked_for(world: World) -> None:
    orders = world.deliveries()

    assert len(world.histories("customers")) == world.truth["customers"] == 1000
    assert len(world.histories("products")) == world.truth["products"] == 100
    assert len(orders) == 5000
    sizes = Counter(len(versions[min(versions)]) for versions in orders.values())
    assert set(sizes) == {1, 2, 3, 4, 5}
    first_versions = (versions[min(versions)] for versions in orders.values())
    goods = [[row["product_id"] for row in lines] for lines in first_versions]
    assert any(len(set(order)) < len(order) for order in goods)


def changes(history: list[Any]) -> list[Any]:
    """Return the values of a history one after the other, without repetitions."""
    return [value for value, _ in groupby(history)]


def test_customers_arrive_leave_and_return(world: World) -> None:
    presence = [
        changes([each is not None for each in history])
        for history in world.histories("customers").values()
    ]

    kinds = Counter(map(tuple, presence))
    assert kinds[(True,)] > 800
    assert 60 < kinds[(False, True)] < 140
    assert 10 < kinds[(True, False)] < 60
    assert kinds[(True, False, True)] > 3


def test_customers_change_their_names_and_correct_their_addresses(world: World) -> None:
    def values(column: str) -> list[list[str]]:
        histories = world.histories("customers", column).values()
        return [changes([each[0] for each in history if each]) for history in histories]

    names, emails = values("last_name"), values("email")

    assert 10 < sum(len(each) == 2 for each in names) < 50
    back = [each for each in names if len(each) == 3]
    assert back and all(first == last for first, _, last in back)
    corrected = [each for each in emails if len(each) == 2]
    assert 10 < len(corrected) < 50
    for wrong, right in corrected:
        assert right.replace(".", "") == wrong.replace(".", "")
    assert {len(each) for each in values("first_name")} == {1}
    assert {len(each) for each in values("registration_date")} == {1}


def test_prices_change_and_go_back_and_products_are_withdrawn(world: World) -> None:
    prices = world.histories("products", "price").values()

    moved = [changes([each for each in history if each]) for history in prices]
    assert 8 < sum(len(each) > 1 for each in moved) < 35
    assert any(len(each) == 3 and each[0] == each[2] for each in moved)
    presence = Counter(
        tuple(changes([each is not None for each in days])) for days in prices
    )
    assert presence[(False, True)] and presence[(True, False)]
    stocks = world.histories("products", "stock_quantity").values()
    assert all(len(set(days)) > 5 for days in stocks)


def test_a_line_has_the_price_of_its_day(world: World) -> None:
    prices = world.histories("products", "price")

    for versions in world.deliveries().values():
        for row in [row for lines in versions.values() for row in lines]:
            ordered = (date.fromisoformat(row["order_date"]) - DAYS[0]).days
            listed = prices.get(row["product_id"], [None] * 30)[ordered]
            assert listed in (None, (row["unit_price"],))


def test_some_orders_are_late_and_some_corrected(world: World) -> None:
    orders = world.deliveries()

    late = [
        day
        for versions in orders.values()
        if (day := min(versions)) > date.fromisoformat(versions[day][0]["order_date"])
    ]
    assert len(late) == world.truth["late_orders"]
    assert 50 < len(late) < 150
    corrected = [versions for versions in orders.values() if len(versions) > 1]
    assert len(corrected) == world.truth["corrected_orders"]
    assert 50 < len(corrected) < 150
    shrunk = 0
    for versions in corrected:
        [old, new] = [versions[day] for day in sorted(versions)]
        assert old != new
        if len(new) < len(old):
            assert old[: len(new)] == new
            shrunk += 1
        else:
            assert len(new) == len(old)
            amounts = ("quantity", "total_amount")
            for before, after in zip(old, new):
                assert before | {name: after[name] for name in amounts} == after
    assert 10 < shrunk < len(corrected) - 10


def test_orders_name_some_who_arrive_later_and_some_who_never_do(world: World) -> None:
    for name in ("customer", "product"):
        histories = world.histories(f"{name}s")
        known = [row for day in DAYS for row in world.rows(day, "orders")]
        never = [row for row in known if row[f"{name}_id"] not in histories]
        later = [
            row
            for row in known
            if (days := histories.get(row[f"{name}_id"]))
            and not any(
                each is not None
                for day, each in zip(DAYS, days)
                if day <= date.fromisoformat(row["order_date"])
            )
        ]
        assert 0 < len(never) < 0.01 * len(known)
        assert 0 < len(later) < 0.01 * len(known)


def test_the_number_of_orders_at_a_time_leaves_their_number(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retail_plan, "_ORDERS_PER_BATCH", 7)

    parts = World(tmp_path)

    assert sorted(parts.deliveries()) == sorted(world.deliveries())
    assert parts.lines(DAYS[3], "customers") == world.lines(DAYS[3], "customers")


@pytest.mark.parametrize(
    "words",
    [["--days", "0"], ["--customers", "-1"], ["--dirt", "2"], ["--start_date", "x"]],
)
def test_a_wrong_argument_is_refused(tmp_path: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["retail", *words, f"--output_path={tmp_path}"])

    assert stopped.value.code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("start", ["0002-01-01", "9999-12-20"])
def test_days_that_no_calendar_has_are_one_line(
    tmp_path: Path, start: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["retail", "--start_date", start, f"--output_path={tmp_path}"])

    error = capsys.readouterr().err
    assert stopped.value.code == 2
    assert error.startswith(f"generators: error: --start_date {start} and --days 30: ")
    assert error.count("\n") == 1


def test_a_place_that_cannot_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SystemExit) as stopped:
        main(["retail", "--days=1", "--orders=1", f"--output_path={tmp_path}/file"])

    error = capsys.readouterr().err.splitlines()[-1]
    assert stopped.value.code == 1
    assert error.startswith(f"generators: error: {tmp_path}/file")
    assert "is a file, but a folder is needed" in error


def test_one_of_each_on_one_day_is_a_world_too(tmp_path: Path) -> None:
    sizes = ["--customers=1", "--products=1", "--orders=1", "--days=1"]

    world = World(tmp_path, *sizes)

    assert world.truth["customers"] == world.truth["products"] == 1
    assert list(world.truth["revenue_by_order_date"]) == ["2025-01-01"]
    assert len(world.rows(DAYS[0], "orders")) == world.truth["order_lines"] > 0
