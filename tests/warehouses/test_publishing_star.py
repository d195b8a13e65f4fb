"""Serving tables change together, and only where analysts can go on using them."""

from collections.abc import Mapping
from typing import Any

import pytest

from salesetl.errors import InputError
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.warehouses import dbt_runs
from salesetl.warehouses.building import build
from salesetl.warehouses.dialects import staging_table
from tests.warehouses.places import Place
from tests.warehouses.statements import StatementError, before_each, failing_at

TABLES = ["dim_customers", "fact_order_lines"]
READ = (
    "select (select max(name) from retail.dim_customers),"
    " (select sum(amount) from retail.fact_order_lines)"
)


@pytest.fixture
def built(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Publish two tables of models, and build them again from something else."""

    monkeypatch.setattr(dbt_runs, "build", lambda run: None)
    monkeypatch.setattr(dbt_runs, "served_tables", lambda run: TABLES)
    if place.is_duckdb:
        place.file.parent.mkdir(parents=True)
    dialect = place.warehouse.dialect
    place.change(
        "create schema retail_build",
        "create schema retail_staging",
        # Empty, as models are not built here.
        *(dialect.create(table, staging_table(table)) for table in RETAIL.tables),
    )
    rebuild(place, "'Ann'", "cast(1.10 as decimal(18, 2))")
    build(place.warehouse, RETAIL)
    rebuild(place, "'Eve'", "cast(2.20 as decimal(18, 2))")
    return place


def rebuild(place: Place, name: str, amount: str, more: str = "") -> None:
    """Make the tables of the build schema anew, as dbt does."""
    for table, columns in zip(
        TABLES, (f"cast({name} as varchar) as name", f"{amount} as amount{more}")
    ):
        place.change(
            f"drop table if exists retail_build.{table}",
            f"create table retail_build.{table} as select {columns}",
        )


def test_what_was_built_takes_the_place_of_what_was_served(built: Place) -> None:
    [(name, amount)] = built.rows(READ)
    assert (name, str(amount)) == ("Ann", "1.10")

    published = build(built.warehouse, RETAIL)

    [(name, amount)] = built.rows(READ)
    assert (name, str(amount)) == ("Eve", "2.20")
    assert {each.name: each.rows for each in published} == {
        f"retail.{table}": 1 for table in TABLES
    }


def test_a_failure_at_any_statement_leaves_what_is_served(built: Place) -> None:
    before = built.rows(READ)
    due = 0
    while True:
        due += 1
        try:
            with before_each(failing_at(due)):
                build(built.warehouse, RETAIL)
        except StatementError:
            assert built.rows(READ) == before, f"statement {due}"
        else:
            break

    assert due > 10 and built.rows(READ) != before


def test_a_new_column_is_added_at_the_end(built: Place) -> None:
    rebuild(built, "'Eve'", "cast(2.20 as decimal(18, 2))", ", 7 as units")

    build(built.warehouse, RETAIL)

    rows = built.rows("select units, amount from retail.fact_order_lines")
    assert [(units, str(amount)) for units, amount in rows] == [(7, "2.20")]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (
            {"amount": "cast(2 as bigint)"},
            "has amount decimal(18,2) (built: bigint); nothing was published. Drop or alter",
        ),
        (
            {"amount": "1 as total, cast(2.2 as decimal(18, 2))", "more": "_new"},
            "has amount decimal(18,2) (built: none); nothing was published. Drop or alter",
        ),
    ],
)
def test_a_column_that_is_gone_or_of_another_type_is_refused(
    built: Place, columns: Mapping[str, Any], told: str
) -> None:
    before = built.rows(READ)
    rebuild(built, "'Eve'", **columns)

    with pytest.raises(InputError) as error:
        build(built.warehouse, RETAIL)

    assert f"retail.fact_order_lines: {told}" in str(error.value)
    assert len(str(error.value).splitlines()) == 1
    assert built.rows(READ) == before
