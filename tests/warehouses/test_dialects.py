"""Tables of the staging schema are made from contracts, as each warehouse writes them."""

from pathlib import Path

import pytest

from salesetl.pipelines.retail.contracts import CUSTOMERS, ORDER_LINES
from salesetl.pipelines.shop.contracts import FACT_SALES, USERS
from salesetl.warehouses.dialects import REDSHIFT, SNOWFLAKE, staging_page, text_sql
from tests.warehouses.sql_parsing import unparsable

SQL = Path(__file__).parents[2] / "sql" / "warehouse"


@pytest.mark.parametrize("dialect", ["postgres", "redshift", "snowflake"])
def test_each_warehouse_can_read_its_tables(dialect: str) -> None:
    pages = sorted((SQL / dialect).rglob("*.sql"))

    assert len(pages) > 10
    assert [(page, unparsable(page.read_text(), dialect)) for page in pages] == [
        (page, []) for page in pages
    ]


def test_the_manual_has_the_statements_that_make_a_stage_of_snowflake() -> None:
    def in_one_line(text: str) -> str:
        return " ".join(text.split())

    lines = (SQL / "snowflake" / "stage.sql").read_text().splitlines()
    code = in_one_line("\n".join(each for each in lines if each[:2] != "--"))
    manual = in_one_line((SQL.parents[1] / "docs" / "warehouse.md").read_text())

    statements = [each.strip() for each in code.split(";") if each.strip()]
    assert len(statements) == 11
    assert [each for each in statements if f"{each};" not in manual] == []


def test_redshift_distributes_facts_by_key_and_has_dimensions_on_every_node() -> None:
    def behind_columns(page: str) -> str:
        return " ".join(page.rpartition("\n)")[2].split())

    assert [
        behind_columns(staging_page(table, REDSHIFT))
        for table in (ORDER_LINES, FACT_SALES, CUSTOMERS, USERS)
    ] == [
        "diststyle key distkey (order_id) sortkey (order_date)",
        "diststyle key distkey (order_id) sortkey (sale_date)",
        "diststyle all sortkey (delivered_on)",
        "diststyle all",
    ]


def test_a_page_tells_the_grain_and_has_the_columns_of_the_contract() -> None:
    lines = staging_page(FACT_SALES, SNOWFLAKE).splitlines()

    assert lines[0] == "-- Grain: one sale."
    assert lines[2] == "create table if not exists shop_staging.fact_sales ("
    columns = [line.split()[0] for line in lines[3:-1]]
    assert columns == FACT_SALES.columns
    assert "    order_time timestamp_ntz," in lines


def test_a_text_is_one_literal_also_where_it_is_empty_or_has_quotes() -> None:
    assert text_sql("") == "''"
    assert text_sql("it's \\") == "'it' || chr(39) || 's ' || chr(92)"
