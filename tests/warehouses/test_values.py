"""Every value arrives as it was, and changed contracts are followed or refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow
import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.functions import functions_of
from salesetl.errors import InputError
from salesetl.model.pipeline import Pipeline
from salesetl.model.table import SOURCE_FILE, Table, column
from salesetl.model.types import T
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.warehouses.loading_lake import load
from salesetl.warehouses.parts import arrow_schema
from tests.jobs.shop import Shop, order
from tests.warehouses.lakes_to_load import HARD_TEXT, write_part
from tests.warehouses.places import Place

# One less than the largest of its type, 38 digits.
LARGE, LARGEST = Decimal("9" * 35 + "8.99"), Decimal("9" * 36 + ".99")
ODD = Table(
    name="odd/values",
    grain="one row",
    namespace="odd",
    schema=T.StructType(
        [
            column("row_id", T.IntegerType(), "Number"),
            column("note", T.StringType(), "Text"),
            column("amount", T.DecimalType(38, 2), "Amount"),
            column("currency", T.StringType(), "Currency"),
            column("price", T.DecimalType(12, 4), "Price"),
            column("units", T.LongType(), "Units"),
            column("sold_at", T.TimestampType(), "Moment"),
            column("is_gift", T.BooleanType(), "Whether it is a gift"),
            SOURCE_FILE,
            column("sold_on", T.DateType(), "Day", range=("2025", "2026")),
            column("month", T.StringType(), "Month", digits=2),
        ]
    ),
    key=("row_id",),
    partition_by=("sold_on", "month"),
    amounts=("amount",),
    currency="currency",
)
FOLDER = "sold_on=2025-01-31/month=01"
MOMENT = datetime(2025, 1, 31, 23, 30, 0, 1)
# In the order of the columns, without the file that it came from.
ROWS = [
    (1, HARD_TEXT, LARGE, "EUR", Decimal("-0.0001"), 2**62, MOMENT, True),
    (2, "", Decimal("-0.01"), "INR", Decimal("0.0000"), -1, datetime(1, 1, 1), False),
    (3, None, None, None, None, None, None, None),
    (4, r"\N", Decimal("1.00"), "EUR", Decimal("1.5000"), 0, MOMENT, None),
    (5, "NULL", Decimal("2.00"), "", Decimal("1.5000"), 0, MOMENT, None),
    (6, " \u2028 ", Decimal("3.00"), None, Decimal("1.5000"), 0, MOMENT, None),
]
PLACE = (date(2025, 1, 31), "01")


def pipeline_of(table: Table) -> Pipeline:
    """Declare a pipeline with one table."""
    sources = tuple(
        replace(source, contract=replace(source.contract, namespace="odd"))
        for source in RETAIL.sources
        if source.name == "products"
        if source.name == "products"
    )
    output = next(each for each in RETAIL.outputs if each.of == "products")
    output = replace(output, table=table)
    return replace(RETAIL, name="odd", sources=sources, outputs=(output,))


def arrow_rows(rows: Sequence[tuple[object, ...]]) -> pyarrow.Table:
    """Make the content of a file, whose instants have a time zone as those of Spark."""
    schema = arrow_schema(ODD)
    fields = [schema.field(name) for name in schema.names[: len(ROWS[0])]]
    columns = [
        pyarrow.array(values, field.type)
        for values, field in zip(zip(*rows, strict=True), fields, strict=True)
    ]
    table = pyarrow.Table.from_arrays(columns, [field.name for field in fields])
    place = table.schema.get_field_index("sold_at")
    zoned = table["sold_at"].cast(pyarrow.timestamp("us", "UTC"))
    return table.set_column(place, "sold_at", zoned)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Write a lake with values that are hard to copy, and without a ledger."""
    write_part(tmp_path / "lake", ODD, FOLDER, arrow_rows(ROWS))
    return tmp_path / "lake"


def test_every_value_arrives_as_it_was(lake: Path, place: Place) -> None:
    load(place.warehouse, pipeline_of(ODD), str(lake))

    copied = place.rows("select * from odd_staging.odd_values order by row_id")
    assert copied == [(*row, None, *PLACE) for row in ROWS]


