"""Rulesets of Glue Data Quality: sound DQDL, true of a clean lake, broken by what they are for.

There is no engine of DQDL to run them, so a small strict grammar reads them, and DuckDB runs what
each rule asks.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from duckdb import connect

from salesetl.dqdl import ruleset
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.model.table import Table
from salesetl.pipelines.sales.contracts import RAW_SALES
from salesetl.registry import jobs
from tests.jobs.event_stream import EventStream
from tests.jobs.event_stream import order as order_event
from tests.jobs.event_stream import view
from tests.jobs.retailer import Retailer, customer, line, product
from tests.jobs.shop import Shop, order, sale
from tests.jobs.web_shop import WebShop, web_sale

OUTPUTS = [(job, output) for job in jobs().values() for output in job.outputs]
# By folder, for several pipelines have a table of products.
TABLES = {output.table.folder: job.contract_of(output) for job, output in OUTPUTS}
CONTRACTS = {output.table.folder: output.table for _, output in OUTPUTS}

_RULE = re.compile(
    r"    (?:"
    r"(?P<count>RowCount) > 0"
    r'|(?P<key>IsPrimaryKey)(?P<names>(?: "\w+")+)'
    r'|(?P<complete>IsComplete) "(?P<name>\w+)"'
    r'|(?P<sql>CustomSql) "(?P<query>select count\(\*\) from [^"]+)" = 0'
    r"),?"
)


def queries_of(text: str) -> list[str]:
    """Return for each rule of a ruleset the SQL whose result is 0 where it holds."""
    head, body = text.split("Rules = [\n")
    assert all(line.startswith("# ") for line in head.splitlines())
    *lines, end = body.splitlines()
    assert end == "]"
    assert [line.endswith(",") for line in lines] == [True] * (len(lines) - 1) + [False]
    found = [_RULE.fullmatch(line) for line in lines]
    assert None not in found
    return [_query(rule) for rule in found if rule]


def _query(rule: "re.Match[str]") -> str:
    if rule["count"]:
        return "select cast(count(*) = 0 as int) from primary"
    if rule["complete"]:
        return f"select count(*) from primary where {rule['name']} is null"
    if rule["key"]:
        names = ", ".join(re.findall(r"\w+", rule["names"]))
        return f"select count(*) - count(distinct ({names})) from primary"
    return rule["query"]


def broken(queries: list[str], rows: str) -> list[str]:
    """Return the SQL of the rules that some rows break."""
    opened = connect()
    opened.execute(f'create table "primary" as {rows}')
    quoted = [re.sub(r"\bprimary\b", '"primary"', each) for each in queries]
    return [
        query
        for query, run in zip(queries, quoted, strict=True)
        if opened.execute(run).fetchall() != [(0,)]
    ]


@pytest.fixture(scope="module")
def lake(
    duckdb: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Table], str]:
    """Load clean deliveries, with all that only warns; SQL for the rows of a table."""
    shop = Shop(duckdb, tmp_path_factory.mktemp("shop"))
    shop.load(
        shop.deliver(
            "sales",
            [
                sale(1),
                sale(2, date="2024-12-31"),
                sale(3, quantity="-1", total_amount="-10.50", unit_price="10.50"),
                sale(4, region="", product="", customer_id=""),
            ],
        )
    )
    shop.load_orders(shop.deliver_orders("orders", [order(1), order(2)]))
    retailer = Retailer(duckdb, shop.home)
    wrong = customer(2, registration_date="x"), product(2, price="x")
    retailer.deliver(
        "2025-01-01",
        [customer(1, email="none"), wrong[0]],
        [product(1), wrong[1]],
        [line(1), line(1)],
    )
    retailer.load()
    web_shop = WebShop(duckdb, shop.home)
    web_shop.deliver("2025-01-31", [web_sale(1), web_sale(2, user_id="none")])
    web_shop.load()
    stream = EventStream(duckdb, shop.home)
    stream.deliver("a", [view(1), view(2, customer=None), order_event(3)])
    stream.load()
    return lambda table: (
        f"select * from read_parquet('{shop.home}/lake/{table.folder}/**/*.parquet',"
        f" hive_partitioning=true, hive_types_autocast=false)"
    )


@pytest.mark.parametrize("name", TABLES)
def test_a_clean_lake_keeps_every_rule(name: str, lake: Callable[[Table], str]) -> None:
    table = CONTRACTS[name]

    queries = queries_of(ruleset(table, TABLES[name]))

    assert len(queries) >= (2 if table.key else 1)
    assert broken(queries, lake(table)) == []


@pytest.mark.parametrize(
    "name, planted",
    [
        (name, planted)
        for name, found in {
            "sales/enriched_sales": [
                "replace(null as transaction_id)",
                "replace(null::date as date)",
                "replace(0 as quantity)",
                "replace(-1 as unit_price)",
                "replace(total_amount + 1 as total_amount)",
                "replace(null as total_amount)",
                "replace('1999' as year)",
                "replace('13' as month)",
            ],
            "sales/sales_summary": ["replace(null as total_revenue)"],
            "orders/fact_orders": [
                "replace(null as order_id)",
                "replace('ZZZ' as currency)",
                "replace(order_total + 1 as order_total)",
                "replace('07' as order_month)",
            ],
            "orders/fact_order_items": [
                "replace(null as line_number)",
                "replace(null as line_total)",
                "replace('1999' as order_year)",
            ],
            "retail/order_lines": [
                "replace(null as line_number)",
                "replace(total_amount + 1 as total_amount)",
            ],
            "retail/products": ["replace(-1 as price)"],
            "events/events": [
                "replace(null::varchar as event_type)",
                "replace(order_total + 1 as order_total)",
            ],
            "events/order_items": ["replace(null as line_number)"],
            "retail/customers": ["replace(null::date as registration_date)"],
            "shop/fact_sales": ["replace(0 as quantity)"],
        }.items()
        for planted in found
    ],
)
def test_a_planted_fault_breaks_a_rule_that_is_about_it(
    name: str, planted: str, lake: Callable[[Table], str]
) -> None:
    table = CONTRACTS[name]
    queries = queries_of(ruleset(table, TABLES[name]))
    rows = lake(table).replace("select *", f"select * {planted}")

    found = broken(queries, rows)

    [column] = re.findall(r" as (\w+)\)", planted)
    assert found
    assert all(column in query for query in found)


@pytest.mark.parametrize("name", TABLES)
def test_rows_that_are_there_twice_and_no_rows_are_found(
    name: str, lake: Callable[[Table], str]
) -> None:
    table = CONTRACTS[name]
    queries = queries_of(ruleset(table, TABLES[name]))
    rows = lake(table)

    twice = broken(queries, f"{rows} union all {rows}")
    nothing = broken(queries, f"{rows} limit 0")

    assert len(nothing) == 1
    assert len(twice) == bool(table.key)
    assert all(name in twice[0] for name in table.key)


def test_the_head_says_how_many_rules_are_left_to_the_job() -> None:
    text = ruleset(CONTRACTS["sales/enriched_sales"], RAW_SALES)

    kept = 11
    assert f"{len(RAW_SALES.rules) - kept} of the {len(RAW_SALES.rules)} rules" in text
    assert "as_of" not in text and "is_known_customer" not in text


def test_each_table_has_its_file() -> None:
    folder = Path(__file__).parents[1] / "sql" / "dqdl"

    files = {str(path.relative_to(folder)) for path in folder.glob("*/*")}
    assert files == {f"{name}.dqdl" for name in TABLES}
