"""`salesetl plan` tells what a run would change, and leaves nothing behind."""

import itertools
import json
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesetl.cli import main
from salesetl.destinations import staying_files
from salesetl.destinations.journal import journal_path
from salesetl.destinations.lease import held_lease, lease_path
from salesetl.destinations.planned_lake import Plan, PlannedLake
from salesetl.engines.engine import Engine
from salesetl.errors import LeaseError
from salesetl.model.pipeline import Pipeline
from salesetl.model.table import Table
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.rows import read_rows
from salesetl.runner.runner import run, run_into
from salesetl.runs import RunReport
from salesetl.storage import _s3_storage, storage_of
from tests.faults import Proxy
from tests.frames import on_each_engine
from tests.jobs.retailer import Retailer, customer, line, product
from tests.jobs.shop import Rows, Shop, order, sale

NUMBERS = itertools.count()
SEPTEMBER: dict[str, Any] = {
    "write_mode": "replace",
    "start_date": date(2025, 9, 1),
    "end_date": date(2025, 9, 30),
}


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Shop:
    """Open a shop in an empty folder, on the engine of the test."""
    return Shop(engine, tmp_path)


@pytest.fixture(autouse=True)
def nothing_in_tmp(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, duckdb: Engine
) -> Iterator[None]:
    """Expect that no temporary file is left, but for those of the engine of all tests."""
    place = tmp_path.parent / f"{tmp_path.name}-temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield
    assert list(place.iterdir()) == []


def planned(
    shop: Shop,
    pipeline: Pipeline,
    make: type[PlannedLake] = PlannedLake,
    **options: Any,
) -> Plan:
    """Plan a run of a pipeline."""
    scratch = shop.home.parent / f"{shop.home.name}-scratch-{next(NUMBERS)}"
    plan = Plan(str(scratch))
    run_into(
        partial(make, plan=plan), pipeline, shop.engine, **given_for(shop, options)
    )
    return plan


def given_for(shop: Shop, options: dict[str, Any]) -> dict[str, Any]:
    """Return options with those that all runs of a shop have."""
    given = {"output_path": str(shop.home / "lake"), "max_rejected_ratio": 1.0}
    return given | {
        name: str(value) if isinstance(value, Path) else value
        for name, value in options.items()
    }


