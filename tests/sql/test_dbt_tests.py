"""Each test of the dbt project passes on sound models, and fails when a model loses something."""

from pathlib import Path

import pytest

from salesetl.athena import view
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.duckdb_lake import DuckDbLake
from salesetl.pipelines.orders.contracts import FACT_ORDER_ITEMS, FACT_ORDERS
from salesetl.statements import Statement, statements, views_below
from tests.sql.orders import lake_of, late_orders

TESTS = {
    path.stem: path.read_text()
    for path in (Path(__file__).parents[2] / "dbt" / "tests").glob("*.sql")
}

# The test that fails when, in the text of a model, the first is replaced by the second.
FAULTS = [
    (
        "categories_sum_to_monthly_revenue",
        "category_sales_monthly",
        ("where orders.is_paid", "where orders.is_paid and orders.order_month <> '03'"),
    ),
    (
        "categories_sum_to_monthly_revenue",
        "category_sales_monthly",
        ("where orders.is_paid", "where orders.is_paid and category is not null"),
    ),
    (
        "categories_sum_to_monthly_revenue",
        "monthly_revenue",
        ("from stg_orders", "from stg_orders where order_month <> '03'"),
    ),
    (
        "categories_sum_to_monthly_revenue",
        "order_months",
        ("<= as_of_date\n", "< as_of_date - interval '1' month\n"),
    ),
    (
        "cohorts_hold_every_customer_once",
        "customer_months",
        ("is not null", "is not null and order_month <> '03'"),
    ),
    (
        "cohorts_hold_every_customer_once",
        "customer_months",
        ("is not null", "is not null and customer_id <> 'C7'"),
    ),
    (
        "cohorts_hold_every_customer_once",
        "cohort_retention",
        ("where order_months.is_ended_month", "where true"),
    ),
    (
        "cohorts_hold_every_customer_once",
        "order_months",
        ("<= as_of_date\n", "<= as_of_date and month(order_month_start) <> 3\n"),
    ),
    (
        "running_revenue_is_the_sum_of_months",
        "monthly_revenue",
        ("from stg_orders", "from stg_orders where order_month <> '03'"),
    ),
    (
        "running_revenue_is_the_sum_of_months",
        "order_months",
        ("<= as_of_date\n", "<= as_of_date and month(order_month_start) <> 7\n"),
    ),
    (
        "running_revenue_is_the_sum_of_months",
        "revenue_mom",
        ("partition by currency\n", "partition by month(order_month_start)\n"),
    ),
    (
        "shares_are_of_the_revenue_of_paid_orders",
        "category_sales_monthly",
        ("partition by order_month_start, currency)", "partition by currency)"),
    ),
    (
        "shares_are_of_the_revenue_of_paid_orders",
        "category_sales_monthly",
        ("where orders.is_paid", "where orders.is_paid and category is not null"),
    ),
    (
        "shares_are_of_the_revenue_of_paid_orders",
        "category_sales_monthly",
        ("(2 * monthly_revenue) as", "nullif(0, 0) as"),
    ),
    (
        "a_cohort_is_whole_in_its_own_month",
        "cohort_retention",
        ("count(*) as cohort_size", "count(*) + 1 as cohort_size"),
    ),
    (
        "churned_and_kept_customers_are_the_active_ones",
        "monthly_churn",
        ("next_active_month_start) = 1", "next_active_month_start) <= 2"),
    ),
    *(
        (
            "a_complete_month_has_all_its_days",
            model,
            (flag, f"true as is_complete_month{end}"),
        )
        for model, flag, end in [
            ("monthly_revenue", "order_months.is_complete_month\n", "\n"),
            ("category_sales_monthly", "order_months.is_complete_month\n", "\n"),
            ("monthly_active_customers", "order_months.is_complete_month\n", "\n"),
            ("monthly_churn", "order_months.is_complete_month,", ","),
            ("active_customers_by_country", "order_months.is_complete_month\n", "\n"),
            ("engagement_by_country", "order_months.is_complete_month\n", "\n"),
            ("cohort_retention", "cohort_months.is_complete_month\n", "\n"),
        ]
    ),
    (
        "a_complete_month_has_all_its_days",
        "order_months",
        (
            "is_ended_month and first_order_date <= order_month_start as",
            "is_ended_month as",
        ),
    ),
    (
        "a_complete_month_has_all_its_days",
        "order_months",
        ("is_ended_month and first_order_date <=", "first_order_date <="),
    ),
    (
        "lines_sum_to_their_order",
        "stg_order_items",
        ("    currency,", "    'INR' as currency,"),
    ),
    (
        "lines_sum_to_their_order",
        "stg_order_items",
        ("from fact_order_items", "from fact_order_items where line_number < 3"),
    ),
]


@pytest.fixture(scope="module")
def shop_lake(duckdb: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Publish some hundred orders with gaps, several currencies and all statuses."""
    orders = late_orders(400)
    return lake_of(duckdb, tmp_path_factory.mktemp("shop"), orders)


def models() -> list[Statement]:
    """Return the models as views, each after those that it reads."""
    ordered: dict[str, Statement] = {}
    for each in statements().values():
        if each.is_view:
            ordered |= {below.name: below for below in views_below(each.name)}
            ordered[each.name] = each
    return list(ordered.values())


def found_by(test: str, lake: str, texts: dict[str, str]) -> int:
    """Count the rows that a test finds in the models, given the texts of some of them."""
    opened = DuckDbLake(lake)
    for table in (FACT_ORDERS, FACT_ORDER_ITEMS):
        opened.add_table(table)
    for model in models():
        opened.create(texts.get(model.name, model.text))
    opened.create(view("found", TESTS[test]))
    _, rows = opened.rows("select * from found")
    opened.close()
    return len(rows)


@pytest.mark.parametrize("test", sorted(TESTS))
def test_sound_models_pass(shop_lake: str, test: str) -> None:
    assert found_by(test, shop_lake, {}) == 0


@pytest.mark.parametrize(("test", "model", "fault"), FAULTS)
def test_a_model_that_loses_something_does_not(
    shop_lake: str, test: str, model: str, fault: tuple[str, str]
) -> None:
    text = statements()[model].text
    assert fault[0] in text

    broken = {model: text.replace(*fault)}

    assert found_by(test, shop_lake, broken) > 0


def test_every_test_is_seen_to_fail() -> None:
    assert {test for test, _, _ in FAULTS} == {*TESTS}
