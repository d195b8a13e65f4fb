"""A table that holds what no run has written is refused, on a disk and on S3."""

import io
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

import pyarrow as pa
import pytest
from pyarrow import parquet

from salesetl.destinations.footers import columns_in
from salesetl.destinations.foreign_files import check_tables
from salesetl.destinations.lake import Lake
from salesetl.engines.engine import Engine
from salesetl.errors import InputError
from salesetl.model.quarantine_table import quarantine_of
from salesetl.model.table import Table
from salesetl.pipelines.orders.contracts import FACT_ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, RAW_SALES, SALES_SUMMARY
from salesetl.storage import StoredFile, storage_of

REJECTED = quarantine_of(RAW_SALES)
SOUND = {
    ENRICHED_SALES: "year=2025/month=9",
    SALES_SUMMARY: "year=2025/month=12",
    FACT_ORDERS: "order_year=2025/order_month=03",
    REJECTED: "run_id=2025%3A9=x",
}
TYPES = {
    "string": pa.string(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", "UTC"),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "array<string>": pa.list_(pa.string()),
    "decimal(12,3)": pa.decimal128(12, 3),
    "decimal(12,4)": pa.decimal128(12, 4),
    "decimal(18,2)": pa.decimal128(18, 2),
    "decimal(38,2)": pa.decimal128(38, 2),
    "decimal(38,3)": pa.decimal128(38, 3),
}


def check(root: str, tables: Iterable[Table]) -> None:
    """Check tables of a lake of which nothing is remembered; no engine is needed for that."""
    check_tables(Lake(cast(Engine, None), root), tables)


def columns(table: Table) -> dict[str, pa.DataType]:
    """Return the columns that a file of a table has, in the words of Arrow."""
    return {
        name: TYPES[data_type]
        for name, data_type in table.types.items()
        if name not in table.partition_by
    }


def parquet_bytes(types: Mapping[str, pa.DataType]) -> bytes:
    """Write a Parquet file of no row with some columns."""
    written = io.BytesIO()
    parquet.write_table(pa.schema(types).empty_table(), written)
    return written.getvalue()


def put(root: str, table: Table, name: str, content: bytes | None = None) -> str:
    """Put a file into a table, by default one that is sound; its path."""
    path = f"{root}/{table.folder}/{name}"
    if content is None:
        content = parquet_bytes(columns(table))
    storage_of(path).write(path, content)
    return path


def refusal(root: str, table: Table) -> str:
    """Return the one line with which a table is refused."""
    with pytest.raises(InputError) as refused:
        check(root, [table])
    [line] = str(refused.value).splitlines()
    return line


def test_tables_as_runs_write_them_are_sound(root: str) -> None:
    for table, folder in SOUND.items():
        put(root, table, f"{folder}/part-1.snappy.parquet")
        put(root, table, f"{folder}/part-2.snappy.parquet")

    check(root, SOUND)


def test_a_lake_without_tables_is_sound(root: str) -> None:
    check(root, SOUND)


@pytest.mark.parametrize(
    "name",
    [
        "_SUCCESS",
        ".part.parquet.crc",
        "_temporary/0/part.parquet",
        "year=2025/month=9/_copy.parquet",
        "year=2025/month=9/.part.parquet",
        "year=2025/.hidden/x.csv",
        "_old/month=03/part.parquet",
    ],
)
def test_what_readers_pass_over_is_left_alone(root: str, name: str) -> None:
    put(root, ENRICHED_SALES, name, b"no Parquet")

    check(root, [ENRICHED_SALES])


@pytest.mark.parametrize(
    ("table", "folder", "fault"),
    [
        (
            ENRICHED_SALES,
            "year=2025/month=03",
            "month must be a whole number without leading zeros",
        ),
        (ENRICHED_SALES, "year=2025/month=march", "month must be a whole number"),
        (
            ENRICHED_SALES,
            "year=2025/month=13",
            "month must be .*, from 1 to 12[.] Move",
        ),
        (ENRICHED_SALES, "year=2025/month=0", "month must be .*, from 1 to 12[.] Move"),
        (ENRICHED_SALES, "year=2025/month=", "month must be"),
        (ENRICHED_SALES, "year=2025/month=3 ", "month must be"),
        (ENRICHED_SALES, "year=2025/month=-3", "month must be"),
        (ENRICHED_SALES, "year=02025/month=3", "year must be a whole number"),
        (ENRICHED_SALES, "year=2025/month=٣", "month must be"),
        (
            ENRICHED_SALES,
            "year=__HIVE_DEFAULT_PARTITION__/month=3",
            "year must be a whole number",
        ),
        (
            ENRICHED_SALES,
            "month=3/year=2025",
            "folders must be named year=…/month=…[.] Move",
        ),
        (
            ENRICHED_SALES,
            "Year=2025/month=3",
            "folders must be named year=…/month=…[.] Move",
        ),
        (ENRICHED_SALES, "year=2025", "folders must be named"),
        (ENRICHED_SALES, "year=2025/month=3/day=1", "folders must be named"),
        (ENRICHED_SALES, "2025/03", "folders must be named"),
        (SALES_SUMMARY, "year=2025/month=03", "month must be a whole number"),
        (FACT_ORDERS, "order_year=2025/order_month=3", "a number of 2 digits, from 1"),
        (FACT_ORDERS, "order_year=2025/order_month=003", "a number of 2 digits"),
        (FACT_ORDERS, "order_year=25/order_month=03", "a number of 4 digits[.] Move"),
        (FACT_ORDERS, "order_year=2025/order_month=xx", "a number of 2 digits"),
        (FACT_ORDERS, "order_year=2025/order_month=13", "from 1 to 12[.] Move"),
        (FACT_ORDERS, "year=2025/month=3", "named order_year=…/order_month=…[.] Move"),
        (REJECTED, "run=1", "folders must be named run_id=…[.] Move"),
    ],
)
def test_a_folder_that_no_run_would_write_is_named(
    root: str, table: Table, folder: str, fault: str
) -> None:
    put(root, table, f"{SOUND[table]}/part.parquet")
    put(root, table, f"{folder}/part.parquet")

    line = refusal(root, table)

    assert line.startswith(
        f"{root}/{table.folder}/{folder}: is not a partition of {table.name}: "
    )
    assert re.search(fault, line)
    then = "run again" if table == REJECTED else "load its days again with"
    assert f". Move the folder out of the lake, then {then}" in line


def test_a_file_in_no_partition_is_named(root: str) -> None:
    path = put(root, ENRICHED_SALES, "part.parquet")

    line = refusal(root, ENRICHED_SALES)

    assert line.startswith(f"{path}: is not in a partition of enriched_sales: ")


def test_a_file_in_the_place_of_a_table_is_named(root: str) -> None:
    path = f"{root}/sales/enriched_sales"
    storage_of(path).write(path, b"x")

    line = refusal(root, ENRICHED_SALES)

    assert line.startswith(f"{path}: is a file, but a folder is needed")


@pytest.mark.parametrize(
    "name", ["x.csv", "part.parquet.tmp", "part.PARQUET", "part", "part.orc"]
)
@pytest.mark.parametrize("table", [ENRICHED_SALES, REJECTED], ids=lambda it: it.name)
def test_a_file_of_another_kind_is_named(root: str, table: Table, name: str) -> None:
    put(root, table, f"{SOUND[table]}/part.parquet")
    path = put(root, table, f"{SOUND[table]}/{name}", parquet_bytes(columns(table)))

    line = refusal(root, table)

    assert line.startswith(f"{path}: is in the table {table.name}, ")
    assert line.endswith("Move it out of the lake, then run again")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a,b\n1,2\n",
        b"PAR1\xff\xff\xff\x7fPAR1",
        parquet_bytes(columns(ENRICHED_SALES))[:-9],
        parquet_bytes(columns(ENRICHED_SALES))[:-400] + b"\0" * 392 + b"\x90\1\0\0PAR1",
    ],
    ids=["empty", "text", "no footer", "cut", "damaged"],
)
def test_a_file_that_is_parquet_by_name_only_is_named(
    root: str, content: bytes
) -> None:
    put(root, ENRICHED_SALES, "year=2025/month=9/a.parquet")
    path = put(root, ENRICHED_SALES, "year=2025/month=9/b.parquet", content)

    line = refusal(root, ENRICHED_SALES)

    assert line.startswith(f"{path}: is not Parquet, or is damaged; ")


