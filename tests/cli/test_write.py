"""`salesetl analytics`, `charts` and `report` write tables, pictures and the page of a lake."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb as database
import pytest

from salesetl.cli import main
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.errors import QualityError
from salesetl.model.options import InputPath
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.runner.runner import run
from salesetl.statements import statements
from tests.jobs.shop import Shop, order, sale
from tests.lakes import Lakes
from tests.sql import orders as ledgers

SALES_CHARTS = {
    "monthly_revenue.png",
    "revenue_by_region.png",
    "top_products.png",
    "membership_tiers.png",
    "transaction_amounts.png",
    "age_groups.png",
}
ANALYTICS = {
    "monthly_revenue.csv",
    "revenue_mom.csv",
    "cohort_retention_first_6_months.csv",
    "monthly_churn.csv",
    "category_sales_monthly.csv",
    "monthly_active_customers.csv",
}
ORDERS_CHARTS = {
    "revenue_and_growth.png",
    "average_order_value.png",
    "categories_by_revenue.png",
    "categories_by_units.png",
    "retention.png",
    "churn.png",
    "active_customers_by_country.png",
}


def load_sales_and_orders(shop: Shop) -> None:
    """Load a few sales and orders."""
    shop.load(shop.deliver("sales", [sale(1), sale(2), sale(3, quantity="x")]))
    shop.load_orders(shop.deliver_orders("orders", [order(1), order(2)]))


@pytest.fixture
def shop(lakes: Lakes, tmp_path: Path) -> Shop:
    """Open a shop that has loaded them."""
    return lakes.copy(load_sales_and_orders, tmp_path)


def lake_of(shop: Shop) -> str:
    """Return the root of the lake."""
    return str(shop.home / "lake")


def names_in(folder: Path) -> set[str]:
    """Return the names of the files in a folder."""
    return {path.name for path in folder.iterdir()}


def test_each_dataset_has_its_charts(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shop.home / "charts"

    main(["charts", str(folder), "--output_path", lake_of(shop)])

    assert names_in(folder) == SALES_CHARTS | ORDERS_CHARTS
    for path in folder.iterdir():
        assert path.read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().out.splitlines()[0] == str(
        folder / "monthly_revenue.png"
    )


def test_a_lake_without_orders_has_the_charts_of_sales(
    duckdb: DuckDbEngine, tmp_path: Path
) -> None:
    shop = Shop(duckdb, tmp_path)
    shop.load(shop.deliver("sales", [sale(1)]))

    main(["charts", str(tmp_path / "charts"), "--output_path", lake_of(shop)])
    main(["report", str(tmp_path / "report.html"), "--output_path", lake_of(shop)])

    assert names_in(tmp_path / "charts") == SALES_CHARTS
    assert 'id="orders"' not in (tmp_path / "report.html").read_text()


def test_the_report_of_the_same_lake_is_the_same_page(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    page = shop.home / "out" / "report.html"

    main(["report", str(page), "--output_path", lake_of(shop)])
    first, told = page.read_bytes(), capsys.readouterr().out
    main(["report", str(page), "--output_path", lake_of(shop)])

    assert page.read_bytes() == first
    assert capsys.readouterr().out == told
    *figures, path = told.splitlines()
    assert path == str(page)
    assert figures[0].split() == ["pipeline", "figure", "value", "of"]
    assert {line.split()[0] for line in figures[2:-1]} == {"sales", "orders"}
    assert names_in(page.parent) == {"report.html"}


@pytest.mark.parametrize("command", ["charts", "report"])
def test_a_lost_table_is_named_and_what_was_there_stays(
    shop: Shop, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    target = shop.home / ("charts" if command == "charts" else "report.html")
    main([command, str(target), "--output_path", lake_of(shop)])
    before = {
        path: path.read_bytes()
        for path in (target, *target.rglob("*"))
        if path.is_file()
    }
    shutil.rmtree(shop.home / "lake" / "orders" / "fact_orders")
    capsys.readouterr()

    with pytest.raises(SystemExit) as ended:
        main([command, str(target), "--output_path", lake_of(shop)])

    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert "fact_orders: there is no table; run jobs/flatten_orders.py" in told
    assert before
    assert {path: path.read_bytes() for path in before} == before


def test_a_lake_that_no_run_has_loaded_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["report", str(tmp_path / "r.html"), "--output_path", str(tmp_path)])

    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert (
        f"{tmp_path}: no run of enrich_sales or flatten_orders or stage_retail or"
        " curate_shop_sales or stage_events has loaded rows into this lake" in told
    )


def test_a_report_is_called_a_page(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["report", str(shop.home / "report"), "--output_path", lake_of(shop)])

    assert ended.value.code == 2
    assert "a name like report.html" in capsys.readouterr().err


def test_a_failed_run_is_told_beside_the_last_that_loaded(shop: Shop) -> None:
    page = shop.home / "report.html"
    with pytest.raises(QualityError):
        shop.load(
            shop.deliver("bad", [sale(1, quantity="<b>x")]), max_rejected_ratio=0.0
        )

    main(["report", str(page), "--output_path", lake_of(shop)])

    text = page.read_text()
    [runs] = re.findall(r'id="runs".*?</section>', text, re.DOTALL)
    newest = re.findall(r"<td[^>]*>(.*?)</td>", runs)[:9]
    assert newest[1:3] + newest[4:7] == ["enrich sales", "failed", "1", "0", "1"]
    assert "100.0% of 1 rows were rejected" in runs
    assert "&lt;b&gt;x" in runs
    assert "<b>2</b> loaded" in text


def test_a_pipeline_of_which_every_run_failed_is_on_the_page(
    duckdb: DuckDbEngine, tmp_path: Path
) -> None:
    shop = Shop(duckdb, tmp_path)
    shop.load(shop.deliver("sales", [sale(1)]))
    with pytest.raises(QualityError):
        shop.load_orders(
            shop.deliver_orders("orders", [order(1, currency="ZZZ")]),
            max_rejected_ratio=0.0,
        )

    main(["report", str(tmp_path / "report.html"), "--output_path", lake_of(shop)])

    text = (tmp_path / "report.html").read_text()
    [orders] = re.findall(r'<section id="orders">.*?</section>', text, re.DOTALL)
    assert "No run has loaded rows" in orders
    assert "no run has succeeded" in orders
    assert "<td>currency is known</td>" in orders
    assert 'class="books"' not in orders


def test_a_lake_of_one_clean_run_without_customers_has_its_quality(
    duckdb: DuckDbEngine, tmp_path: Path
) -> None:
    shop = Shop(duckdb, tmp_path)
    path = InputPath(str(shop.deliver("sales", [sale(1), sale(2)])))
    run(SALES, duckdb, sales_path=path, output_path=lake_of(shop))

    main(["report", str(tmp_path / "report.html"), "--output_path", lake_of(shop)])

    text = (tmp_path / "report.html").read_text()
    assert '<dd class="value" style="--signs: 5">0.0 %</dd>' in text
    assert "no row was quarantined" in text
    assert "2025-09-02" in text
    assert 'id="membership_tiers"' not in text


def test_empty_tables_are_told(
    duckdb: DuckDbEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Shop(duckdb, tmp_path)
    shop.load(shop.deliver("sales", [sale(1)]))
    for file in (tmp_path / "lake").rglob("*.parquet"):
        rows = f"select * from read_parquet('{file}') where false"
        database.sql(f"copy ({rows}) to '{file}' (format parquet)")

    with pytest.raises(SystemExit) as ended:
        main(["report", str(tmp_path / "r.html"), "--output_path", lake_of(shop)])

    assert ended.value.code == 1
    assert "the tables of sales are empty; run jobs/" in capsys.readouterr().err


@pytest.fixture
def orders(duckdb: DuckDbEngine, tmp_path: Path) -> str:
    """Publish three orders of two months."""
    delivered = [
        ledgers.order("O1", "2025-01-01", "C1", "1234.50"),
        ledgers.order("O2", "2025-01-12", None, country=None),
        ledgers.order("O3", "2025-02-03", "C1"),
    ]
    return ledgers.lake_of(duckdb, tmp_path, delivered)


def test_the_six_analytics_say_which_months_are_complete(
    orders: str, tmp_path: Path
) -> None:
    folder = tmp_path / "analytics"

    main(["analytics", str(folder), "--output_path", orders])

    assert names_in(folder) == ANALYTICS
    assert (folder / "monthly_active_customers.csv").read_text() == (
        "order_month_start,active_customers,is_complete_month\n"
        "2025-01-01,1,true\n2025-02-01,1,false\n"
    )
    headers = [path.read_text().splitlines()[0] for path in folder.iterdir()]
    assert all(header.endswith(",is_complete_month") for header in headers)


def test_when_one_of_the_analytics_fails_the_previous_ones_stay(
    orders: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "analytics"
    main(["analytics", str(folder), "--output_path", orders])
    before = {path: path.read_bytes() for path in folder.iterdir()}
    january = (Path(orders) / "orders/fact_orders").rglob("order_month=01/*.parquet")
    next(january).unlink()
    # The last of the six cannot be computed.
    last = statements()["revenue_mom"]
    head = last.text.partition("as\nwith ")[0]
    spoilt = f"{head} as select error('lost') as lost"
    monkeypatch.setitem(statements(), last.name, replace(last, text=spoilt))

    with pytest.raises(SystemExit):
        main(["analytics", str(folder), "--output_path", orders])

    assert {path: path.read_bytes() for path in folder.iterdir()} == before
