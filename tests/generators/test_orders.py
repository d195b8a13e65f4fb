"""Generated orders are the same for the same seed, and as a retailer's orders should be."""

import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from generators import orders
from generators.__main__ import main
from generators.buyers import COUNTRIES
from generators.dirt import Answers
from generators.order_dirt import AMENDED, DIRT, spoil
from salesetl.pipelines.orders.contracts import RAW_ORDERS
from salesetl.quality.judging import CONFLICT, WELL_FORMED
from tests.frames import ORDER

MONTHS = [f"orders/orders_2025_{month:02}.json" for month in range(1, 8)]


def values_of(column: str) -> set[str]:
    """Return the values that a column of orders lists."""
    return set(RAW_ORDERS.field(column).metadata["values"])


def generate(root: Path, *words: str) -> dict[str, bytes]:
    """Generate orders and return every file written, by its path below the root."""
    size = ["--orders_per_day", "25", "--customers", "300"]
    main(["orders", *size, *words, "--output_path", str(root)])
    files = [path for path in root.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def orders_of(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """Read generated orders without dirt, in the order of their files."""
    lines = [files[name].decode().splitlines() for name in sorted(files)]
    return [json.loads(line, parse_float=Decimal) for each in lines for line in each]


def sum_of_lines(order: dict[str, Any]) -> Decimal:
    """Add up the lines of an order, each rounded half-up to the cent."""
    amounts = [
        Decimal(item["unit_price"]) * item["quantity"] for item in order["items"]
    ]
    return sum(
        (each.quantize(Decimal("0.01"), ROUND_HALF_UP) for each in amounts), Decimal(0)
    )


def months_by_customer(every: list[dict[str, Any]]) -> dict[str, set[int]]:
    """Return the months of 2025 in which each customer has bought."""
    months = defaultdict(set)
    for order in every:
        month = int(order["order_timestamp"][5:7])
        months[order["customer"]["customer_id"]].add(month)
    return months


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    tmp_path: Path,
) -> None:
    first = generate(tmp_path / "1", "--dirt", "0.1")
    again = generate(tmp_path / "2", "--dirt", "0.1")
    other = generate(tmp_path / "3", "--dirt", "0.1", "--seed", "43")

    assert first == again
    assert set(first) == {*MONTHS, "_answers/orders.json"}
    assert all(other[name] != content for name, content in first.items())


def test_a_second_delivery_to_the_same_folder_replaces_the_first(
    tmp_path: Path,
) -> None:
    generate(tmp_path, "--dirt", "0.1")

    files = generate(tmp_path, "--start_date", "2024-12-31", "--end_date", "2025-01-01")

    names = {"orders/orders_2024_12.json", "orders/orders_2025_01.json"}
    assert set(files) == names


def test_an_order_has_the_shape_of_a_delivery(tmp_path: Path) -> None:
    every = orders_of(generate(tmp_path))

    for order in every:
        day = order["order_timestamp"][:10].replace("-", "")
        assert list(order) == list(ORDER)
        assert list(order["items"][0]) == list(ORDER["items"][0])
        assert order["order_id"][:13] == f"ORD-{day}-"
        assert len(order["order_id"]) == 21
        assert order["order_timestamp"][-1] == "Z"
        assert order["currency"] == COUNTRIES[order["customer"]["country"]][0]
    assert len({order["order_id"] for order in every}) == len(every)
    currencies = {currency for currency, *_ in COUNTRIES.values()}
    assert {order["currency"] for order in every} == currencies
    assert currencies <= values_of("currency")
    assert {order["payment"]["status"] for order in every} == values_of(
        "payment_status"
    )
    assert {order["customer"]["country"] for order in every} == set(COUNTRIES)


def test_a_total_is_the_sum_of_its_lines_to_the_cent(tmp_path: Path) -> None:
    every = orders_of(generate(tmp_path))

    assert all(order["order_total"] == sum_of_lines(order) for order in every)
    items = [item for order in every for item in order["items"]]
    fractions = [item for item in items if item["unit_price"] * 100 % 1]
    assert 0 < len(fractions) < len(items) * 0.2


def test_products_and_customers_stay_what_they_are(tmp_path: Path) -> None:
    every = orders_of(generate(tmp_path))

    products: dict[str, set[object]] = defaultdict(set)
    customers: dict[str, set[object]] = defaultdict(set)
    for order in every:
        buyer = order["customer"]
        customers[buyer["customer_id"]].add((buyer["country"], buyer["segment"]))
        for item in order["items"]:
            product = (item["category"], item["unit_price"])
            products[item["product_id"]].add(product)
    assert {len(versions) for versions in products.values()} == {1}
    assert {len(versions) for versions in customers.values()} == {1}


def test_orders_lie_in_their_months_and_every_day_has_some(tmp_path: Path) -> None:
    days = ["--start_date", "2023-12-30", "--end_date", "2024-03-01"]

    files = generate(tmp_path, *days)

    assert len(files) == 4
    found = set()
    for name, content in files.items():
        for order in orders_of({name: content}):
            moment = datetime.fromisoformat(order["order_timestamp"])
            assert moment.tzinfo == UTC
            assert name == f"orders/orders_{moment:%Y_%m}.json"
            found.add(moment.date())
    assert (min(found), max(found)) == (date(2023, 12, 30), date(2024, 3, 1))
    assert len(found) == 63


def test_nine_of_ten_orders_are_paid_and_saturdays_are_busy(tmp_path: Path) -> None:
    every = orders_of(generate(tmp_path))

    statuses = Counter(order["payment"]["status"] for order in every)
    assert 0.87 < statuses["paid"] / len(every) < 0.93
    days = Counter(
        date.fromisoformat(order["order_timestamp"][:10]).strftime("%a")
        for order in every
    )
    assert days.most_common()[0][0] == "Sat"
    assert days["Sat"] > 1.2 * days["Tue"]


def test_customers_keep_arriving_come_back_and_stay_away_one_by_one(
    tmp_path: Path,
) -> None:
    months = months_by_customer(orders_of(generate(tmp_path)))

    arrivals = Counter(min(active) for active in months.values())
    assert all(arrivals[month] > 5 for month in range(1, 8))
    first = [active for active in months.values() if 1 in active]
    retained = [sum(month in active for active in first) for month in range(1, 8)]
    assert retained[0] > retained[1] > retained[3] > retained[6] > 0.15 * len(first)
    assert retained[6] < 0.6 * len(first)
    lost = [active for active in months.values() if max(active) < 6]
    assert len(lost) > 0.2 * len(months)


def test_orders_of_a_day_made_in_parts_are_as_many_and_have_ids_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = orders_of(generate(tmp_path / "whole"))
    monkeypatch.setattr(orders, "_ORDERS_PER_CHUNK", 7)

    parts = orders_of(generate(tmp_path / "parts"))

    ids = [order["order_id"] for order in parts]
    assert sorted(ids) == sorted(order["order_id"] for order in whole)


def test_the_answers_are_to_the_lines_that_were_written(tmp_path: Path) -> None:
    files = generate(tmp_path, "--dirt", "0.5", "--orders_per_day", "60")

    answers = json.loads(files.pop("_answers/orders.json"))
    lines = [line for content in files.values() for line in content.splitlines()]
    dirt = answers["dirt"]
    assert set(dirt) == {kind.name for kind in (*DIRT, AMENDED)}
    assert answers["rows_read"] == len(lines)
    accounted = ("rows_loaded", "rows_quarantined", "duplicates_removed")
    assert answers["rows_read"] == sum(answers[name] for name in accounted)
    assert answers["rows_quarantined"] == sum(answers["rows_by_reason"].values())
    broken = [line for line in lines if not is_object(line)]
    assert answers["rows_by_reason"]["row_is_well_formed"] == len(broken)
    assert all(each["count"] == len(set(each["order_ids"])) for each in dirt.values())


def is_object(line: bytes) -> bool:
    """Tell whether a line is a JSON object."""
    try:
        return isinstance(json.loads(line.decode(errors="replace")), dict)
    except json.JSONDecodeError:
        return False


def test_the_answers_tell_the_amount_of_what_is_loaded(tmp_path: Path) -> None:
    files = generate(tmp_path, "--dirt", "0.5")
    answers = json.loads(files.pop("_answers/orders.json"))
    rejected = {
        order_id
        for kind in DIRT
        if not kind.loaded
        for order_id in answers["dirt"][kind.name]["order_ids"]
    }

    # A later line of an order stands for it, whether that is equal or amended.
    totals, currencies = {}, {}
    for name in sorted(files):
        for line in files[name].splitlines():
            if is_object(line):
                order = json.loads(line.decode(errors="replace"), parse_float=Decimal)
                if order["order_id"] not in rejected | {None}:
                    totals[order["order_id"]] = Decimal(order["order_total"])
                    currencies[order["order_id"]] = order["currency"]

    assert len(totals) == answers["rows_loaded"]
    revenue: dict[str, Decimal] = defaultdict(Decimal)
    for order_id, total in totals.items():
        revenue[currencies[order_id]] += total
    assert len(revenue) == 5
    assert {
        name: Decimal(amount) for name, amount in answers["amount_loaded"].items()
    } == revenue


def test_an_amended_order_comes_again_with_the_next_month(tmp_path: Path) -> None:
    files = generate(tmp_path, "--dirt", "0.5")

    amended = json.loads(files["_answers/orders.json"])["dirt"][AMENDED.name]
    for order_id in amended["order_ids"]:
        names = [name for name in MONTHS if order_id.encode() in files[name]]
        place = int(order_id[8:10])
        assert names == [MONTHS[place - 1], MONTHS[place]]


def test_nothing_is_amended_where_there_is_no_next_month(tmp_path: Path) -> None:
    files = generate(tmp_path, "--dirt", "0.9", "--end_date", "2025-01-31")

    answers = json.loads(files["_answers/orders.json"])
    assert AMENDED.name not in answers["dirt"]
    assert set(answers["dirt"]) == {kind.name for kind in DIRT}


def test_dirt_is_of_every_rule_and_of_no_other() -> None:
    rejecting = {rule.name for rule in RAW_ORDERS.rules if rule.level == "reject"}
    warning = {rule.name for rule in RAW_ORDERS.rules if rule.level == "warn"}

    told = {kind.reason for kind in DIRT} - {""}
    # What is optional is not delivered.
    rejecting -= {
        f"{name}_is_{kind}"
        for name in RAW_ORDERS.optional_columns
        for kind in ("decimal", "valid")
    }
    assert told == rejecting | {WELL_FORMED.name, CONFLICT.name}
    assert {kind.warning for kind in DIRT} - {""} == warning


def test_an_order_is_spoiled_as_the_number_says() -> None:
    answers = Answers("order_ids")
    next_month: list[str] = []

    line = spoil(ORDER, 0.0, answers, next_month)
    last = spoil(ORDER, 0.999, answers, next_month)

    assert json.loads(line) == ORDER | {"order_id": None}
    assert json.loads(last) == ORDER
    [amended] = map(json.loads, next_month)
    assert [item["quantity"] for item in amended["items"]] == [9]
    assert amended["order_total"] == 94.5
    told = answers.as_dict()
    assert told["rows_by_reason"] == {"order_id_is_present": 1}
    assert (told["rows_read"], told["rows_loaded"]) == (3, 1)
    assert told["amount_loaded"] == {ORDER["currency"]: "94.50"}


@pytest.mark.parametrize(
    "words",
    [
        ["--orders_per_day", "0"],
        ["--dirt", "2"],
        ["--start_date", "x"],
        ["--start_date", "2025-08-01"],
    ],
)
def test_a_wrong_argument_is_refused(tmp_path: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        generate(tmp_path, *words)

    assert stopped.value.code == 2
