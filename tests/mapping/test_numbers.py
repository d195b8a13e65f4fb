"""A number is read in the form that a profile says, and in no other."""

import pytest

from salesetl.engines.engine import Engine
from salesetl.mapping.numbers import NumberForm
from tests.frames import on_each_engine, values_by_case

EUROPEAN = NumberForm(decimal=",", group=".")
DOLLARS = NumberForm(group=",", currency=True, negative=("parentheses", "trailing"))
REAIS = NumberForm(decimal=",", group=".", currency=True)
FRENCH = NumberForm(decimal=",", group=" ", currency=True)
SWISS = NumberForm(group="'", currency=True)

# Each text with what it is in a form; None is a text without that form.
READ: list[tuple[NumberForm, str, str | None]] = [
    (NumberForm(), "anything", "anything"),
    (EUROPEAN, "1.234,56", "1234.56"),
    (EUROPEAN, "1234,56", "1234.56"),
    (EUROPEAN, "-1.234.567", "-1234567"),
    (EUROPEAN, "+5", "5"),
    (EUROPEAN, ",5", ".5"),
    (EUROPEAN, "1.23", None),
    (EUROPEAN, "1,234.56", None),
    (EUROPEAN, "1.2345,6", None),
    (EUROPEAN, "12,", None),
    (EUROPEAN, "1e3", None),
    (EUROPEAN, "", None),
    (EUROPEAN, "5-", None),
    (EUROPEAN, "(5)", None),
    (EUROPEAN, "5 EUR", None),
    (EUROPEAN, "\u22124,00", "-4.00"),
    (EUROPEAN, "'-4,00", "-4.00"),
    (EUROPEAN, "--4", None),
    (DOLLARS, "$4.00", "4.00"),
    (DOLLARS, "-$4.00", "-4.00"),
    (DOLLARS, "$-4.00", "-4.00"),
    (DOLLARS, "-$-4.00", None),
    (DOLLARS, "US$ 1,234.56", "1234.56"),
    (DOLLARS, "USD 4", "4"),
    (DOLLARS, "4.00 USD", "4.00"),
    (DOLLARS, "(4.00)", "-4.00"),
    (DOLLARS, "($1,234.00)", "-1234.00"),
    (DOLLARS, "$(4.00)", "-4.00"),
    (DOLLARS, "(4.00", None),
    (DOLLARS, "4.00-", "-4.00"),
    (DOLLARS, "4.00- $", "-4.00"),
    (DOLLARS, "-4.00-", None),
    (DOLLARS, "12,34", None),
    (DOLLARS, "1,234,56", None),
    (DOLLARS, "four", None),
    (DOLLARS, "5k$", None),
    (DOLLARS, "5 MIO", None),
    (DOLLARS, "50\u00a2", None),
    (DOLLARS, "QTY5", None),
    (DOLLARS, "EUR5USD", None),
    (DOLLARS, "$5$", None),
    (DOLLARS, "$", None),
    (REAIS, "R$ 10,00", "10.00"),
    (REAIS, "R$\u00a01.234,56", "1234.56"),
    (REAIS, "-R$ 10,00", "-10.00"),
    (FRENCH, "1 234,56 \u20ac", "1234.56"),
    (FRENCH, "1\u202f234\u00a0567,5\u00a0\u20ac", "1234567.5"),
    (FRENCH, "12 34", None),
    (SWISS, "CHF 1'234.50", "1234.50"),
    (SWISS, "1\u2019234", "1234"),
    (NumberForm(mark="R$"), "R$ 12.50", "12.50"),
    (NumberForm(mark="R$"), "-12.50R$", "-12.50"),
    (NumberForm(mark="R$"), "$12.50", None),
    (NumberForm(mark="€"), "12.50 €", "12.50"),
    (NumberForm(mark="€"), "12.50", "12.50"),
    (NumberForm(mark="€"), "£12.50", None),
    (NumberForm(mark="EUR"), "12.50 EUR", "12.50"),
    (NumberForm(mark="EUR"), "12.50 USD", None),
]


@on_each_engine
def test_a_number_is_read_in_its_form_and_in_no_other(engine: Engine) -> None:
    found = values_by_case(
        engine, [(form.plain("text"), text) for form, text, _ in READ]
    )

    texts = [text for _, text, _ in READ]
    assert list(zip(texts, found)) == [(text, plain) for _, text, plain in READ]


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ({"decimal": ";"}, "number.decimal ';' is not allowed; allowed: '.', ','"),
        ({"group": "_"}, "number.group '_' is not allowed"),
        ({"decimal": ",", "group": ","}, "could be read in two ways"),
        ({"mark": "kg"}, "number.mark 'kg' is not a mark of a currency"),
        ({"mark": "€", "currency": True}, "leave one out"),
        ({"negative": ("red",)}, "allowed: leading, trailing, parentheses"),
    ],
)
def test_a_form_that_cannot_be_is_refused(entries: dict[str, str], told: str) -> None:
    with pytest.raises(ValueError, match="number") as refusal:
        NumberForm(**entries)  # type: ignore[arg-type]

    assert told in str(refusal.value)
