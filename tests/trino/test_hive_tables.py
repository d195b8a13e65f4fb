"""The check of Athena reads every file of a table, and sees what differs."""

from pathlib import Path

import pytest

from salesetl.registry import table_named
from tests.trino.asking import SQL
from tests.trino.hive_tables import hive_table

FILES = sorted((SQL / "tables").rglob("*.sql"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SQL)))
def test_a_file_is_read_with_all_columns_and_partitions(path: Path) -> None:
    table = hive_table(path.read_text())

    contract = table_named(f"{path.parent.name}.{path.stem}")
    columns = [name for name, _ in [*table.columns, *table.partitions]]
    assert columns == contract.columns
    assert [name for name, _ in table.partitions] == list(contract.partition_by)
    assert table.folder == contract.folder
    is_projected = path.parents[1].name == "projected"
    assert table.is_projected == (is_projected and bool(table.partitions))


def test_a_table_of_trino_has_its_types_place_and_projection() -> None:
    table = hive_table(
        (SQL / "tables/projected/sales/quarantine_sales.sql").read_text()
    )

    statement = table.statement(Path("/lake"), Path("/lake/sales/quarantine/sales"))

    assert statement == (
        'create table quarantine_sales ("raw_record" varchar, "source_header" varchar,'
        ' "source_file" varchar, "reasons" array(varchar), "rejected_at" timestamp(3),'
        " \"run_id\" varchar with (partition_projection_type = 'INJECTED')) with"
        " (external_location = 'local:///lake/sales/quarantine/sales/', format = 'PARQUET',"
        " partitioned_by = array['run_id'], partition_projection_enabled = true,"
        " partition_projection_location_template ="
        " 'local:///lake/sales/quarantine/sales/run_id=${run_id}/')"
    )
    assert table.injected == ["run_id"]


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(ValueError, match="not a table"):
        hive_table("create table t (a int)")
