"""What is seen at a cheap look is what the exact look would say."""

import random
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from salesetl.characters import INVISIBLE, PLAIN, UNREADABLE
from salesetl.engines import functions as F
from salesetl.engines.engine import Engine
from salesetl.model.line_totals import TOTAL_RULE
from salesetl.model.rules import Rule
from salesetl.parsing import decimal
from salesetl.pipelines.sales.contracts import RAW_SALES
from salesetl.quality.judging import judge
from tests.frames import on_each_engine, values_by_case

DAYS = {
    "as_of": date(2025, 12, 31),
    "earliest_date": date(1970, 1, 1),
    "start_date": date(1, 1, 1),
    "end_date": date(9999, 12, 31),
}


def test_plain_texts_are_readable_and_visible() -> None:
    plain = [chr(code) for code in range(256) if re.fullmatch(PLAIN, chr(code))]

    # Rules look for single characters: so what holds for each of them holds for all texts.
    assert len(plain) == 94
    assert not any(UNREADABLE.search(each) or INVISIBLE.search(each) for each in plain)


def sale(number: int, **fields: Any) -> dict[str, Any]:
    """Make a parsed sale with what its reader tells."""
    return {
        "transaction_id": f"T{number}",
        "date": date(2025, 9, 1),
        "customer_id": "C1",
        "product": "Pen",
        "quantity": Decimal("2.000"),
        "unit_price": Decimal("1.5000"),
        "region": "North",
        "total_amount": Decimal("3.00"),
        "currency": "EUR",
        "discount_amount": Decimal("0.00"),
        "tax_amount": Decimal("0.00"),
        "shipping_amount": Decimal("0.00"),
        "_fault": "",
        "is_known_customer": True,
        "signup_date": date(2020, 1, 1),
    } | fields


# Of the columns of a sale that its contract has, and of those that looking up its customer adds.
TYPES = {
    **RAW_SALES.types,
    "_fault": "string",
    "is_known_customer": "boolean",
    "signup_date": "date",
}


@on_each_engine
def test_a_plain_record_breaks_the_rules_that_it_breaks_at_an_exact_look(
    engine: Engine,
) -> None:
    sales = [
        sale(1),
        sale(2, customer_id=None),
        sale(3, transaction_id=None, product=None),
        sale(4, transaction_id="8.41E+12"),
        sale(5, currency="XXX"),
        sale(6, unit_price=Decimal("-1.0000"), total_amount=Decimal("-2.00")),
        sale(7, total_amount=Decimal("3.02")),
        sale(8, quantity=Decimal("0.000")),
        sale(9, date=date(2026, 1, 1)),
    ]
    types = {name: TYPES[name] for name in sales[0]}
    contract = RAW_SALES.bind(**DAYS)

    def reasons(*, is_plain: bool) -> dict[Any, str]:
        rows = engine.frame([tuple(each.values()) for each in sales], types)
        judged = judge(rows.withColumn("_is_plain", F.lit(is_plain)), contract)
        assert "_is_plain" not in judged.columns
        return {
            (row["transaction_id"], row["customer_id"]): row["_reasons"]
            for row in engine.rows(judged)
        }

    assert reasons(is_plain=True) == reasons(is_plain=False)
    assert reasons(is_plain=True)["T1", "C1"] == ""
    assert sum(bool(each) for each in reasons(is_plain=True).values()) == 7


@on_each_engine
def test_a_text_that_is_not_plain_is_still_refused(engine: Engine) -> None:
    sales = [sale(1, product="Pen\x07"), sale(2, customer_id="C\u200b1")]
    types = {name: TYPES[name] for name in sales[0]}
    contract = RAW_SALES.bind(**DAYS)

    rows = engine.frame([tuple(each.values()) for each in sales], types)
    judged = judge(rows.withColumn("_is_plain", F.lit(False)), contract)

    found = {row["transaction_id"]: row["_reasons"] for row in engine.rows(judged)}
    assert found == {"T1": "text_is_readable", "T2": "identifiers_are_visible"}


def without_cheap_look(rule: Rule) -> str:
    """Return the condition of a rule without the sum that needs no rounding."""
    cheap, found, exact = rule.condition.partition(" or ")
    assert found and "=" in cheap and "round" not in cheap
    return exact


def amounts(number: int) -> Sequence[Decimal]:
    """Make a quantity, a price, a total and its parts, near to each other and odd."""
    chance = random.Random(number)
    quantity = Decimal(chance.randint(-5000, 5000)) / chance.choice([1, 1, 10, 1000])
    price = Decimal(chance.randint(0, 999999)) / chance.choice([1, 100, 10000])
    parts = [Decimal(chance.choice([0, 0, 0, chance.randint(0, 999)])) / 100] * 3
    off = Decimal(chance.choice([0, 0, 0, 1, -1, 2, 5, 100])) / 100
    total = round(quantity * price - parts[0] + parts[1] + parts[2] + off, 2)
    return [quantity, price, total, *parts]


@on_each_engine
@pytest.mark.parametrize("of_parts", [True, False])
def test_a_sum_that_needs_no_rounding_is_one_that_the_rule_takes(
    engine: Engine, of_parts: bool
) -> None:
    rule = TOTAL_RULE
    if of_parts:
        [rule] = [r for r in RAW_SALES.rules if r.name.endswith("_sum_of_its_parts")]
    names = ["quantity", "unit_price", "total_amount"]
    names += ["discount_amount", "tax_amount", "shipping_amount"]
    rows: list[tuple[Any, ...]]
    rows = [tuple(amounts(number)) for number in range(3000)]
    rows += [(None, *rows[0][1:]), (rows[0][0], None, *rows[0][2:])]
    bound = rule.bind(
        {"quantity_decimals": 3, "total_amount_tolerance": Decimal("0.01")}
    )

    frame = engine.frame(rows, {name: RAW_SALES.types[name] for name in names})
    told = frame.select(
        F.expr(bound.condition).alias("quick"),
        F.expr(without_cheap_look(bound)).alias("exact"),
    )

    found = [(row["quick"], row["exact"]) for row in engine.rows(told)]
    assert all(quick == exact for quick, exact in found)
    assert {True, False} <= {quick for quick, _ in found}


@on_each_engine
def test_a_whole_number_is_the_decimal_that_its_form_says(engine: Engine) -> None:
    texts = ["3", "-3", "0", "-0", "007", "+3", "3.", ".5", "3.10", "3.105", "1e3"]
    texts += ["", " 3", "3 ", "9" * 9, "9" * 10, "9" * 19, "-" + "9" * 9, "٣", "3.0000"]

    found = values_by_case(
        engine, [(f"cast({decimal('text', 12, 3)} as string)", text) for text in texts]
    )

    expected = {"3": "3.000", "-3": "-3.000", "0": "0.000", "-0": "0.000"}
    expected |= {"007": "7.000", "+3": "3.000", "3.": "3.000", ".5": "0.500"}
    expected |= {"3.10": "3.100", "3.105": "3.105", "3.0000": "3.000"}
    expected |= {"9" * 9: "9" * 9 + ".000", "-" + "9" * 9: "-" + "9" * 9 + ".000"}
    assert dict(zip(texts, found, strict=True)) == {
        text: expected.get(text) for text in texts
    }
