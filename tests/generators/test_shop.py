"""The shop sells the same for the same seed, and a reader sees whole batches of one date."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from generators import shop_producer
from generators.shop_catalogue import CITIES, GOODS
from generators.shop_dirt import SHOP_DIRT
from generators.shop_sales import PAYMENT_TYPES
from salesetl.pipelines.shop.contracts import RAW_SALES
from salesetl.quality.judging import WELL_FORMED
from tests.generators.shop_files import STEPPED, ShopFolder, answers_of, sell


def test_the_first_producer_of_a_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    words = [*STEPPED, "--records=250", "--dirt=0.1"]
    for name, seed in (("1", 42), ("2", 42), ("3", 43)):
        sell(tmp_path / name, *words, f"--seed={seed}")

    first, again, other = (ShopFolder(tmp_path / name) for name in "123")

    assert first.files == again.files
    assert answers_of(tmp_path / "1") == answers_of(tmp_path / "2")
    sales = [name for name in first.files if name.startswith("shop/sales")]
    assert all(other.files[name] != first.files[name] for name in sales)
    assert other.objects("products") != first.objects("products")
    names = [
        sorted(user["name"] for user in folder.objects("users").values())
        for folder in (first, other)
    ]
    assert names[0] != names[1]


def test_a_shop_on_s3_is_the_one_on_a_disk(tmp_path: Path, s3_root: str) -> None:
    words = [*STEPPED, "--records=130", "--dirt=0.1"]

    sell(tmp_path, *words)
    sell(f"{s3_root}/raw", *words)

    assert ShopFolder(f"{s3_root}/raw").files == ShopFolder(tmp_path).files
    assert answers_of(f"{s3_root}/raw") == answers_of(tmp_path)


def test_users_and_products_are_objects_in_files_of_their_own(tmp_path: Path) -> None:
    sell(tmp_path, *STEPPED, "--records=1")

    folder = ShopFolder(tmp_path)
    users, products = folder.objects("users"), folder.objects("products")
    for path, user in users.items():
        assert list(user) == ["user_id", "name", "phone_number", "city"]
        assert path == f"city={user['city']}/{user['user_id']}.json"
        assert user["phone_number"][:4] in ("+916", "+917", "+918", "+919")
        assert len(user["phone_number"]) == 13
        assert len(user["name"].split()) >= 2
    assert {user["user_id"] for user in users.values()} == set(range(1000, 1100))
    assert {user["city"] for user in users.values()} == set(CITIES)
    for path, product in products.items():
        assert list(product) == [
            "product_id",
            "product_name",
            "category",
            "current_price",
        ]
        assert path == f"category={product['category']}/{product['product_id']}.json"
        assert 500 <= product["current_price"] <= 5000
    ids = {product["product_id"] for product in products.values()}
    assert ids == set(range(200, 250))
    assert {product["category"] for product in products.values()} == set(GOODS)
    assert len({product["product_name"] for product in products.values()}) == 50


def test_sales_have_known_users_and_the_price_of_the_product(tmp_path: Path) -> None:
    sell(tmp_path, *STEPPED, "--records=1500")

    folder = ShopFolder(tmp_path)
    prices = {
        product["product_id"]: product["current_price"]
        for product in folder.objects("products").values()
    }
    for sale in folder.sales:
        assert list(sale) == [
            "order_id",
            "user_id",
            "product_id",
            "quantity",
            "unit_price",
            "total_amount",
            "payment_type",
            "order_time",
        ]
        assert 1000 <= sale["user_id"] <= 1099
        assert 1 <= sale["quantity"] <= 5
        assert sale["unit_price"] == prices[sale["product_id"]]
        total = Decimal(str(sale["unit_price"])) * sale["quantity"]
        assert Decimal(str(sale["total_amount"])) == total
    folder.check_ids()
    assert len(folder.sales) == 1500
    assert {sale["payment_type"] for sale in folder.sales} == set(PAYMENT_TYPES)
    assert {sale["quantity"] for sale in folder.sales} == {1, 2, 3, 4, 5}


def test_order_times_step_by_the_rate_from_the_start(tmp_path: Path) -> None:
    sell(tmp_path, "--records=5", "--rate=4", "--start_time=2025-03-01T05:30:00+05:30")

    times = [sale["order_time"][:-1] for sale in ShopFolder(tmp_path).sales]
    assert times == [
        f"2025-03-01T00:00:0{each}"
        for each in ("0.000", "0.250", "0.500", "0.750", "1.000")
    ]


def test_a_batch_has_a_hundred_sales_or_a_minute_of_one_date(tmp_path: Path) -> None:
    sell(tmp_path / "quick", "--records=250", "--rate=10", *STEPPED)
    sell(tmp_path / "slow", "--records=130", *STEPPED)
    night = "--start_time=2025-01-31T23:59:50"
    sell(tmp_path / "night", "--records=30", "--rate=max", night)

    def sizes(name: str) -> dict[str, int]:
        batches = ShopFolder(tmp_path / name).batches
        return {
            path.removeprefix("shop/sales/date=2025-"): len(sales)
            for path, sales in sorted(batches.items())
        }

    assert list(sizes("quick").values()) == [100, 100, 50]
    assert list(sizes("slow").values()) == [60, 60, 10]
    assert sizes("night") == {
        "01-31/sales-00001-0000001.json": 10,
        "02-01/sales-00001-0000002.json": 20,
    }
    for path, sales in ShopFolder(tmp_path / "night").batches.items():
        assert {f"date={sale['order_time'][:10]}" for sale in sales} == {
            path.split("/")[2]
        }


def test_a_live_producer_keeps_its_rate_and_writes_what_has_waited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop_producer, "SECONDS_PER_BATCH", 0.05)
    before = datetime.now(UTC)

    sell(tmp_path, "--records=4", "--rate=10")

    after = datetime.now(UTC)
    folder = ShopFolder(tmp_path)
    # On a busy machine a batch may wait for longer than until the next sale.
    sizes = [len(batch) for batch in folder.batches.values()]
    assert len(sizes) > 1 and sum(sizes) == 4
    times = sorted(datetime.fromisoformat(sale["order_time"]) for sale in folder.sales)
    assert before - timedelta(milliseconds=1) <= times[0] <= times[-1] <= after
    assert after - before >= timedelta(seconds=0.3)


def test_another_seed_sells_to_the_users_who_are_there(tmp_path: Path) -> None:
    sell(tmp_path, *STEPPED, "--records=10", "--seed=1")
    before = ShopFolder(tmp_path)
    # An earlier start was cut off.
    gone = next(path for path in before.files if path.startswith("shop/users/"))
    (tmp_path / gone).unlink()
    other = next(tmp_path.glob("shop/products/*/*.json"))
    written_at = other.stat().st_mtime_ns

    sell(tmp_path, *STEPPED, "--records=10", "--seed=2")

    after = ShopFolder(tmp_path)
    assert after.objects("users") == before.objects("users")
    assert after.objects("products") == before.objects("products")
    assert len(after.sales) == 20
    assert other.stat().st_mtime_ns == written_at


def test_the_answers_are_to_the_sales_that_were_written(tmp_path: Path) -> None:
    sell(tmp_path, "--records=1200", "--dirt=0.4", "--start_time=2025-01-01T23:50")

    answers = answers_of(tmp_path)
    folder = ShopFolder(tmp_path)
    lines = [
        line
        for name, content in folder.files.items()
        if name.startswith("shop/sales")
        for line in content.splitlines()
    ]
    dirt = answers["dirt"]
    assert answers["rows_read"] == len(lines)
    states = ("rows_loaded", "rows_quarantined", "duplicates_removed")
    assert answers["rows_read"] == sum(answers[state] for state in states)
    assert set(dirt) == {kind.name for kind in SHOP_DIRT}
    rejected = {
        order_id
        for kind in SHOP_DIRT
        if not kind.loaded
        for order_id in dirt[kind.name]["order_ids"]
    }
    sound = {}
    for line in lines:
        try:
            sale = json.loads(line)
        except json.JSONDecodeError:
            continue
        if sale["order_id"] and sale["order_id"] not in rejected:
            sound[sale["order_id"]] = sale
    revenue: Counter[str] = Counter()
    for sale in sound.values():
        moment = datetime.fromisoformat(sale["order_time"]).astimezone(UTC)
        revenue[str(moment.date())] += round(Decimal(str(sale["total_amount"])) * 100)
    assert len(sound) == answers["rows_loaded"]
    assert len(revenue) > 1
    assert answers["revenue_by_order_date"] == {
        day: str(Decimal(cents).scaleb(-2)) for day, cents in sorted(revenue.items())
    }


def test_dirt_names_only_rules_of_the_contract() -> None:
    levels = {rule.name: rule.level for rule in RAW_SALES.rules}

    for kind in SHOP_DIRT:
        assert kind.reason in ("", WELL_FORMED.name) or levels[kind.reason] == "reject"
        assert not kind.warning or levels[kind.warning] == "warn"


def test_sound_sales_are_what_they_are_without_dirt(tmp_path: Path) -> None:
    for name, dirt in (("clean", "0"), ("dirty", "0.3")):
        sell(tmp_path / name, *STEPPED, "--records=300", f"--dirt={dirt}")

    clean, dirty = (
        b"".join(
            content
            for name, content in ShopFolder(tmp_path / each).files.items()
            if name.startswith("shop/sales")
        ).splitlines()
        for each in ("clean", "dirty")
    )

    hit = sum(each["count"] for each in answers_of(tmp_path / "dirty")["dirt"].values())
    twice = answers_of(tmp_path / "dirty")["dirt"]["sent_twice"]["count"]
    assert 50 < hit < 130
    assert len(set(clean) - set(dirty)) == hit - twice


@pytest.mark.parametrize(
    "words",
    [
        ["--records=0"],
        ["--rate=-1"],
        ["--rate=nan"],
        ["--rate=often"],
        ["--start_time=noon"],
        ["--dirt=2"],
        ["--start_time=2025-01-01"],
        ["--start_time=9999-12-31T23:59:59", "--records=5"],
    ],
)
def test_a_wrong_argument_is_refused(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        sell(tmp_path, *words)

    assert stopped.value.code == 2
    assert "error: " in capsys.readouterr().err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("below", ["file", "file/more"])
def test_a_place_that_cannot_be_written_is_one_line(
    tmp_path: Path, below: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SystemExit) as stopped:
        sell(tmp_path / below, "--records=1")

    error = capsys.readouterr().err
    assert stopped.value.code == 1
    assert error.startswith(f"generators: error: {tmp_path}/file")
    assert error.count("\n") == 1
