"""A lake in which somebody has put something else is refused whole, before a run does any work."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from salesetl.engines.duckdb_lake import DuckDbLake
from salesetl.engines.engine import Engine
from salesetl.errors import InputError, QualityError
from salesetl.model.options import InputPath
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.runner.runner import run
from salesetl.storage import StoredFile, storage_of
from tests.frames import on_each_engine
from tests.jobs.shop import Shop, order, sale

MONTH = "year=2025/month=9"
ORDER_MONTH = "order_year=2025/order_month=01"

SEPTEMBER: dict[str, Any] = {
    "start_date": date(2025, 9, 1),
    "end_date": date(2025, 9, 30),
}

Damage = Callable[[Path], Path]


def copied(table: str, month: str, name: str) -> Damage:
    """Copy a file of a table to another place in it; what is to be named is that, or its folder."""

    def damage(lake: Path) -> Path:
        [file] = (lake / table / month).glob("*.parquet")
        target = lake / table / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
        is_named = "=" not in target.parent.name or target.parent == file.parent
        return target if is_named else target.parent

    return damage


def changed(table: str, month: str, change: Callable[[pa.Table], pa.Table]) -> Damage:
    """Put a file beside one of a table, with other columns."""

    def damage(lake: Path) -> Path:
        [file] = (lake / table / month).glob("*.parquet")
        target = file.with_name("other.parquet")
        # As one file, not as a part of the table, whose folders would be columns.
        rows = parquet.ParquetFile(file).read()
        parquet.write_table(change(rows), target)
        return target

    return damage


def with_type(name: str, data_type: pa.DataType) -> Callable[[pa.Table], pa.Table]:
    """Cast a column."""

    def change(rows: pa.Table) -> pa.Table:
        place = rows.schema.get_field_index(name)
        return rows.set_column(place, name, rows[name].cast(data_type))

    return change


def broken(table: str, month: str) -> Damage:
    """Put a text by the name of Parquet into a table."""

    def damage(lake: Path) -> Path:
        target = lake / table / month / "other.parquet"
        target.write_text("a,b\n1,2\n")
        return target

    return damage


SALES_DAMAGES = {
    "leading zero": copied(
        "sales/enriched_sales", MONTH, "year=2025/month=09/p.parquet"
    ),
    "no number": copied("sales/enriched_sales", MONTH, "year=2025/month=x/p.parquet"),
    "null": copied(
        "sales/enriched_sales",
        MONTH,
        "year=__HIVE_DEFAULT_PARTITION__/month=9/p.parquet",
    ),
    "order of columns": copied(
        "sales/sales_summary", MONTH, "month=9/year=2025/p.parquet"
    ),
    "too few": copied("sales/enriched_sales", MONTH, "year=2025/p.parquet"),
    "too many": copied("sales/enriched_sales", MONTH, f"{MONTH}/day=1/p.parquet"),
    "in the root": copied("sales/sales_summary", MONTH, "p.parquet"),
    "no parquet": copied("sales/enriched_sales", MONTH, f"{MONTH}/x.csv"),
    "temporary": copied("sales/sales_summary", MONTH, f"{MONTH}/p.parquet.tmp"),
    "broken": broken("sales/enriched_sales", MONTH),
    "month not loaded": copied(
        "sales/enriched_sales", MONTH, "year=2024/month=01/p.parquet"
    ),
    "double": changed(
        "sales/enriched_sales", MONTH, with_type("total_amount", pa.float64())
    ),
    "column too many": changed(
        "sales/sales_summary",
        MONTH,
        lambda rows: rows.append_column("x", rows["region"]),
    ),
    "column too few": changed(
        "sales/enriched_sales", MONTH, lambda rows: rows.drop_columns(["region"])
    ),
    "quarantine": copied(
        "sales/enriched_sales", MONTH, "../quarantine/sales/p.parquet"
    ),
}
ORDERS_DAMAGES = {
    "one digit": copied(
        "orders/fact_orders", ORDER_MONTH, "order_year=2025/order_month=1/p.parquet"
    ),
    "three digits": copied(
        "orders/fact_order_items",
        ORDER_MONTH,
        "order_year=2025/order_month=001/p.parquet",
    ),
    "no parquet": copied("orders/fact_order_items", ORDER_MONTH, f"{ORDER_MONTH}/x"),
    "no time zone": changed(
        "orders/fact_orders",
        ORDER_MONTH,
        with_type("order_timestamp", pa.timestamp("us")),
    ),
    "scale": changed(
        "orders/fact_order_items",
        ORDER_MONTH,
        with_type("line_total", pa.decimal128(18, 4)),
    ),
}


def tables(lake: Path) -> dict[str, bytes]:
    """Return all files of the tables of a lake."""
    return {
        str(path.relative_to(lake)): path.read_bytes()
        for path in lake.rglob("*")
        if path.is_file() and not path.relative_to(lake).parts[1].startswith("_")
    }


def check_refused(lake: Path, damage: Damage, load: Callable[[], Any]) -> None:
    """See that a load names the damage in one line, and writes nothing; take the damage away."""
    sound = tables(lake)
    named = damage(lake)
    before = tables(lake)

    with pytest.raises(InputError) as refused:
        load()

    [line] = str(refused.value).splitlines()
    assert line.startswith(f"{named.resolve()}: ")
    assert tables(lake) == before
    assert not list((lake / "sales/_staging").rglob("*.*"))
    for name in {*before} - {*sound}:
        (lake / name).unlink()


@pytest.mark.parametrize("write_mode", ["merge", "replace"])
def test_tables_of_sales_with_anything_else_in_them_are_refused(
    engine: Engine, tmp_path: Path, write_mode: str
) -> None:
    shop = Shop(engine, tmp_path)
    path = shop.deliver("raw", [sale(1), sale(2), sale(3, date="x")])
    shop.load(path)

    def load() -> None:
        shop.load(path, write_mode=write_mode, **SEPTEMBER)

    for damage in SALES_DAMAGES.values():
        check_refused(tmp_path / "lake", damage, load)

    load()
    assert shop.ids() == ["T1", "T2"]


def test_tables_of_orders_with_anything_else_in_them_are_refused(
    engine: Engine, tmp_path: Path
) -> None:
    shop = Shop(engine, tmp_path)
    path = shop.deliver_orders("raw", [order(1), order(2)])
    shop.load_orders(path)

    for damage in ORDERS_DAMAGES.values():
        check_refused(tmp_path / "lake", damage, lambda: shop.load_orders(path))

    shop.load_orders(path)
    assert len(shop.order_tables()[0]) == 2


def test_a_table_of_an_earlier_version_is_removed_and_loaded_again(
    engine: Engine, tmp_path: Path
) -> None:
    shop = Shop(engine, tmp_path)
    path = shop.deliver_orders("raw", [order(1), order(2)])
    shop.load_orders(path)
    sound = shop.order_tables()
    items = tmp_path / "lake/orders/fact_order_items"
    for file in items.rglob("*.parquet"):
        rows = parquet.ParquetFile(file).read()
        parquet.write_table(rows.drop_columns(["currency"]), file)

    with pytest.raises(InputError) as refused:
        shop.load_orders(path)

    message = str(refused.value)
    assert "has no column currency, but the table has it as string;" in message
    assert message.endswith(f"remove {items} and load everything again")

    for file in [*items.rglob("*.parquet")]:
        file.unlink()
    shop.load_orders(path)
    assert shop.order_tables() == sound


def test_a_folder_is_moved_away_and_its_days_are_loaded_again(
    engine: Engine, tmp_path: Path
) -> None:
    shop = Shop(engine, tmp_path)
    path = shop.deliver("raw", [sale(1), sale(2)])
    shop.load(path)
    sound = shop.tables()
    month = tmp_path / "lake/sales/enriched_sales" / MONTH
    month.rename(month.with_name("month=09"))

    with pytest.raises(
        InputError, match="month=09: is not a partition of enriched_sales"
    ):
        shop.load(path)

    month.with_name("month=09").rename(tmp_path / "aside")
    shop.load(path, write_mode="replace", **SEPTEMBER)
    assert shop.tables() == sound


def test_what_was_rejected_before_stays_when_a_run_of_its_name_is_refused(
    shop: Shop,
) -> None:
    path = shop.deliver("raw", [sale(1), sale(3, date="x")])
    shop.load(path)
    with pytest.raises(QualityError):
        shop.load(path, run_id="daily", max_rejected_ratio=0)
    rejected = shop.quarantine()
    assert {row["run_id"] for row in rejected} == {"daily"}
    (shop.home / "lake/sales/enriched_sales/x.csv").write_text("a")

    with pytest.raises(InputError, match="x.csv: is not in a partition"):
        shop.load(path, run_id="daily")

    assert shop.quarantine() == rejected
    report = shop.home / "lake/sales/_runs/daily.json"
    assert "x.csv: is not in a partition" in json.loads(report.read_text())["error"]


@on_each_engine
def test_hidden_files_are_passed_over_by_every_engine(
    engine: Engine, tmp_path: Path
) -> None:
    shop = Shop(engine, tmp_path)
    path = shop.deliver("raw", [sale(1), sale(2)])
    shop.load(path)
    sound = shop.tables()
    for name in ("_copy.parquet", ".copy.parquet"):
        (tmp_path / "lake/sales/enriched_sales" / MONTH / name).write_text("no Parquet")

    shop.load(path)

    assert shop.tables() == sound
    with closing(DuckDbLake(str(tmp_path / "lake"))) as lake:
        lake.add_table(ENRICHED_SALES)
        assert lake.rows("select count(*) from enriched_sales")[1] == [(2,)]


def test_a_lake_on_s3_is_looked_at_too(shop: Shop, s3_root: str) -> None:
    path = InputPath(str(shop.deliver("raw", [sale(1)])))
    customers = InputPath(str(shop.customers()))
    lake = f"{s3_root}/lake"

    def load() -> None:
        run(
            SALES,
            shop.engine,
            sales_path=path,
            customers_path=customers,
            output_path=lake,
        )

    load()
    load()
    storage = storage_of(lake)
    [file] = storage.files(f"{lake}/sales/enriched_sales")
    other = f"{lake}/sales/enriched_sales/year=2025/month=8/other.parquet"
    written = pa.BufferOutputStream()
    parquet.write_table(pa.table({"transaction_id": ["T1"]}), written)
    storage.write(other, written.getvalue().to_pybytes())

    with pytest.raises(InputError, match=f"{other}: has no column date"):
        load()

    assert storage.files(f"{lake}/sales/enriched_sales") == [
        StoredFile(other, len(storage.read(other))),
        file,
    ]