def test_s3_is_not_asked_for_the_end_of_what_is_listed_as_empty(s3_root: str) -> None:
    path = f"{s3_root}/gone.parquet"

    with pytest.raises(InputError, match=f"{path}: is not Parquet, or is damaged"):
        columns_in(StoredFile(path, 0))


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    root = str(tmp_path)
    path = Path(put(root, ENRICHED_SALES, "year=2025/month=9/part.parquet"))
    link = path.with_name("link.parquet")
    link.symlink_to(tmp_path / "gone")

    line = refusal(root, ENRICHED_SALES)

    assert line.startswith(f"{link}: is not Parquet, or is damaged; ")


@pytest.mark.parametrize(
    ("name", "data_type", "found"),
    [
        ("total_amount", pa.float64(), "double"),
        ("total_amount", pa.decimal128(12, 2), "decimal(12,2)"),
        ("total_amount", pa.decimal128(18, 4), "decimal(18,4)"),
        ("date", pa.string(), "string"),
        ("date", pa.timestamp("us"), "timestamp[us]"),
        ("quantity", pa.int64(), "bigint"),
        ("day", pa.int16(), "int16"),
        ("is_return", pa.int32(), "int"),
        ("product", pa.binary(), "binary"),
        ("product", pa.list_(pa.string()), "array<string>"),
    ],
)
def test_a_column_of_another_type_is_named_with_both_types(
    root: str, name: str, data_type: pa.DataType, found: str
) -> None:
    content = parquet_bytes(columns(ENRICHED_SALES) | {name: data_type})
    put(root, ENRICHED_SALES, "year=2025/month=9/a.parquet")
    path = put(root, ENRICHED_SALES, "year=2025/month=9/b.parquet", content)

    line = refusal(root, ENRICHED_SALES)

    due = ENRICHED_SALES.types[name]
    assert line.startswith(
        f"{path}: has {name} as {found}, but the table has it as {due}; "
    )
    assert "load its days again with --write_mode replace" in line


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        (pa.timestamp("us"), "timestamp[us]"),
        (pa.timestamp("ms", "UTC"), "timestamp[ms, tz=UTC]"),
        (pa.timestamp("ns", "UTC"), "timestamp[ns, tz=UTC]"),
    ],
)
def test_a_time_is_an_instant_in_microseconds(
    root: str, moment: pa.DataType, found: str
) -> None:
    content = parquet_bytes(columns(FACT_ORDERS) | {"order_timestamp": moment})
    put(root, FACT_ORDERS, f"{SOUND[FACT_ORDERS]}/part.parquet", content)

    line = refusal(root, FACT_ORDERS)

    assert f"has order_timestamp as {found}, but the table has it as timestamp" in line


