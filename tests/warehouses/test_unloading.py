"""What a warehouse serves is written to the lake, as Parquet."""

from decimal import Decimal
from pathlib import Path

import pytest
from pyarrow import parquet

from salesetl.cli import main
from salesetl.errors import InputError
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.warehouses.unloading import unload
from tests.warehouses.lakes_to_load import HARD_TEXT
from tests.warehouses.places import Place

COLUMNS = (
    "lines integer, name varchar, amount decimal(38, 2), price decimal(12, 4), sold_at timestamp,"
    " sold_on date, is_gift boolean, sale_key bigint"
)
VALUES = (
    "-1, '{text}', -123456789012345678901234567890123456.78, 0.0001,"
    " timestamp '2025-01-31 23:59:59.000001', date '2025-01-31', true, 9223372036854775807"
)


@pytest.fixture
def serving(place: Place) -> Place:
    """Serve a table with a value of each type, one with nulls, and one without rows."""
    if place.is_duckdb:
        place.file.parent.mkdir(parents=True)
    text = HARD_TEXT.replace("'", "''")
    place.change(
        "create schema retail",
        f"create table retail.sales ({COLUMNS})",
        "create table retail.nothing (name varchar)",
        f"insert into retail.sales values ({VALUES.format(text=text)})",
        "insert into retail.sales (name) values (null), ('')",
        "create view retail.seen as select * from retail.sales",
    )
    return place


def test_every_value_is_written_as_it_is(serving: Place, tmp_path: Path) -> None:
    root = str(tmp_path / "lake")

    written = unload(serving.warehouse, RETAIL, root)

    assert written == [
        f"{root}/retail/processed/{name}/{name}.parquet"
        for name in ("nothing", "sales")
    ]
    assert parquet.read_table(written[0]).num_rows == 0
    rows = parquet.read_table(written[1])
    assert [tuple(row.values()) for row in rows.to_pylist()] == serving.rows(
        "select * from retail.sales"
    )
    assert rows["amount"][0].as_py() == Decimal(
        "-123456789012345678901234567890123456.78"
    )
    assert [str(each) for each in rows.schema.types] == [
        "int32",
        "string",
        "decimal128(38, 2)",
        "decimal128(12, 4)",
        "timestamp[us]",
        "date32[day]",
        "bool",
        "int64",
    ]


def test_unloading_again_replaces_the_files(
    serving: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = str(tmp_path / "lake")
    first = unload(serving.warehouse, RETAIL, root)
    serving.change("delete from retail.sales where name = ''")

    words = [f"--warehouse={serving.url}", f"--output_path={root}"]
    main(["warehouse", "unload", "retail", *words])

    assert capsys.readouterr().out.splitlines() == first
    assert parquet.read_table(first[1]).num_rows == 2
    assert len(list(Path(root).rglob("*.parquet"))) == 2


def test_a_model_of_ones_own_may_have_small_numbers(
    serving: Place, tmp_path: Path
) -> None:
    serving.change("create table retail.own as select cast(7 as smallint) as hour")

    unload(serving.warehouse, RETAIL, str(tmp_path))

    rows = parquet.read_table(tmp_path / "retail" / "processed" / "own" / "own.parquet")
    assert rows.to_pylist() == [{"hour": 7}]


@pytest.mark.parametrize("kind", ["double precision", "text[]", "numeric"])
def test_a_type_that_cannot_be_unloaded_is_told_with_its_column(
    postgres_place: Place, tmp_path: Path, kind: str
) -> None:
    postgres_place.change(
        "create schema retail", f"create table retail.own (share {kind})"
    )

    with pytest.raises(InputError, match="retail.own: share is of type .*; cast it"):
        unload(postgres_place.warehouse, RETAIL, str(tmp_path))


@pytest.mark.parametrize("command", ["build", "unload"])
def test_only_a_pipeline_with_a_star_is_built_and_unloaded(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["warehouse", command, "sales", "--warehouse=duckdb://x.duckdb"])

    assert end.value.code == 2
    assert "invalid choice: 'sales'" in capsys.readouterr().err


def test_a_warehouse_that_serves_nothing_says_what_to_do(
    place: Place, tmp_path: Path
) -> None:
    with pytest.raises(
        InputError, match="serves no tables of retail; build them first"
    ):
        unload(place.warehouse, RETAIL, str(tmp_path))
