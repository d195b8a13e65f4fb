"""Files as they come, by whatever name and packed however, on either engine."""

import csv
import gzip
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest

from salesetl.engines.engine import Engine
from salesetl.errors import SalesEtlError
from salesetl.model.options import InputPath
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.readers import layouts
from salesetl.readers.files import HEAD_BYTES
from salesetl.runner.runner import run
from salesetl.runs import RunReport
from tests.frames import SALE, on_each_engine
from tests.jobs.shop import Shop, order, sale


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Shop:
    """Open a shop that runs on each engine in turn."""
    return Shop(engine, tmp_path)


def sales_text(*numbers: int) -> bytes:
    """Write sales as a file has them."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(SALE))
    writer.writeheader()
    writer.writerows(sale(number) for number in numbers)
    return text.getvalue().encode()


def orders_text(*numbers: int) -> bytes:
    """Write orders as a file has them."""
    return "".join(f"{json.dumps(order(number))}\n" for number in numbers).encode()


def load(shop: Shop, feed: str, path: Path, **arguments: Any) -> RunReport:
    """Run the job of a feed."""
    if feed == "sales":
        return shop.load(path, **arguments)
    return shop.load_orders(path, **arguments)


def members(content: bytes) -> bytes:
    """Pack a text as several members, of which the first is empty and one ends within a line."""
    cut = content.index(b"\n") + 5
    parts = (b"", content[:cut], content[cut:], b"")
    return b"".join(map(gzip.compress, parts))


@pytest.mark.parametrize(
    ("feed", "content", "name"),
    [
        ("sales", sales_text(1, 2, 3), "sales.csv.gz"),
        ("orders", orders_text(1, 2, 3), "orders.json.gz"),
    ],
)
def test_a_gzip_of_several_members_is_read_over_all(
    shop: Shop, feed: str, content: bytes, name: str
) -> None:
    (shop.home / name).write_bytes(members(content))

    report = load(shop, feed, shop.home / name)

    assert (report.rows_read, report.rows_loaded) == (3, 3)


DAMAGES = {
    "cut": lambda packed: packed[:-20],
    "cut in a later member": lambda packed: packed + packed[:-9],
    "cut in its header": lambda packed: packed[:7],
    "flipped": lambda packed: packed[:-30] + bytes([packed[-30] ^ 255]) + packed[-29:],
    "garbage behind": lambda packed: packed + b"no gzip",
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("feed", ["sales", "orders", "array"])
def test_a_damaged_gzip_is_named(shop: Shop, feed: str, damage: str) -> None:
    folder = shop.home / "in"
    folder.mkdir()
    content = {
        "sales": sales_text(*range(1, 29)),
        "orders": orders_text(*range(1, 29)),
        "array": json.dumps([order(number) for number in range(1, 29)]).encode(),
    }[feed]
    packed = gzip.compress(content)
    (folder / "1.gz").write_bytes(packed)
    (folder / "2.gz").write_bytes(DAMAGES[damage](packed))

    with pytest.raises(SalesEtlError) as refusal:
        load(shop, feed, folder)

    told = str(refusal.value)
    assert told.startswith(f"{folder}/2.gz: truncated or damaged gzip (")
    assert "\n" not in told
    assert not any((shop.home / "lake").rglob("*.parquet"))


@on_each_engine
@pytest.mark.parametrize(("feed", "damage"), [("sales", "cut"), ("orders", "flipped")])
def test_damage_that_no_look_at_a_large_file_has_found_is_named(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, feed: str, damage: str
) -> None:
    monkeypatch.setattr(layouts, "WHOLE_FILE_BYTES", 0)
    # Random, so that it is larger than what is looked at even when it is packed.
    names = [random.Random(number).randbytes(20_000).hex() for number in range(28)]
    content = (
        shop.deliver("s", (sale(1, product=name) for name in names)) / "sales.csv"
        if feed == "sales"
        else shop.deliver_orders("o", (order(1, note=name) for name in names))
        / "orders.json"
    ).read_bytes()
    packed = gzip.compress(content)
    assert len(packed) > HEAD_BYTES
    path = shop.home / "large.gz"
    path.write_bytes(DAMAGES[damage](packed))

    with pytest.raises(SalesEtlError) as refusal:
        load(shop, feed, path)

    told = str(refusal.value)
    assert told.startswith(f"{path}: truncated or damaged gzip (") and "\n" not in told
    assert not any((shop.home / "lake").rglob("*.parquet"))


@pytest.mark.parametrize(
    "name",
    ["_sales.csv", ".sales.csv", "_in/sales.csv", ".a [1]/.b*.csv", "x._COPYING_"],
)
def test_a_file_that_a_path_names_is_read_whatever_it_is_called(
    shop: Shop, name: str
) -> None:
    path = shop.home / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(sales_text(1, 2) + b"broken\n")

    report = shop.load(path)

    assert (report.rows_loaded, report.rows_quarantined) == (2, 1)
    assert [row["source_file"] for row in shop.quarantine()] == [str(path)]
    assert not any((shop.home / "lake/sales/_staging").glob("*/*"))


@pytest.mark.parametrize("name", ["_orders.json", ".orders.json.gz"])
def test_json_that_a_path_names_is_read_whatever_it_is_called(
    shop: Shop, name: str
) -> None:
    path = shop.home / name
    content = orders_text(1, 2) + b"broken\n"
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)

    report = shop.load_orders(path)

    assert (report.rows_loaded, report.rows_quarantined) == (2, 1)
    [row] = shop.quarantine(feed="orders")
    assert row["source_file"] == str(path)


def test_on_s3_a_file_that_a_path_names_is_read_whatever_it_is_called(
    duckdb: Engine, s3_root: str, tmp_path: Path
) -> None:
    from salesetl.storage import storage_of

    shop = Shop(duckdb, tmp_path)
    path = f"{s3_root}/raw/_sales.csv"
    storage_of(path).write(path, sales_text(1, 2))

    report = run(
        SALES,
        duckdb,
        sales_path=InputPath(path),
        customers_path=InputPath(str(shop.customers())),
        output_path=str(tmp_path / "lake"),
    )

    assert report.rows_loaded == 2
