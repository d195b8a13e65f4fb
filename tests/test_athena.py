"""Athena's tables are the contracts, and its views the models."""

import re

import pytest
from sqlglot import exp, parse_one

from salesetl.athena import external_table, projected_table, view
from salesetl.errors import InputError
from salesetl.model.table import Table, type_text
from salesetl.registry import all_tables, table_named

ALL = all_tables()


def properties(text: str) -> dict[str, str]:
    """Return the table properties of a statement."""
    return dict(re.findall(r"'([^']+)' = '([^']+)'", text))


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.folder)
def test_columns_have_the_types_and_comments_of_the_contract(table: Table) -> None:
    text = external_table(table)

    columns = re.findall(r"    `(\w+)` (\S+) comment '(.*)',?", text)
    assert {name: (data_type, comment) for name, data_type, comment in columns} == {
        field.name: (type_text(field.dataType), field.metadata["comment"])
        for field in table.schema
    }


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.folder)
@pytest.mark.parametrize("write", [external_table, projected_table])
def test_partitions_stand_apart_from_columns(write: object, table: Table) -> None:
    tree = parse_one(write(table), dialect="athena")  # type: ignore[operator]

    partitions = [
        each
        for partitioned in tree.find_all(exp.PartitionedByProperty)
        for each in partitioned.this.expressions
    ]
    [location] = tree.find_all(exp.LocationProperty)
    columns = tree.this.expressions
    names = [column.name for column in [*columns, *partitions]]
    assert [column.name for column in partitions] == list(table.partition_by)
    assert names == table.columns
    assert location.this.name == f"${{lake}}/{table.folder}/"


def test_projected_months_are_found_where_the_job_writes_them() -> None:
    orders = properties(projected_table(table_named("fact_orders")))
    sales = properties(projected_table(table_named("enriched_sales")))

    assert orders["projection.order_month.range"] == "1,12"
    assert orders["projection.order_month.digits"] == "2"
    assert orders["storage.location.template"] == (
        "${lake}/orders/fact_orders/order_year=${order_year}/order_month=${order_month}/"
    )
    assert "projection.month.digits" not in sales
    assert sales["storage.location.template"].endswith("/year=${year}/month=${month}/")


def test_the_run_of_projected_quarantine_is_named_by_the_query() -> None:
    text = projected_table(table_named("sales.quarantine_sales"))

    assert properties(text)["projection.run_id.type"] == "injected"
    assert "\n-- A query must name a run_id, such as `where run_id = '…'`;" in text
    assert "must name" not in projected_table(table_named("fact_orders"))


def test_a_comment_within_a_model_stays_where_it_is() -> None:
    model = "-- Grain: one order.\nwith a as (select 1)\n\n-- Why.\nselect 1\n"

    assert view("sold", model) == (
        "-- Grain: one order.\ncreate or replace view sold as\nwith a as (select 1)\n\n"
        "-- Why.\nselect 1\n"
    )


def test_a_view_is_its_model_with_the_names_of_what_it_reads() -> None:
    model = (
        "-- Grain: one order.\nselect a\nfrom {{ ref('stg_orders') }} as o\n"
        "inner join {{ source('orders', 'fact_orders') }} as f on o.a = f.a\n"
    )

    assert view("sold", model) == (
        "-- Grain: one order.\ncreate or replace view sold as\nselect a\n"
        "from stg_orders as o\ninner join fact_orders as f on o.a = f.a\n"
    )


@pytest.mark.parametrize("jinja", ["{{ var('x') }}", "{% if true %}", "{# note #}"])
def test_a_model_of_more_jinja_than_references_makes_no_view(jinja: str) -> None:
    with pytest.raises(InputError, match="model sold: a view can be made only of"):
        view("sold", f"select 1 {jinja}")
