"""Sales load without a file of customers, as most exports have none."""

from pathlib import Path

import pytest

from salesetl.cli import main
from salesetl.display import report_text
from salesetl.engines.engine import Engine
from salesetl.launcher import launch
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.runner.runner import run
from tests.frames import on_each_engine
from tests.jobs.shop import Shop, sale


@on_each_engine
def test_sales_load_without_customers_and_the_report_says_so(
    engine: Engine, tmp_path: Path
) -> None:
    shop = Shop(engine, tmp_path)

    report = run(
        SALES,
        engine,
        sales_path=str(shop.deliver("raw", [sale(1), sale(2, customer_id="")])),
        output_path=str(tmp_path / "lake"),
    )

    assert (report.rows_loaded, report.rows_quarantined) == (2, 0)
    assert report.warnings == {"customer_id_is_present": 1}
    assert report.sources == {}
    assert "customers" in report_text(report) and "not delivered" in report_text(report)
    assert [row["age_group"] for row in shop.rows(ENRICHED_SALES)] == [None, None]


def test_the_command_line_and_the_page_do_without_customers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], duckdb: Engine
) -> None:
    shop, lake = Shop(duckdb, tmp_path), str(tmp_path / "lake")
    sales = str(shop.deliver("raw", [sale(1), sale(2)]))

    launch(SALES, ["--sales_path", sales, "--output_path", lake, "--engine", "duckdb"])
    main(["report", str(tmp_path / "r.html"), "--output_path", lake])

    assert "not delivered" in capsys.readouterr().out
    page = (tmp_path / "r.html").read_text()
    assert "Revenue by region" in page
    assert "Membership tiers" not in page and "Age groups" not in page
