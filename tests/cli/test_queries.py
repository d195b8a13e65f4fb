"""`salesetl query` shows a query or view of a lake, `salesetl analytics` writes the six of orders."""

import subprocess
import sys
from pathlib import Path

import pytest

from salesetl.cli import main
from salesetl.cli.queries import ANALYTICS
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.statements import statements
from tests.jobs.shop import Shop, sale
from tests.sql.orders import lake_of, order


@pytest.fixture(scope="module")
def lake(duckdb: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Publish three orders of two months."""
    orders = [
        order("O1", "2025-01-01", "C1", "1234.50"),
        order("O2", "2025-01-12", None, country=None),
        order("O3", "2025-02-03", "C1"),
    ]
    return lake_of(duckdb, tmp_path_factory.mktemp("orders"), orders)


def test_a_view_is_shown_as_a_table(
    lake: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["query", "monthly_churn", "--output_path", lake])

    assert capsys.readouterr().out == """\
order_month_start  active_customers  churned_customers  churn_rate  is_complete_month
-----------------  ----------------  -----------------  ----------  -----------------
2025-01-01                        1                                 true
2025-02-01                        1                                 false
"""


def test_a_view_is_written_as_csv_with_empty_fields_for_null(
    lake: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["query", "revenue_mom", "--format", "csv", "--output_path", lake])

    assert capsys.readouterr().out.splitlines()[1:] == [
        "2025-01-01,USD,1244.50,,,1244.50,true",
        "2025-02-01,USD,10.00,,,1254.50,false",
    ]


def test_without_a_name_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["query"])

    told = capsys.readouterr().out
    assert "high_value_sales" in told and "The 50 largest sales above 1,000." in told
    assert "monthly_churn" in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["query", "monthly_revenu"], "did you mean monthly_revenue?"),
        (
            ["query", "monthly_trend"],
            "enriched_sales: there is no table; run jobs/enrich",
        ),
        (
            ["query", "revenue_mom"],
            "fact_orders: there is no table; run jobs/flatten_ord",
        ),
        (
            ["query", "row_count", "--output_path", "s3://b/lake"],
            "reads local lakes only",
        ),
    ],
)
def test_what_is_not_there_is_one_line_and_a_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*words[:2], "--output_path", str(tmp_path), *words[2:]])

    error = capsys.readouterr().err
    assert stopped.value.code in (1, 2)
    assert message in error
    assert error.startswith("salesetl: error: ") and error.count("\n") == 1


def test_without_duckdb_the_remedy_is_told(
    lake: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)

    with pytest.raises(SystemExit):
        main(["query", "revenue_mom", "--output_path", lake])

    assert "pip install 'salesetl[embedded]'" in capsys.readouterr().err


def test_the_six_analytics_are_written(lake: str, tmp_path: Path) -> None:
    folder = tmp_path / "analytics"

    main(["analytics", str(folder), "--output_path", lake])

    written = {path.name: path.read_text() for path in folder.iterdir()}
    assert sorted(written) == sorted(f"{name}.csv" for name in ANALYTICS)
    assert written["monthly_active_customers.csv"] == (
        "order_month_start,active_customers,is_complete_month\n"
        "2025-01-01,1,true\n2025-02-01,1,false\n"
    )


def test_each_of_the_analytics_says_which_months_are_complete(
    lake: str, tmp_path: Path
) -> None:
    main(["analytics", str(tmp_path / "analytics"), "--output_path", lake])

    headers = [
        path.read_text().splitlines()[0] for path in (tmp_path / "analytics").iterdir()
    ]
    assert len(headers) == len(ANALYTICS)
    assert all(header.endswith(",is_complete_month") for header in headers)


# What makes a demo has neither pytz nor PySpark.
_WITHOUT_PYTZ = """
import sys
sys.modules["pytz"] = None
from salesetl.cli import main
from salesetl.statements import statements
for name in statements():
    for form in ("table", "csv"):
        print("==", name, form, flush=True)
        main(["query", name, "--format", form, "--output_path", sys.argv[1]])
"""


def test_every_query_and_view_is_shown_without_pytz(
    duckdb: DuckDbEngine, lake: str
) -> None:
    shop = Shop(duckdb, Path(lake).parent)
    shop.load(shop.deliver("sales", [sale(1), sale(2)]))

    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_PYTZ, lake],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    shown = done.stdout.split("== ")
    assert len(shown) == 1 + 2 * len(statements())
    [orders] = [text for text in shown if text.startswith("stg_orders csv")]
    assert "O1,2025-01-01T23:59:59.500000+00:00,2025-01-01," in orders


def test_when_one_of_the_analytics_fails_the_previous_ones_stay(
    lake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "analytics"
    main(["analytics", str(folder), "--output_path", lake])
    before = {path: path.read_bytes() for path in folder.iterdir()}
    # The lines of the orders are lost, so the fifth of the six cannot be told.
    for file in (Path(lake) / "orders" / "fact_order_items").rglob("*.parquet"):
        file.write_bytes(b"lost")
    [orders, *_] = (Path(lake) / "orders" / "fact_orders").rglob(
        "order_month=01/*.parquet"
    )
    orders.unlink()

    with pytest.raises(SystemExit):
        main(["analytics", str(folder), "--output_path", lake])

    assert {path: path.read_bytes() for path in folder.iterdir()} == before