def files_below(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder with their content."""
    return {
        str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def tables_of(shop: Shop, pipeline: Pipeline) -> dict[str, Rows]:
    """Return all rows of the tables of a pipeline, with the files that they came from."""
    root = str(shop.home / "lake")
    return {
        table.name: (
            read_rows(storage_of(root), f"{root}/{table.folder}", table)
            if (shop.home / "lake" / table.folder).exists()
            else []
        )
        for table in pipeline.tables
    }


def rows_by_key(table: Table, rows: Rows) -> dict[tuple[Any, ...], dict[Any, Any]]:
    """Return rows by partition and key."""
    found: dict[tuple[Any, ...], dict[Any, Any]] = {}
    for row in rows:
        partition = tuple(row[name] for name in table.partition_by)
        key = tuple(row[name] for name in table.key)
        found.setdefault(partition, {})[key] = row
    return found


def changes_between(table: Table, before: Rows, after: Rows) -> dict[Any, Any]:
    """Work out, by partition, how rows and amounts of a table have changed."""
    there, now = rows_by_key(table, before), rows_by_key(table, after)
    changes = {}
    for partition in there | now:
        old, new = there.get(partition, {}), now.get(partition, {})
        if old == new:
            continue
        both = old.keys() & new.keys()
        same = sum(old[key] == new[key] for key in both)
        rows = {
            "before": len(old),
            "after": len(new),
            "new": len(new) - len(both),
            "replaced": len(both) - same,
            "removed": len(old) - len(both),
            "unchanged": same,
        }
        amounts = {
            name: {
                when: str(sum(row[name] for row in found.values()) or "0.00")
                for when, found in (("before", old), ("after", new))
            }
            for name in table.amounts
        }
        changes[partition] = rows, amounts
    return changes


def told_by(plan: Plan) -> dict[str, Any]:
    """Return what a plan says of each table, its currencies being one."""
    found: dict[str, Any] = {}
    for each in plan.tables:
        found[each.table.name] = {}
        for part in each.partitions:
            amounts = {}
            for name, by_currency in part.amounts.items():
                [amounts[name]] = by_currency.values()
            found[each.table.name][tuple(part.values.values())] = part.rows, amounts
    return found


def check_plan(shop: Shop, pipeline: Pipeline, **options: Any) -> None:
    """Plan a run, then run it: what was told is what has come, and a second plan is empty."""
    before, files = tables_of(shop, pipeline), files_below(shop.home)
    plan = planned(shop, pipeline, **options)
    assert files_below(shop.home) == files

    report = run(pipeline, shop.engine, **given_for(shop, options))

    after = tables_of(shop, pipeline)
    assert told_by(plan) == {
        table.name: changes_between(table, before[table.name], after[table.name])
        for table in pipeline.tables
    }
    assert plan.report
    assert plan.report.amounts == report.amounts
    assert plan.report.rows_by_reason == report.rows_by_reason
    again = planned(shop, pipeline, **options)
    assert [each.partitions for each in again.tables] == [[]] * len(again.tables)


@on_each_engine
def test_what_a_plan_of_sales_tells_is_what_the_run_does(shop: Shop) -> None:
    first = [sale(n) for n in range(1, 5)] + [sale(8, date="2025-08-03")]
    shop.load(shop.deliver("in", [*first, sale(9, date="2025-07-01")]))
    moved = sale(1, date="2025-10-01")
    other = [moved, sale(2, region="West"), sale(3), sale(5), sale(6, quantity="x")]
    path = shop.deliver("in", [*other, sale(8, date="2025-08-03")])

    check_plan(shop, SALES, sales_path=path, customers_path=shop.customers())


@on_each_engine
def test_what_a_plan_of_orders_tells_is_what_the_run_does(shop: Shop) -> None:
    shop.load_orders(shop.deliver_orders("in", [order(1), order(2)]))
    fewer = {"items": order(1)["items"][:1], "order_total": 21}
    path = shop.deliver_orders("in", [order(1, **fewer), order(2), order(3)])

    check_plan(shop, ORDERS, orders_path=path)


def test_a_plan_of_a_replacement_tells_what_goes(shop: Shop) -> None:
    sales = [sale(1), sale(2), sale(3, date="2025-08-03"), sale(4)]
    shop.load(shop.deliver("in", sales))
    path = shop.deliver("in", [sale(1), sale(2, region="West")])

    check_plan(
        shop, SALES, sales_path=path, customers_path=shop.customers(), **SEPTEMBER
    )
    # All that is left of a month goes.
    only = shop.deliver("in", [sale(3, date="2025-08-03")])
    august = {"start_date": date(2025, 8, 1), "allow_empty": True}
    check_plan(shop, SALES, sales_path=only, **SEPTEMBER | august)


SALES_OF_A_DAY = st.lists(
    st.builds(
        lambda number, month, region: sale(
            number, date=f"2025-{month:02}-05", region=region
        ),
        st.integers(1, 4),
        st.integers(8, 9),
        st.sampled_from(["North", "South", "Moon"]),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda row: row["transaction_id"],
)


@settings(max_examples=4)
@given(
    st.lists(SALES_OF_A_DAY, min_size=2, max_size=2),
    st.sampled_from(["new", "all"]),
    st.sampled_from([0, staying_files.LEAST_STAYING_BYTES]),
)
def test_a_plan_tells_what_any_run_does(
    tmp_path_factory: pytest.TempPathFactory,
    duckdb: Engine,
    days: list[Rows],
    input_mode: str,
    least: int,
) -> None:
    shop = Shop(duckdb, tmp_path_factory.mktemp("shop"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(staying_files, "LEAST_STAYING_BYTES", least)
        for number, sales in enumerate(days):
            shop.deliver(f"raw/{number}", sales)
            check_plan(
                shop,
                SALES,
                sales_path=shop.home / "raw",
                input_mode=input_mode,
            )


@pytest.mark.parametrize(
    "day",
    [
        "2025-09-02",
        # Files that the plan does not read.
        "2025-08-02",
    ],
)
def test_a_run_that_publishes_meanwhile_spoils_a_plan(shop: Shop, day: str) -> None:
    shop.load(shop.deliver("in", [sale(1)]))
    path = shop.deliver("in", [sale(3)])

    class Overtaken(PlannedLake):
        def publish(self, report: RunReport) -> None:
            shop.load(shop.deliver("other", [sale(2, date=day)]))
            super().publish(report)

    with pytest.raises(LeaseError, match="published while this plan was made"):
        planned(shop, SALES, Overtaken, sales_path=path)

    assert shop.ids() == ["T1", "T2"]


def test_a_run_that_writes_is_named_and_not_disturbed(shop: Shop) -> None:
    path = shop.deliver("in", [sale(1)])
    root = str(shop.home / "lake")

    with held_lease(storage_of(root), lease_path(root, "sales"), "nightly"):
        during = planned(shop, SALES, sales_path=path)
    after = planned(shop, SALES, sales_path=path)

    assert during.writing_run == "nightly"
    assert len(during.tables) == 2
    assert after.writing_run is None


@pytest.mark.parametrize("is_running", [True, False])
def test_no_plan_is_made_of_a_half_published_lake(shop: Shop, is_running: bool) -> None:
    path, root = shop.deliver("in", [sale(1)]), str(shop.home / "lake")
    storage = storage_of(root)
    storage.write(journal_path(root, "sales"), b"{}")
    lease = held_lease(storage, lease_path(root, "sales"), "nightly")
    told = "run nightly is publishing; wait" if is_running else "was interrupted while"

    with lease if is_running else nullcontext():
        with pytest.raises(LeaseError, match=told):
            planned(shop, SALES, sales_path=path)

    assert storage.read(journal_path(root, "sales")) == b"{}"


def test_a_plan_writes_nothing_on_s3(shop: Shop, s3_root: str, s3_proxy: Proxy) -> None:
    file = shop.deliver("in", [sale(1), sale(2, quantity="x")]) / "sales.csv"
    for path in (file, shop.customers()):
        target = f"{s3_root}/raw/{path.relative_to(shop.home)}"
        storage_of(target).write(target, path.read_bytes())
    for _ in range(2):
        _s3_storage.cache_clear()
        s3_proxy.requests.clear()
        plan = planned(
            shop,
            SALES,
            sales_path=f"{s3_root}/raw/in",
            customers_path=f"{s3_root}/raw/customers.json",
            output_path=f"{s3_root}/lake",
        )
        assert {each.partition(" ")[0] for each in s3_proxy.requests} == {"GET"}
        assert [len(each.partitions) for each in plan.tables] == [1, 1]


def arguments_of(shop: Shop, path: Path, **more: str) -> list[str]:
    """Return the words of a job for a delivery of sales."""
    given = {
        "sales_path": path,
        "output_path": shop.home / "lake",
        "as_of": "2025-12-01",
        **more,
    }
    return [word for name, value in given.items() for word in (f"--{name}", str(value))]


def test_a_lake_that_is_not_there_is_not_made(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shop.deliver("in", [sale(1), sale(2), sale(3, date="2025-08-03")])
    before = files_below(shop.home)

    main(["plan", "enrich_sales", *arguments_of(shop, path)])

    shown = capsys.readouterr().out
    assert shown.startswith("enrich_sales would succeed; this is a plan")
    told = [line.split() for line in shown.splitlines()]
    assert ["files:", "1", "new"] in told and ["loaded", "3"] in told
    assert ["2025-09", "0", "2", "2", "0", "0", "0"] in told
    assert ["all", "0", "3", "3", "0", "0", "0"] in told
    assert ["2025-08", "0.00", "21.00", "21.00"] in told
    assert "DPU-hours" in shown and "estimate" in shown
    assert files_below(shop.home) == before
    assert not (shop.home / "lake").exists()


def test_after_the_run_nothing_would_change(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shop.deliver("in", [sale(1), sale(2)])
    words = arguments_of(shop, path)
    main(["run", "enrich_sales", *words])
    capsys.readouterr()

    main(["plan", "enrich_sales", *words])
    every = capsys.readouterr().out
    main(["plan", "enrich_sales", *words, "--input_mode", "new"])
    new = capsys.readouterr().out

    assert "enriched_sales: partitions changed 0, unchanged 1" in every
    assert "nothing would change in the lake" in every
    assert "no new file; there is nothing to load" in new
    assert "nothing would change in the lake" in new


def test_a_plan_as_json_has_all_figures(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    sales = [sale(n, currency="EUR") for n in range(1, 4)]
    shop.load(shop.deliver("in", sales), None)
    sales[0]["region"] = "West"
    path = shop.deliver("in", [*sales, sale(4, currency="USD")])

    main(["plan", "enrich_sales", "--json", *arguments_of(shop, path)])

    told = json.loads(capsys.readouterr().out)
    assert told["would_succeed"] is True
    assert (told["files"]["read"], told["files"]["changed"]) == (1, 1)
    assert (told["rows_read"], told["loaded"]) == (4, 4)
    [sales_table, _] = told["tables"]
    assert sales_table["table"] == "sales/enriched_sales"
    [month] = sales_table["partitions"]
    assert (month["year"], month["month"]) == (2025, 9)
    assert month["rows"]["new"] == 1
    assert month["amounts"]["total_amount"] == {
        "EUR": {"before": "63.00", "after": "63.00"},
        "USD": {"before": "0.00", "after": "21.00"},
    }
    assert told["estimated_cost"]["bytes"] == (path / "sales.csv").stat().st_size
    assert told["estimated_cost"]["dpu_hours"] > 0


def test_a_plan_as_json_has_the_days_of_deliveries(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    retailer = Retailer(shop.engine, tmp_path)
    retailer.deliver("2025-01-02", [customer(1)], [product(1)], [line(1)])

    lake = str(tmp_path / "lake")
    words = ["--retail_path", str(retailer.raw), "--output_path", lake]
    main(["plan", "stage_retail", "--json", *words])

    tables = {
        each["table"]: each["partitions"]
        for each in json.loads(capsys.readouterr().out)["tables"]
    }
    [day] = tables["retail/customers"]
    assert day["delivered_on"] == "2025-01-02"


@pytest.mark.parametrize("is_json", [True, False])
def test_a_run_that_would_fail_is_told_with_what_it_rejects(
    shop: Shop, capsys: pytest.CaptureFixture[str], is_json: bool
) -> None:
    path = shop.deliver("in", [sale(1), sale(2, quantity="x"), sale(3, quantity="y")])
    before = files_below(shop.home)
    words = ["--json"] if is_json else []

    with pytest.raises(SystemExit) as stopped:
        main(["plan", "enrich_sales", *words, *arguments_of(shop, path)])

    assert stopped.value.code == 1
    shown = capsys.readouterr()
    [error] = shown.err.splitlines()
    assert "66.7% of 3 rows were rejected" in error
    assert "the run would publish nothing but its quarantine" in error
    if is_json:
        told = json.loads(shown.out)
        assert told["would_succeed"] is False
        assert told["error"] in error
        assert told["reasons"]["quantity_is_whole_number"]["lines"] == [3, 4]
    else:
        assert shown.out.startswith("enrich_sales would fail;")
        told = [line.split() for line in shown.out.splitlines()]
        assert ["quantity_is_whole_number", "2", "3,", "4"] in told
    assert files_below(shop.home) == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--output_pat", "x"], "did you mean --output_path"),
        (["--customers_path", "nowhere"], "there are no files"),
        (["--start_date", "2025-02-01", "--end_date", "2025-01-01"], "swap them"),
    ],
)
def test_what_a_run_refuses_a_plan_refuses(
    shop: Shop,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    message: str,
) -> None:
    path = shop.deliver("in", [sale(1)])

    with pytest.raises(SystemExit) as stopped:
        main(["plan", "enrich_sales", *arguments_of(shop, path), *words])

    assert stopped.value.code != 0
    [error] = capsys.readouterr().err.splitlines()
    assert message in error


def test_large_figures_fit_a_terminal(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    price = {"unit_price": "99999999.99", "quantity": "999"}
    dear = {**price, "total_amount": "99899999990.01", "currency": "EUR"}
    path = shop.deliver("in", [sale(n, **dear) for n in range(1, 10)])

    main(["plan", "enrich_sales", *arguments_of(shop, path)])

    lines = capsys.readouterr().out.splitlines()
    assert any("899,099,999,910.09" in line for line in lines)
    assert max(map(len, lines)) <= 80


def test_the_help_of_a_plan_is_that_of_the_job(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["plan", "flatten_orders", "--help"])

    assert "--orders_path" in capsys.readouterr().out
