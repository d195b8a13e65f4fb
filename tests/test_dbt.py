"""The sources of the dbt project are the contracts."""

import re

from salesetl.dbt import sources_page
from salesetl.pipelines.orders.contracts import FACT_ORDERS
from salesetl.pipelines.orders.pipeline import ORDERS


def test_sources_have_the_columns_of_the_contract_in_order() -> None:
    lines = sources_page([ORDERS]).splitlines()

    names = [line.split("name: ")[1] for line in lines if "          - name: " in line]
    assert names[: len(FACT_ORDERS.columns)] == FACT_ORDERS.columns


def test_a_key_of_one_column_is_unique_and_one_of_several_is_a_grain() -> None:
    _, orders, items = re.split("      - name: fact_", sources_page([ORDERS]))

    assert orders.count("- unique") == 1 and "is_grain" not in orders
    assert "- unique" not in items
    assert 'columns: ["order_id", "line_number"]' in items
    assert items.count("- not_null") == 2


def test_an_unknown_status_is_a_warning_and_an_unknown_currency_an_error() -> None:
    page = sources_page([ORDERS])

    status, currency = page.index("name: payment_status"), page.index("name: currency")
    assert page.index("severity: warn") > status
    assert page.index("severity: error") > currency
    assert '"refunded"' in page and '"INR"' in page
