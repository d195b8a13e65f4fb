"""Spark and the embedded engine give the same tables, quarantine and books for any input."""

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from generators.__main__ import main as generate
from salesetl.engines.base import Engine
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.spark import SparkEngine
from salesetl.runs import RunReport
from tests.frames import SALE
from tests.jobs.books import books_of
from tests.jobs.shop import Shop, sale
from tests.jobs.uci import write_online_retail

AS_OF = date(2025, 12, 18)
HEADER = ",".join(SALE)
LINE = ",".join(SALE.values())

Compare = Callable[..., RunReport]


@pytest.fixture
def compare(duckdb: DuckDbEngine, spark: SparkSession, tmp_path: Path) -> Compare:
    """Load a delivery on both engines, see that nothing differs, and return the report."""

    def load(sales_path: Path, **arguments: Any) -> RunReport:
        lake = Path(mkdtemp(dir=tmp_path)).name
        books = []
        for engine in (duckdb, SparkEngine(spark)):
            shop = Shop(engine, tmp_path)
            own = f"{lake}/{engine.functions.partition('.')[0]}"
            values = {"as_of": AS_OF, "allow_empty": True, **arguments}
            report = shop.load(sales_path, lake=own, **values)
            books.append(books_of(shop, report, own))
        embedded, on_spark = books
        assert embedded == on_spark
        return report

    return load


def test_generated_dirt_of_every_kind_is_told_alike(
    compare: Compare, tmp_path: Path
) -> None:
    words = ["sales", "--rows", "4000", "--customers", "200", "--dirt", "0.2"]
    generate([*words, "--seed", "11", "--output_path", str(tmp_path / "raw")])

    report = compare(tmp_path / "raw/sales", customers_path=tmp_path / "raw/customers")

    assert len(report.rows_by_reason) >= 11
    assert len(report.warnings) == 5


LINES = [
    LINE,
    "",
    "   ",
    "," * 7,
    HEADER,
    LINE.replace("Lamp", '"Lamp, ""Retro"""'),
    LINE.replace("Lamp", '"Lamp'),
    LINE.replace("Lamp", 'La"mp'),
    LINE.replace("Lamp", '"La"mp'),
    LINE.replace("Lamp", '""'),
    LINE.replace("Lamp", '"'),
    LINE.replace("Lamp", ' "Lamp" '),
    LINE.replace("Lamp", '"""Lamp"""'),
    LINE.replace("North", '"North"'),
    LINE.replace("North", '"North'),
    LINE.replace("Lamp", "Lamp\u00a0\u2028灯 e\u0301"),
    LINE.replace("Lamp", "La\1mp"),
    LINE.replace("Lamp", "La\\mp\\"),
    LINE.replace("Lamp", "x" * 2_500_000),
    LINE.replace("Lamp", "Lamp\0"),
    LINE.replace("Lamp", '"' + '""' * 500 + '"'),
    LINE.replace("2025-09-10", "0000-01-01"),
    LINE.replace("2025-09-10", "infinity"),
    LINE.replace("2025-09-10", "9999-12-31"),
    LINE.replace("2025-09-10", "2025-09-10T23:59:59.999999999-12:00"),
    LINE.replace(",2,", ",2147483648,"),
    LINE.replace("21.00", "2.1e1"),
    LINE.replace("21.00", "99999999999999999999"),
    LINE.replace("10.50", "+10.50"),
    LINE.replace("10.50", "10.500000"),
    LINE.replace("21.00", "20.995"),
]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_every_kind_are_told_alike(
    compare: Compare, tmp_path: Path, end: str
) -> None:
    numbered = [line.replace("T1", f"T{place}") for place, line in enumerate(LINES)]
    content = end.join([HEADER, *numbered, LINE + "é"]).encode()
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/1.csv").write_bytes(content)
    (tmp_path / "raw/2.csv.gz").write_bytes(gzip.compress(content[:-1]))

    report = compare(tmp_path / "raw")

    assert report.rows_loaded > 10
    assert report.rows_quarantined > 10


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("multiline", ["auto", "true", "false"])
def test_fields_across_lines_are_told_alike(
    compare: Compare, tmp_path: Path, multiline: str, is_packed: bool
) -> None:
    field = '"Lamp,\n""Retro""\r\nwith shade"'
    lines = [HEADER, LINE.replace("Lamp", field), LINE.replace("T1", "T2")]
    lines += [LINE.replace("Lamp", '"Lamp'), LINE.replace("T1", "T3")]
    content = "\n".join(lines).encode()
    path = tmp_path / ("sales.csv.gz" if is_packed else "sales.csv")
    path.write_bytes(gzip.compress(content) if is_packed else content)

    report = compare(path, multiline=multiline)

    assert report.rows_loaded == (2 if multiline == "false" else 3)


