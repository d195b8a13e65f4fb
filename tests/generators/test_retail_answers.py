"""The answers of retail tell what is rejected, and what a warehouse has in the end."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import groupby

import numpy as np
import pyarrow as pa
import pytest

from generators.dirt import Answers, Dirt
from generators.retail_dirt import Row
from generators.retail_lines import RetailLines
from generators.retail_rows import order_rows
from generators.retail_truth import RetailTruth
from salesetl.pipelines.retail.contracts import RAW_CUSTOMERS, RAW_ORDERS, RAW_PRODUCTS
from salesetl.quality.judging import WELL_FORMED
from tests.generators.retail_world import COLUMNS, DAYS, KINDS, World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Generate deliveries without dirt, of the sizes that the command has by itself."""
    return World(tmp_path_factory.mktemp("retail"))


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Generate the same deliveries with much dirt."""
    return World(tmp_path_factory.mktemp("dirty"), "--dirt", "0.2")


def lines_of_three_orders() -> RetailLines:
    """Return three orders of a line each, with other customers and products."""
    customer, zeros = np.array([0, 1, 2]), np.zeros(3, dtype=np.int64)
    return RetailLines(
        order=np.array([1, 2, 3]),
        day=zeros,
        customer=customer,
        product=customer,
        quantity=zeros + 1,
        cents=zeros + 150,
        dirt=np.ones(3),
    )


def test_an_orphan_line_is_none_once_a_correction_has_replaced_it() -> None:
    flags = np.array([True, False, False])
    truth = RetailTruth(["2025-01-01"], flags, flags.copy())
    lines = lines_of_three_orders()
    truth.add(lines)
    assert truth.orphan_lines() == {"customer": 2, "product": 2, "either": 2}

    truth.add(lines.only(lines.order == 2), sign=-1)
    truth.known_products[2] = True

    assert truth.orphan_lines() == {"customer": 1, "product": 0, "either": 1}
    assert (truth.orders, truth.order_lines) == (2, 2)
    assert truth.as_dict()["revenue_by_order_date"] == {"2025-01-01": "3.00"}


def test_where_all_orders_of_a_day_are_late_there_are_no_rows() -> None:
    none = lines_of_three_orders().only(np.array([False] * 3))
    answers = Answers("orders")
    columns = [pa.array([], pa.string())] * 7

    content = order_rows(columns, np.array([], np.int64), none, "2025-01-01", answers)

    assert (content, answers.rows_read) == (b"", 0)


@pytest.mark.parametrize("name", COLUMNS)
def test_dirt_names_only_rules_of_the_contract(name: str) -> None:
    table = {
        "customers": RAW_CUSTOMERS,
        "products": RAW_PRODUCTS,
        "orders": RAW_ORDERS,
    }[name]
    levels = {rule.name: rule.level for rule in table.rules}

    for kind in KINDS[name]:
        assert kind.reason in ("", WELL_FORMED.name) or levels[kind.reason] == "reject"
        assert not kind.warning or levels[kind.warning] == "warn"


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
    for name in ("customer", "product"):
        without = sum(not row[f"{name}_id"] for row in last)
        assert world.truth[f"lines_without_{name}_id"] == without
        assert (without > 0) == (dirt == "dirty")
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
