"""A run with --database leaves tables in the Data Catalog that find exactly its files."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from salesetl.catalog.tables import partition_values
from salesetl.cli import main
from salesetl.destinations import journal
from salesetl.destinations.lake import files_by_folder
from salesetl.display import report_text
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.errors import ArgumentError, CatalogError, QualityError
from salesetl.model.options import InputPath, options_of
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.registry import jobs, namespaces
from salesetl.rows import read_rows
from salesetl.runner.runner import run
from salesetl.runs import RunReport, read_reports
from salesetl.storage import storage_of
from tests.data_catalog import Glue, at_call, types_of
from tests.jobs.shop import Shop, order, sale


class Registered:
    """A shop whose lake is on S3 and in the Data Catalog."""

    def __init__(self, shop: Shop, root: str) -> None:
        self.shop, self.root, self.glue = shop, f"{root}/lake", Glue()

    def load(self, *sales: dict[str, str], **arguments: Any) -> RunReport:
        """Run enrich_sales on a delivery."""
        paths = {
            "sales_path": InputPath(str(self.shop.deliver("sales", sales))),
            "customers_path": InputPath(str(self.shop.customers())),
        }
        return run(SALES, self.shop.engine, **paths | self._arguments(arguments))

    def load_orders(self, *orders: dict[str, Any], **arguments: Any) -> RunReport:
        """Run flatten_orders on a delivery."""
        return run(
            ORDERS,
            self.shop.engine,
            orders_path=InputPath(str(self.shop.deliver_orders("orders", orders))),
            **self._arguments(arguments),
        )

    def _arguments(self, arguments: dict[str, Any]) -> dict[str, Any]:
        given = {"output_path": self.root, "database": self.glue.database}
        return {**given, "max_rejected_ratio": 1.0, **arguments}

    def files(self, folder: str) -> list[str]:
        """Return all data files of a table of the lake."""
        path = f"{self.root}/{folder}"
        found = files_by_folder(path, storage_of(path).files(path))
        return sorted(file.path for files in found.values() for file in files)

    def found_files(self, name: str) -> list[str]:
        """Return the files that the partitions of a registered table lead to."""
        found = []
        for location in self.glue.locations(name).values():
            files = storage_of(location).files(location.rstrip("/"))
            assert files, f"{location} is registered and has no files"
            found += [file.path for file in files]
        return sorted(found)

    def check(self, **folders: str) -> None:
        """See that tables lead to the files of their folders, and to no others."""
        for name, folder in folders.items():
            assert self.found_files(name) == self.files(folder) != []

    def last_report(self) -> RunReport:
        """Return what is written of the last run."""
        return read_reports(storage_of(self.root), self.root, namespaces())[-1]


@pytest.fixture
def registered(duckdb: DuckDbEngine, tmp_path: Path, s3_root: str) -> Registered:
    """Open a shop with an empty lake on S3."""
    return Registered(Shop(duckdb, tmp_path), s3_root)


TABLES = {table.sql_name: table.folder for table in SALES.tables}


def test_the_registered_tables_of_sales_lead_to_all_rows(
    registered: Registered,
) -> None:
    report = registered.load(sale(1), sale(2, date="2025-08-02"), sale(3, date="x"))

    location = registered.glue.table("enriched_sales")["StorageDescriptor"]["Location"]
    root = location.rstrip("/")
    rows = read_rows(storage_of(root), root, ENRICHED_SALES)
    assert sorted(row["transaction_id"] for row in rows) == ["T1", "T2"]
    registered.check(**TABLES, quarantine_sales="sales/quarantine/sales")
    assert set(registered.glue.tables()) == {*TABLES, "quarantine_sales"}
    assert report.catalog == {
        "database": registered.glue.database,
        "tables": ["enriched_sales", "quarantine_sales", "sales_summary"],
        "partitions_added": 5,
        "partitions_removed": 0,
        "error": None,
    }
    assert registered.last_report().catalog == report.catalog
    assert "partitions: 5 added, 0 removed" in report_text(report)


def test_the_registered_tables_of_orders_lead_to_all_rows(
    registered: Registered,
) -> None:
    february = order(2, order_timestamp="2025-02-03T08:30:00Z")
    registered.load_orders(order(1), february)

    registered.check(**{table.sql_name: table.folder for table in ORDERS.tables})
    months = {("2025", "01"), ("2025", "02")}
    assert set(registered.glue.partitions("fact_orders")) == months


def test_without_a_database_nothing_is_registered(registered: Registered) -> None:
    report = registered.load(sale(1), database=None)

    assert report.catalog is None
    databases = registered.glue.client.get_databases()["DatabaseList"]
    assert registered.glue.database not in [each["Name"] for each in databases]


def test_a_late_sale_adds_the_partition_of_its_month(registered: Registered) -> None:
    registered.load(sale(1))

    report = registered.load(sale(2, date="2025-07-09"))

    assert report.catalog and report.catalog["partitions_added"] == 2
    assert set(registered.glue.partitions("enriched_sales")) == {
        ("2025", "7"),
        ("2025", "9"),
    }
    registered.check(**TABLES)


def test_a_replace_that_empties_a_month_removes_its_partition(
    registered: Registered,
) -> None:
    registered.load(sale(1), sale(2, date="2025-08-02"))

    report = registered.load(
        sale(3),
        write_mode="replace",
        start_date=date(2025, 8, 1),
        end_date=date(2025, 9, 30),
    )

    assert report.catalog and report.catalog["partitions_removed"] == 2
    assert set(registered.glue.partitions("enriched_sales")) == {("2025", "9")}
    registered.check(**TABLES)


def test_a_second_run_of_the_same_changes_nothing_in_the_catalogue(
    registered: Registered,
) -> None:
    registered.load(sale(1), sale(2, date="2025-08-02"))
    before = registered.glue.state()

    report = registered.load(sale(1), sale(2, date="2025-08-02"))

    assert report.catalog and report.catalog["partitions_added"] == 0
    assert registered.glue.state() == before


def test_a_partition_that_somebody_dropped_is_back_after_the_next_run(
    registered: Registered,
) -> None:
    registered.load(sale(1))
    registered.glue.drop_partition("enriched_sales", "2025", "9")

    registered.load(sale(1))

    registered.check(**TABLES)


def test_a_parameter_that_somebody_added_is_kept(registered: Registered) -> None:
    registered.load(sale(1))
    registered.glue.edit(
        "enriched_sales",
        lambda table: table.update(
            Owner="finance",
            Description="?",
            Parameters={**table["Parameters"], "pii": "none"},
        ),
    )

    registered.load(sale(2, date="2025-08-02"))

    table = registered.glue.table("enriched_sales")
    assert (table["Owner"], table["Description"]) == ("finance", "One sale")
    assert table["Parameters"]["pii"] == "none"


def test_a_narrower_column_is_widened_in_months_the_run_does_not_touch(
    registered: Registered,
) -> None:
    registered.load(sale(1), sale(2, date="2025-08-02"))
    registered.glue.retype("enriched_sales", "total_amount", "decimal(12,2)")

    registered.load(sale(3))

    partitions = registered.glue.partitions("enriched_sales").values()
    assert len(partitions) == 2
    for each in [*partitions, registered.glue.table("enriched_sales")]:
        assert types_of(each)["total_amount"] == "decimal(18,2)"


@pytest.mark.parametrize("edit", ["retyped", "moved"])
def test_a_table_that_must_not_be_changed_stops_the_run_before_it_reads(
    registered: Registered, edit: str
) -> None:
    registered.load(sale(1))
    if edit == "retyped":
        registered.glue.retype("sales_summary", "units_sold", "string")
    else:
        registered.glue.edit(
            "sales_summary",
            lambda table: table["StorageDescriptor"].update(Location="s3://other/x"),
        )
    before = registered.glue.state(), registered.files("sales/enriched_sales")

    with pytest.raises(CatalogError, match="sales_summary: .* refused"):
        registered.load(sale(2), sales_path="s3://there/is/no/such/file")

    assert (registered.glue.state(), registered.files("sales/enriched_sales")) == before
    assert registered.last_report().status == "failed"


def test_a_lake_on_a_disk_is_not_registered(registered: Registered) -> None:
    with pytest.raises(ArgumentError, match="the Data Catalog holds only tables on S3"):
        registered.load(sale(1), output_path=str(registered.shop.home / "lake"))


def test_a_failed_registering_leaves_the_rows_published_and_is_made_good(
    registered: Registered, capsys: pytest.CaptureFixture[str]
) -> None:
    registered.load(sale(1))

    def move(**_: Any) -> None:
        registered.glue.edit(
            "sales_summary",
            lambda table: table["StorageDescriptor"].update(Location="s3://other/x"),
        )

    # Between the check before the work and what comes after it.
    with at_call("GetDatabase", move), pytest.raises(CatalogError) as raised:
        registered.load(sale(2, date="2025-08-02"))

    again = f"--database {registered.glue.database} --output_path {registered.root}"
    assert f"salesetl catalog apply sales {again}" in str(raised.value)
    report = registered.last_report()
    assert report.status == "succeeded" and report.catalog
    assert "s3://other/x" in report.catalog["error"]
    assert "not registered in database" in report_text(report)
    assert len(registered.files("sales/enriched_sales")) == 2
    registered.glue.client.delete_table(
        DatabaseName=registered.glue.database, Name="sales_summary"
    )
    main(["catalog", "apply", "sales", *again.split()])
    assert "sales_summary: table created" in capsys.readouterr().out
    registered.check(**TABLES)


def test_what_a_failed_run_rejected_can_be_queried(registered: Registered) -> None:
    with pytest.raises(QualityError):
        registered.load(sale(1, date="x"), max_rejected_ratio=0.1, run_id="r1")

    report = registered.last_report()
    assert report.catalog and report.catalog["tables"] == ["quarantine_sales"]
    assert list(registered.glue.partitions("quarantine_sales")) == [("r1",)]
    registered.check(quarantine_sales="sales/quarantine/sales")

    # Tried again under its name, with what was wrong put right.
    registered.load(sale(1), run_id="r1")

    assert registered.glue.partitions("quarantine_sales") == {}
    registered.check(**TABLES)


def test_every_job_takes_a_database() -> None:
    for pipeline in jobs().values():
        [database] = [
            option
            for option in options_of(pipeline.options)
            if option.name == "database"
        ]
        assert database.default is None


def test_partitions_are_named_as_their_folders() -> None:
    folders = ["year=2025/month=9", "run_id=a-1"]

    assert partition_values(folders) == {("2025", "9"), ("a-1",)}


def test_what_a_killed_run_had_begun_to_publish_is_registered_by_the_next(
    registered: Registered, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered.load(sale(1))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(journal, "_carry_out", killed)
        registered.load(sale(2, date="2025-07-02"), sale(3, date="x"))

    registered.load(sale(4, date="2025-08-04"))

    assert len(registered.glue.partitions("enriched_sales")) == 3
    registered.check(**TABLES, quarantine_sales="sales/quarantine/sales")


def test_runs_of_two_jobs_may_have_one_name(registered: Registered) -> None:
    registered.load(sale(1), sale(2, date="x"), run_id="daily")
    broken = order(2, order_timestamp="never")

    registered.load_orders(order(1), broken, run_id="daily")

    registered.check(
        quarantine_sales="sales/quarantine/sales",
        quarantine_orders="orders/quarantine/orders",
    )
