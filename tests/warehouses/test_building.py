"""Models are built and tested beside what is served, and published as one."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from salesetl.cli import main
from salesetl.errors import ModelError
from salesetl.pipelines.events.pipeline import EVENTS_PIPELINE
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.warehouses.building import build
from salesetl.warehouses.dialects import staging_table
from salesetl.warehouses.loading_lake import load
from salesetl.warehouses.star import PublishedTable
from tests.jobs.retailer import Retailer
from tests.warehouses.conftest import new_database
from tests.warehouses.dbt_program import needs_dbt
from tests.warehouses.events import events, rows_of
from tests.warehouses.places import Place
from tests.warehouses.statements import before_each

pytestmark = [needs_dbt, pytest.mark.slow]

# In one statement, so of one state: the revenue, the lines, and those without their dimension rows.
STATE = """
    select
        sum(lines.total_amount),
        count(*),
        sum(case when customers.customer_key is null then 1 else 0 end)
        + sum(case when products.product_key is null then 1 else 0 end)
        + sum(case when days.date_key is null then 1 else 0 end)
    from retail.fact_order_lines as lines
    left join retail.dim_customers as customers on lines.customer_key = customers.customer_key
    left join retail.dim_products as products on lines.product_key = products.product_key
    left join retail.dim_date as days on lines.date_key = days.date_key
"""
VIEW = "select revenue from analysts.revenue"
AS_OF = date(2025, 1, 31)


@dataclass
class Served:
    """A star that was built, and built again from another state of the lake."""

    place: Place
    before: tuple[Any, ...] = ()
    after: tuple[Any, ...] = ()
    published: list[PublishedTable] = field(default_factory=list)
    seen: list[tuple[Any, ...]] = field(default_factory=list)
    polls: int = 0


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def served(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    first_retailer: Retailer,
    changed_lake: Path,
) -> Iterator[Served]:
    """Build a star, have an analyst use it, change the lake, and build it again."""
    if request.param == "duckdb":
        place = Place(f"duckdb://{tmp_path_factory.mktemp('served') / 'sales.duckdb'}")
    else:
        place = new_database(request.getfixturevalue("postgres"))
    found = Served(place)
    load(place.warehouse, RETAIL, str(first_retailer.home / "lake"))
    build(place.warehouse, RETAIL, AS_OF)
    use_as_an_analyst(place)
    [found.before] = place.rows(STATE)
    load(place.warehouse, RETAIL, str(changed_lake))
    with polled(found), before_each(lambda number: look(found)):
        found.published = build(place.warehouse, RETAIL, AS_OF, str(changed_lake))
    [found.after] = place.rows(STATE)
    yield found


def use_as_an_analyst(place: Place) -> None:
    """Make a view on what is served, and let a role of analysts read it."""
    view = (
        "create view analysts.revenue as"
        " select sum(total_amount) as revenue from retail.fact_order_lines"
    )
    place.change("create schema analysts", view)
    if not place.is_duckdb:
        role = role_of(place)
        place.change(
            f"create role {role}",
            f"grant usage on schema retail to {role}",
            f"grant select on retail.fact_order_lines to {role}",
        )


def role_of(place: Place) -> str:
    """The role of the analysts of a database."""
    return place.url.rpartition("/")[2].replace("warehouse", "analyst")


def look(found: Served) -> None:
    """Note what a reader sees, of the star and through the view."""
    [state] = found.place.rows(STATE)
    [[revenue]] = found.place.rows(VIEW)
    found.seen.append((*state, revenue))


@contextmanager
def polled(found: Served) -> Iterator[None]:
    """Look at what is served again and again during the block, in a thread."""
    is_over = threading.Event()

    def poll() -> None:
        while not is_over.is_set():
            look(found)
            found.polls += 1
            time.sleep(0.1)

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def test_a_reader_sees_only_whole_states(served: Served) -> None:
    assert served.before[0] != served.after[0]
    assert served.polls > 10
    whole = {served.before, served.after}
    assert {state[:3] for state in served.seen} <= whole
    assert served.before in {state[:3] for state in served.seen}
    assert served.before[2] == served.after[2] == 0


def test_the_view_and_the_grants_of_analysts_stay(served: Served) -> None:
    assert served.place.rows(VIEW) == [(served.after[0],)]
    if not served.place.is_duckdb:
        role = role_of(served.place)
        assert served.place.rows(
            f"select has_table_privilege('{role}', 'retail.fact_order_lines', 'select'),"
            f" has_table_privilege('{role}', 'retail.dim_customers', 'select')"
        ) == [(True, False)]


def test_revenue_and_lines_are_those_of_staging(served: Served) -> None:
    staging = served.place.rows(
        "select sum(total_amount), count(*) from retail_staging.order_lines"
    )

    assert staging == [served.after[:2]]
    rows = {each.name: each.rows for each in served.published}
    assert rows["retail.fact_order_lines"] == served.after[1]
    assert {"retail.dim_customers", "retail.revenue_by_day"} <= set(rows)
    assert not any("versions" in name for name in rows)


def test_a_build_leaves_an_event_in_the_lake_that_is_named(
    served: Served, changed_lake: Path
) -> None:
    [told] = [
        event
        for event in events(changed_lake, "build")
        if event["outputs"][0]["namespace"]
        == served.place.warehouse.place("retail.dim_date")[0]
    ]

    assert (told["eventType"], told["job"]["name"]) == (
        "COMPLETE",
        "warehouse_build_retail",
    )
    assert {each["name"].partition(".")[2] for each in told["inputs"]} == {
        staging_table(table) for table in RETAIL.tables
    }
    assert [
        PublishedTable(each["name"].partition(".")[2], rows_of(each))
        for each in told["outputs"]
    ] == served.published
    [fact] = [each for each in told["outputs"] if "fact_order" in each["name"]]
    columns = [each["name"] for each in fact["facets"]["schema"]["fields"]]
    assert columns[:2] == ["order_id", "line_number"]


def test_a_failed_test_publishes_nothing_and_is_one_line(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    served.place.change("update retail_staging.order_lines set order_id = null")

    with pytest.raises(SystemExit) as end:
        main(["warehouse", "build", "retail", f"--warehouse={served.place.url}"])

    assert end.value.code == 1
    [told] = [
        line
        for line in capsys.readouterr().err.splitlines()
        if line.startswith("salesetl: error: ")
    ]
    assert "the models of retail failed: source_" in told
    assert "source_not_null_retail_order_lines_order_id (Got 3 results" in told
    assert told.endswith("nothing was published, readers go on seeing what was there")
    assert served.place.rows(STATE) == [served.after]


@pytest.mark.parametrize("command", ["build", "publish", "freshness"])
def test_a_warehouse_without_a_load_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    url = f"duckdb://{tmp_path / 'new.duckdb'}"

    with pytest.raises(SystemExit):
        main(["warehouse", command, "events", f"--warehouse={url}"])

    assert (
        "salesetl: error: the warehouse has no events_staging.events: run salesetl warehouse load"
        " events first\n"
    ) in capsys.readouterr().err


def test_the_long_name_of_a_failed_test_is_cut(tmp_path: Path) -> None:
    database = tmp_path / "wrong.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema events_staging")
        for name in ("events", "order_items"):
            connection.execute(f"create table events_staging.{name} (wrong integer)")

    with pytest.raises(ModelError) as failed:
        build(Place(f"duckdb://{database}").warehouse, EVENTS_PIPELINE)

    assert "…" in str(failed.value)
    assert len(str(failed.value)) < 2500