def test_another_systems_export_is_told_alike(compare: Compare, tmp_path: Path) -> None:
    path = write_online_retail(tmp_path / "online_retail.csv")

    report = compare(path, source_profile="uci_online_retail", as_of=date(2012, 1, 1))

    assert report.rows_loaded > 0


def test_runs_on_top_of_each_other_are_told_alike(
    duckdb: DuckDbEngine, spark: SparkSession, tmp_path: Path
) -> None:
    september = {"start_date": date(2025, 9, 1), "end_date": date(2025, 9, 30)}
    deliveries: list[tuple[list[dict[str, str]], dict[str, Any]]] = [
        ([sale(1), sale(2), sale(3, date="2025-08-03")], {}),
        ([sale(2, date="2025-08-02"), sale(4, quantity="x")], {}),
        ([sale(5), sale(6)], {"write_mode": "replace", **september}),
    ]
    books: dict[str, list[dict[str, Any]]] = {"first": [], "other": []}

    # Each engine goes on where the other has left off.
    turns: dict[str, list[Engine]] = {
        "first": [duckdb, SparkEngine(spark), duckdb],
        "other": [SparkEngine(spark), duckdb, SparkEngine(spark)],
    }
    for lake, engines in turns.items():
        for place, (sales, arguments) in enumerate(deliveries):
            shop = Shop(engines[place], tmp_path)
            report = shop.load(
                shop.deliver(str(place), sales), lake=lake, as_of=AS_OF, **arguments
            )
            books[lake].append(books_of(shop, report, lake))

    assert books["first"] == books["other"]
    assert books["first"][-1]["report"]["revenue_summary"] == "42.00"


OBJECT = '{"customer_id": "C1", "age_group": "26-35", "signup_date": "2024-01-01"}'
OBJECTS = [
    OBJECT,
    "\t",
    "{}",
    "[]",
    "1",
    "null",
    OBJECT + " x",
    OBJECT + OBJECT,
    OBJECT.replace('"', "'"),
    OBJECT.replace("C1", "C\\u0041\\n\\t"),
    OBJECT.replace('"C1"', "NaN"),
    OBJECT.replace('"C1"', "007"),
    OBJECT.replace('"C1"', "true"),
    OBJECT.replace('"C1"', "null"),
    OBJECT.replace('"C1"', '{"a": [1, "b"]}'),
    OBJECT.replace('"C1"', "12345678901234567890"),
    OBJECT.replace("C1", "é\u2028灯"),
    OBJECT.replace("{", "{,"),
    OBJECT.replace("}", ",}"),
    OBJECT.replace("{", "{/* note */"),
    OBJECT.replace('"customer_id"', "customer_id"),
    OBJECT.replace('"customer_id"', '"Customer_Id"'),
    OBJECT[:-1],
]


def test_objects_of_every_kind_are_told_alike(compare: Compare, tmp_path: Path) -> None:
    numbered = [each.replace("C1", f"C{place}") for place, each in enumerate(OBJECTS)]
    customers = tmp_path / "customers.ndjson"
    customers.write_text("\n".join(numbered))
    bought = [
        sale(1, transaction_id=f"T{place}", customer_id=customer)
        for place, customer in enumerate(
            [*(f"C{place}" for place in range(len(OBJECTS))), "7", "007", "true", "NaN"]
        )
    ]
    (tmp_path / "sales.csv").write_text(
        "\n".join([HEADER, *(",".join(each.values()) for each in bought)])
    )

    report = compare(tmp_path / "sales.csv", customers_path=customers)

    assert report.sources["customers"]["rows_read"] == len(OBJECTS) - 1
    assert report.sources["customers"]["rows_by_reason"]["row_is_well_formed"] >= 5


fields = st.text(st.sampled_from('019.-+eE:TZ ,"\\\té\u00a0$%'), max_size=8)
delivered = st.lists(
    st.one_of(
        st.text(st.sampled_from('T1,2."\\ é-'), max_size=40),
        st.builds(
            lambda name, text: ",".join((SALE | {name: text}).values()),
            st.sampled_from(list(SALE)),
            fields,
        ),
    ),
    min_size=20,
    max_size=60,
)


@pytest.mark.slow
@given(lines=delivered)
@settings(max_examples=12)
def test_anything_is_told_alike(
    compare: Compare, tmp_path: Path, lines: list[str]
) -> None:
    path = Path(mkdtemp(dir=tmp_path)) / "sales.csv"
    path.write_text("\n".join([HEADER, *lines]))

    compare(path, multiline="false")
