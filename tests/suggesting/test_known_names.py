"""What is known of names and signs fits the contracts and the profiles."""

import pytest

from salesetl.mapping.numbers import NumberForm
from salesetl.model.table import item_fields
from salesetl.money import CURRENCIES
from salesetl.pipelines.events.contracts import RAW_EVENTS
from salesetl.pipelines.sales.contracts import RAW_SALES
from salesetl.registry import jobs
from salesetl.suggesting.known_names import known_columns, likeness
from salesetl.suggesting.number_entries import CURRENCY_MARKS


def test_every_column_that_is_delivered_has_names_and_no_other_has() -> None:
    columns = {"line_number"}
    for pipeline in jobs().values():
        for field in pipeline.main.contract.delivered_fields:
            items = item_fields(field)
            columns |= {each.name for each in items} or {field.name}

    assert set(known_columns()) == columns


@pytest.mark.parametrize("mark", CURRENCY_MARKS)
def test_every_mark_is_of_a_currency_and_can_be_read(mark: str) -> None:
    assert CURRENCY_MARKS[mark] in CURRENCIES
    assert NumberForm(currency=True).read(f"{mark} 1.50") is not None


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("OrderDate", "date"),
        ("Quantité", "quantity"),
        ("Unit price (USD)", "unit_price"),
        ("QUANTITYORDERED", "quantity"),
        ("Order ID", "transaction_id"),
        ("Customer ID", "customer_id"),
        ("Gesamtbetrag", "total_amount"),
        ("Valor Unitário", "unit_price"),
    ],
)
def test_a_name_is_most_like_its_column_however_it_is_written(
    name: str, column: str
) -> None:
    ranked = sorted(RAW_SALES.columns, key=lambda each: likeness(name, each))

    assert ranked[-1] == column
    assert likeness(name, column) > likeness(name, ranked[-2])


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("Ship Date", "date"),
        ("Customer Name", "transaction_id"),
        ("Tax Total", "total_amount"),
    ],
)
def test_a_name_that_means_something_else_is_not_taken(name: str, column: str) -> None:
    assert likeness(name, column) == 0


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("ts", "event_timestamp"),
        ("sentAt", "event_timestamp"),
        ("skuName", "product_name"),
    ],
)
def test_a_name_in_an_event_is_most_like_its_column(name: str, column: str) -> None:
    ranked = sorted(RAW_EVENTS.columns, key=lambda each: likeness(name, each))

    assert ranked[-1] == column
    assert likeness(name, column) > likeness(name, ranked[-2])
