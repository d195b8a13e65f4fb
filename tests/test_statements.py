"""Queries and views are found by name, with all that they are made from."""

import pytest

from salesetl.errors import ArgumentError
from salesetl.statements import statement, tables_below, views_below


def test_a_view_is_created_after_those_it_reads() -> None:
    names = [view.name for view in views_below("monthly_churn")]

    assert set(names) == {"customer_months", "order_months", "stg_orders"}
    assert names.index("stg_orders") < names.index("customer_months")


def test_tables_are_found_through_views() -> None:
    assert tables_below("revenue_mom") == ["fact_orders"]
    assert tables_below("category_sales_monthly") == ["fact_order_items", "fact_orders"]
    assert tables_below("revenue_by_region") == ["sales_summary"]


def test_the_comment_of_a_statement_is_its_first_line() -> None:
    assert (
        statement("high_value_sales").comment
        == "The 50 largest sales above 1,000, of each currency."
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("monthly_revenu", "did you mean monthly_revenue?"),
        ("zzz", "salesetl query lists them"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(ArgumentError, match="no query or view") as refused:
        statement(name)

    assert hint in str(refused.value)
