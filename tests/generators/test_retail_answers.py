"""The answers of retail tell what is rejected, and what a warehouse has in the end."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import groupby

import numpy as np
import pytest

from generators.dirt import Dirt
from generators.retail_dirt import Row
from generators.retail_lines import RetailLines
from generators.retail_truth import RetailTruth
from tests.generators.retail_world import COLUMNS, DAYS, KINDS, World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Generate deliveries without dirt, of the sizes that the command has by itself."""
    return World(tmp_path_factory.mktemp("retail"))


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Generate the same deliveries with much dirt."""
    return World(tmp_path_factory.mktemp("dirty"), "--dirt", "0.2")


def test_an_orphan_line_is_none_once_a_correction_has_replaced_it() -> None:
    flags = np.array([True, False, False])
    truth = RetailTruth(["2025-01-01"], flags, flags.copy())
    customer, zeros = np.array([0, 1, 2]), np.zeros(3, dtype=np.int64)
    lines = RetailLines(
        order=np.array([1, 2, 3]),
        day=zeros,
        customer=customer,
        product=customer,
        quantity=zeros + 1,
        cents=zeros + 150,
        dirt=np.ones(3),
    )
    truth.add(lines)
    assert truth.orphan_lines() == {"customer": 2, "product": 2, "either": 2}

    truth.add(lines.only(lines.order == 2), sign=-1)
    truth.known_products[2] = True

    assert truth.orphan_lines() == {"customer": 1, "product": 0, "either": 1}
    assert (truth.orders, truth.order_lines) == (2, 2)
    assert truth.as_dict()["revenue_by_order_date"] == {"2025-01-01": "3.00"}


def accepted(world: World, name: str) -> dict[date, list[dict[str, str]]]:
    """Return the rows by delivery that the answers do not name as faulty."""
    faulty = {
        place
        for kind in KINDS[name]
        if not kind.loaded
        for place in world.answers[name]["dirt"]
        .get(kind.name, {})
        .get("orders" if name == "orders" else "rows", [])
    }
    key = COLUMNS[name][0]
    found = {}
    for day in DAYS:
        rows = [
            {column: (value or "").strip() for column, value in row.items() if column}
            for row in csv.DictReader(
                [",".join(COLUMNS[name]), *world.lines(day, name)],
                quoting=csv.QUOTE_NONE,
            )
        ]
        found[day] = [
            {column: value.strip('"') for column, value in row.items()}
            for row in rows
            if f"{day}/{row[key].strip(chr(34))}" not in faulty and row[key]
        ]
    return found


@pytest.mark.parametrize("dirt", ["world", "dirty"])
def test_the_truth_is_that_of_the_last_sound_version_of_each_order(
    dirt: str, request: pytest.FixtureRequest
) -> None:
    world: World = request.getfixturevalue(dirt)

    known = {
        name: {
            row[COLUMNS[name][0]]
            for rows in accepted(world, name).values()
            for row in rows
        }
        for name in ("customers", "products")
    }
    orders: dict[str, list[dict[str, str]]] = {}
    for rows in accepted(world, "orders").values():
        for order_id, lines in groupby(rows, lambda row: row["order_id"]):
            orders[order_id] = list(lines)
    last = [row for lines in orders.values() for row in lines]
    revenue = {str(day): Decimal("0.00") for day in DAYS}
    for row in last:
        revenue[row["order_date"]] += Decimal(row["total_amount"])
    no_customer = [row["customer_id"] not in known["customers"] for row in last]
    no_product = [row["product_id"] not in known["products"] for row in last]
    assert world.truth["revenue_by_order_date"] == {
        day: str(amount) for day, amount in revenue.items()
    }
    assert world.truth["order_lines"] == len(last)
    assert world.truth["orders"] == len(orders)
    assert world.truth["orphan_lines"] == {
        "customer": sum(no_customer),
        "product": sum(no_product),
        "either": sum(map(max, no_customer, no_product)),
    }
    assert world.truth["customers"] == len(known["customers"])
    assert world.truth["products"] == len(known["products"])


@pytest.mark.parametrize("name", COLUMNS)
def test_the_answers_account_for_every_row(dirty: World, name: str) -> None:
    answers = dirty.answers[name]

    rows = sum(len(dirty.lines(day, name)) for day in DAYS)
    states = ("rows_loaded", "rows_quarantined", "duplicates_removed")
    assert answers["rows_read"] == rows == sum(answers[state] for state in states)
    assert answers["rows_quarantined"] == sum(answers["rows_by_reason"].values())
    assert set(answers["dirt"]) == {kind.name for kind in KINDS[name]}
    if name == "orders":
        amounts = [
            Decimal(row["total_amount"])
            for rows_of_day in accepted(dirty, name).values()
            for row in rows_of_day
        ]
        assert answers["rows_loaded"] == len(amounts)
        assert answers["amount_loaded"] == {"": str(sum(amounts))}


@pytest.mark.parametrize("name", COLUMNS)
def test_sound_rows_are_what_they_are_without_dirt(
    world: World, dirty: World, name: str
) -> None:
    for day in DAYS:
        clean = Counter(world.lines(day, name))
        spoiled = Counter(dirty.lines(day, name)) - clean
        assert 0 < sum(spoiled.values()) < 0.5 * sum(clean.values())
        gone = clean - Counter(dirty.lines(day, name))
        assert sum(gone.values()) <= sum(spoiled.values())


@pytest.mark.parametrize("kinds", KINDS.values(), ids=KINDS)
def test_a_fault_makes_the_rows_that_it_tells_of(kinds: tuple[Dirt[Row], ...]) -> None:
    for kind in kinds:
        row = {
            name: "7"
            for name in COLUMNS[next(n for n, k in KINDS.items() if k is kinds)]
        }
        lines = kind.lines(row)

        assert len(lines) == max(1, kind.loaded + kind.duplicates)
        assert bool(kind.reason) == (kind.loaded == 0)
        assert (lines == [",".join(row.values())] * len(lines)) == (kind.duplicates > 0)