def test_books_are_by_currency_and_no_currency_is_one(lake: Path, place: Place) -> None:
    load(place.warehouse, pipeline_of(ODD), str(lake))

    [(rows, amounts)] = place.rows(
        "select row_count, amounts from odd_staging._loaded_partitions"
    )
    assert rows == 6
    assert amounts == (
        f'{{"amount": {{"EUR": "{LARGEST}", "INR": "-0.01", "": "5.00"}}}}'
    )


def test_a_partition_of_text_and_date_is_replaced_alone(
    lake: Path, place: Place
) -> None:
    write_part(lake, ODD, "sold_on=2025-02-01/month=02", arrow_rows(ROWS))
    load(place.warehouse, pipeline_of(ODD), str(lake))
    [old] = (lake / ODD.folder / FOLDER).iterdir()
    old.unlink()
    write_part(lake, ODD, FOLDER, arrow_rows([(7, *ROWS[0][1:])]))

    load(place.warehouse, pipeline_of(ODD), str(lake))

    found = place.rows(
        "select month, row_id from odd_staging.odd_values order by month, row_id"
    )
    assert found == [("01", 7), *(("02", row[0]) for row in ROWS)]


def test_a_new_column_is_added_and_null_where_files_lack_it(
    lake: Path, place: Place
) -> None:
    load(place.warehouse, pipeline_of(ODD), str(lake))
    fields = list(ODD.schema)
    fields.insert(2, column("channel", T.StringType(), "Channel"))
    wider = replace(ODD, schema=T.StructType(fields))
    write_part(lake, ODD, "sold_on=2025-02-01/month=02", arrow_rows(ROWS[:1]))
    told = pyarrow.array(["web"])
    rows = arrow_rows(ROWS[1:2]).append_column("channel", told)
    write_part(lake, ODD, "sold_on=2025-03-01/month=03", rows)

    load(place.warehouse, pipeline_of(wider), str(lake))

    found = place.rows(
        "select month, row_id, channel, note from odd_staging.odd_values"
        " where row_id < 3 order by month, row_id"
    )
    assert found == [
        ("01", 1, None, HARD_TEXT),
        ("01", 2, None, ""),
        ("02", 1, None, HARD_TEXT),
        ("03", 2, "web", ""),
    ]


def test_a_column_of_another_type_is_refused_with_the_remedy(
    lake: Path, place: Place
) -> None:
    load(place.warehouse, pipeline_of(ODD), str(lake))
    before = place.content(pipeline_of(ODD))
    fields = [
        column("units", T.IntegerType(), "Units") if each.name == "units" else each
        for each in ODD.schema
        if each.name != "is_gift"
    ]
    changed = replace(ODD, schema=T.StructType(fields))

    with pytest.raises(InputError) as error:
        load(place.warehouse, pipeline_of(changed), str(lake))

    assert str(error.value) == (
        "odd_staging.odd_values: has units bigint (contract: integer), is_gift boolean (contract:"
        " none); drop the schema odd_staging with all in it, then load again"
    )
    assert place.content(pipeline_of(ODD)) == before


def test_amounts_of_orders_stay_apart_by_currency(
    duckdb: DuckDbEngine, tmp_path: Path, place: Place
) -> None:
    shop = Shop(duckdb, tmp_path)
    moment = "2025-01-31T23:59:59-05:00"
    orders = [
        order(1),
        order(2, currency="EUR"),
        order(3, currency="EUR", order_timestamp=moment),
    ]
    with functions_of(duckdb.functions):
        shop.load_orders(shop.deliver_orders("orders", orders))

    load(place.warehouse, ORDERS, str(tmp_path / "lake"))

    sums = place.rows(
        "select currency, count(*), sum(order_total) from orders_staging.fact_orders"
        " group by 1 order by 1"
    )
    rows = shop.order_tables()[0]
    assert sums == [
        (each, len(found), sum(found))
        for each in ("EUR", "USD")
        if (found := [row["order_total"] for row in rows if row["currency"] == each])
    ]
    [(late,)] = place.rows(
        "select order_timestamp from orders_staging.fact_orders where order_id = 'O3'"
    )
    expected = datetime.fromisoformat(moment).astimezone(UTC).replace(tzinfo=None)
    assert late == expected