def test_the_same_columns_as_other_programs_write_them_are_sound(root: str) -> None:
    types = columns(FACT_ORDERS) | {
        "order_id": pa.large_string(),
        "currency": pa.dictionary(pa.int32(), pa.string()),
        "order_timestamp": pa.timestamp("us", "Europe/Berlin"),
    }
    content = parquet_bytes(dict(reversed(types.items())))
    put(root, FACT_ORDERS, f"{SOUND[FACT_ORDERS]}/part.parquet", content)

    check(root, [FACT_ORDERS])


def test_a_column_too_few_is_named(root: str) -> None:
    types = columns(ENRICHED_SALES)
    del types["region"]
    put(root, ENRICHED_SALES, "year=2025/month=8/a.parquet")
    path = put(
        root, ENRICHED_SALES, "year=2025/month=9/b.parquet", parquet_bytes(types)
    )
    put(root, ENRICHED_SALES, "year=2026/month=1/c.parquet", parquet_bytes(types))

    line = refusal(root, ENRICHED_SALES)

    assert line.startswith(
        f"{path}: has no column region, but the table has it as string (and 1 more such files); "
    )
    assert f"remove {root}/sales/enriched_sales and load everything again" in line


@pytest.mark.parametrize("name", ["colour", "Region", "month"])
def test_a_column_too_many_is_named(root: str, name: str) -> None:
    content = parquet_bytes(columns(ENRICHED_SALES) | {name: pa.int32()})
    path = put(root, ENRICHED_SALES, "year=2025/month=9/part.parquet", content)

    line = refusal(root, ENRICHED_SALES)

    assert line.startswith(
        f"{path}: has a column {name!r} (int) that the table does not have; "
    )


def test_quarantine_of_other_columns_is_named_with_its_own_remedy(root: str) -> None:
    types = columns(REJECTED)
    del types["reasons"]
    path = put(root, REJECTED, "run_id=1/part.parquet", parquet_bytes(types))

    line = refusal(root, REJECTED)

    assert line.startswith(
        f"{path}: has no column reasons, but the table has it as array<string>"
    )
    assert line.endswith("wrote it. Move it out of the lake, then run again")


def test_a_column_that_is_there_twice_is_named(root: str) -> None:
    fields = [*columns(ENRICHED_SALES).items(), ("region", pa.string())]
    written = io.BytesIO()
    parquet.write_table(pa.schema(fields).empty_table(), written)
    path = put(root, ENRICHED_SALES, "year=2025/month=9/a.parquet", written.getvalue())

    line = refusal(root, ENRICHED_SALES)

    assert line.startswith(f"{path}: has a column twice; ")


def test_a_footer_of_any_length_is_read_whole(root: str) -> None:
    types = columns(ENRICHED_SALES)
    written = io.BytesIO()
    note = {"note": "x" * 200_000}
    parquet.write_table(pa.schema(types, metadata=note).empty_table(), written)
    put(root, ENRICHED_SALES, "year=2025/month=9/a.parquet", written.getvalue())

    check(root, [ENRICHED_SALES])


def test_without_pyarrow_folders_and_names_are_looked_at_all_the_same(
    root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = parquet_bytes({"colour": pa.int32()})
    put(root, ENRICHED_SALES, "year=2025/month=9/part.parquet", content)
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    check(root, [ENRICHED_SALES])

    put(root, ENRICHED_SALES, "year=2025/month=9/x.csv", b"a")
    assert "x.csv: is in the table" in refusal(root, ENRICHED_SALES)
