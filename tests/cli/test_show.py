"""`salesetl query` shows a query or view of a lake."""

import subprocess
import sys
from pathlib import Path

import pytest

from salesetl.cli import main
from salesetl.destinations.journal import Journal
from salesetl.destinations.lease import held_lease, lease_path
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.statements import statements
from salesetl.storage import storage_of
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
    assert (
        "high_value_sales" in told
        and "The 50 largest sales above 1,000, of each currency." in told
    )
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


# What makes a demo has neither pytz nor PySpark.
_WITHOUT_PYTZ = """
import sys
sys.modules["pytz"] = None
from salesetl.cli import main
from salesetl.destinations.journal import Journal
from salesetl.destinations.lease import held_lease, lease_path
from salesetl.statements import statements
from salesetl.storage import storage_of
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


def listed_runs(root: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what `salesetl runs list` says of a lake."""
    main(["runs", "list", "--output_path", str(root)])
    return capsys.readouterr().out


def test_a_publish_that_was_cut_off_is_told_with_what_it_means_for_readers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = Journal("20250901-killed")
    (tmp_path / "sales").mkdir()
    (tmp_path / "sales/_journal.json").write_bytes(journal.encode())

    cut_off = listed_runs(tmp_path, capsys)
    path = lease_path(str(tmp_path), "sales")
    with held_lease(storage_of(path), path, "20250901-killed"):
        under_way = listed_runs(tmp_path, capsys)

    assert "run 20250901-killed was cut off while it published sales" in cut_off
    assert "readers may see rows twice, none is missing" in cut_off
    assert "run enrich_sales again, which finishes that first" in cut_off
    assert "run 20250901-killed is publishing sales" in under_way


def test_a_lake_whose_publishes_have_ended_says_nothing_of_them(
    lake: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "publish" not in listed_runs(Path(lake), capsys)
