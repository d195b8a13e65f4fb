"""Generated events are the same for the same seed, and are what visitors of a shop do."""

import gzip
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.__main__ import main
from generators.event_plan import CHANNELS, DEVICES, VIEWS, EventPlan, Funnel
from generators.event_stream import EventStream
from generators.event_visits import (
    LONGEST_LIFE,
    Event,
    EventWorld,
    moment_of,
    visits_by_hour,
)
from generators.event_world import COUNTRIES, FREE_SHIPPING_FROM, make_products
from salesetl.storage import storage_of

OPENED = datetime(2025, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = 40
# What is left to chance may be as far off as that, which a sound generator is once in 16,000 times.
SIGMAS = 4
# These come hours or days after the visit.
LATER = {"order_fulfilled", "order_cancelled"}
STATUS = {
    "order_create": "created",
    "order_paid": "paid",
    "order_fulfilled": "fulfilled",
    "order_cancelled": "cancelled",
}
# Each of the letters is a type of event; a visit is one of these words.
LETTERS = {
    "product_view": "v",
    "cart_add": "c",
    "checkout_start": "s",
    "order_create": "o",
    "order_paid": "p",
    "order_fulfilled": "f",
    "order_cancelled": "x",
    "cart_abandon": "a",
}
VISIT = re.compile(r"v+|(?=[vc]*c)(vc?)+(a|s(a|o(x|pf?)))")
SMALL = ["--customers=60", "--days=2", "--dirt=0.1", "--late=0.1", "--duplicates=0.1"]


@pytest.fixture(scope="module")
def world() -> EventWorld:
    """Open a shop with 500 customers."""
    return EventWorld.of(OPENED, 42, 500, Funnel())


@pytest.fixture(scope="module")
def visits(world: EventWorld) -> list[list[Event]]:
    """Make the visits of forty days."""
    hours = (OPENED + number * HOUR for number in range(24 * DAYS))
    return [visit for hour in hours for visit in world.visits_in(hour)]


def files_of(root: Path, *words: str) -> dict[str, bytes]:
    """Generate events and return every file."""
    main(["events", *SMALL, *words, f"--output_path={root}"])
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def check_share(found: int, total: int, share: float) -> None:
    """See that a share is what it is meant to be, within what chance allows."""
    deviation = sqrt(share * (1 - share) / total)
    assert abs(found / total - share) < SIGMAS * deviation, (found, total, share)


def types_of(visit: list[Event]) -> list[str]:
    """Return the types of the events of a visit, in order."""
    return [event["event_type"] for event in visit]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    tmp_path: Path,
) -> None:
    first, again = files_of(tmp_path / "1"), files_of(tmp_path / "2")
    other = files_of(tmp_path / "3", "--seed=43")

    assert first == again
    assert len(first) == 2 * 24 + 1
    assert "events/2025/01/02/23/events.json.gz" in first
    assert all(other[name] != content for name, content in first.items())


@pytest.mark.slow
def test_another_process_makes_the_same_bytes(tmp_path: Path) -> None:
    here = files_of(tmp_path / "here")

    for hashing in ("1", "2"):
        root = tmp_path / hashing
        subprocess.run(
            [
                *(sys.executable, "-m", "generators", "events"),
                *(*SMALL, f"--output_path={root}"),
            ],
            env={**os.environ, "PYTHONHASHSEED": hashing, "LANG": "de_DE.UTF-8"},
            check=True,
            capture_output=True,
        )

        assert {name: (root / name).read_bytes() for name in here} == here


def test_files_on_s3_are_those_on_a_disk(tmp_path: Path, s3_root: str) -> None:
    local = files_of(tmp_path)

    main(["events", *SMALL, f"--output_path={s3_root}/raw"])

    storage = storage_of(s3_root)
    sent = {
        file.path.removeprefix(f"{s3_root}/raw/"): storage.read(file.path)
        for file in storage.files(s3_root)
    }
    assert sent == local


def test_a_second_run_into_the_same_folder_replaces_the_first(tmp_path: Path) -> None:
    files_of(tmp_path)
    (tmp_path / "events/2025/01/02/notes.txt").write_text("mine")

    files = files_of(tmp_path, "--days=1")

    assert {name[:17] for name in files if name.endswith(".gz")} == {
        "events/2025/01/01"
    }
    assert files["events/2025/01/02/notes.txt"] == b"mine"


def test_without_faker_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "faker", None)

    with pytest.raises(SystemExit) as stopped:
        main(["events", f"--output_path={tmp_path}"])

    assert stopped.value.code == 1
    error = capsys.readouterr().err
    assert error.splitlines()[-1] == (
        "generators: error: names of people are made by Faker: pip install 'salesetl[embedded]'"
    )


@given(
    cuts=st.lists(st.integers(0, 30 * 3_600_000), max_size=12),
    cuts_at=st.lists(st.integers(0, 300), min_size=1, max_size=12),
    seed=st.integers(0, 3),
)
def test_intervals_of_any_length_give_each_event_of_the_files_once(
    cuts: list[int], cuts_at: list[int], seed: int
) -> None:
    plan = EventPlan(start_at=OPENED, hours=30, seed=seed, customers=40)
    world = EventWorld.of(OPENED, seed, 40, Funnel())
    whole = [
        json.loads(line) for _, lines in EventStream(plan).hours() for line in lines
    ]

    moments = [OPENED + timedelta(milliseconds=cut) for cut in cuts]
    # The very moment of an event is in the second of two intervals.
    moments += [moment_of(whole[number]) for number in cuts_at]
    found = []
    for start, end in pairwise([OPENED, *sorted(moments), plan.end_at]):
        events = list(world.events_between(start, end))
        # None of a time that is yet to come when the interval ends.
        assert all(start <= moment_of(event) < end for event in events)
        found += events

    def by_id(event: Event) -> str:
        return str(event["event_id"])

    assert sorted(found, key=by_id) == sorted(whole, key=by_id)
    assert len({event["event_id"] for event in whole}) == len(whole) > 300


def test_events_of_an_hour_long_after_do_not_depend_on_what_was_asked_before(
    world: EventWorld,
) -> None:
    start = OPENED + timedelta(days=20, minutes=7)
    other = EventWorld.of(OPENED, 42, 500, Funnel())
    list(other.events_between(OPENED, OPENED + 5 * HOUR))

    alone = list(world.events_between(start, start + HOUR))

    assert alone == list(other.events_between(start, start + HOUR))
    # Orders of earlier days are still fulfilled or cancelled.
    assert any(
        event["event_type"] in LATER and event["session_id"][1:9] < f"{start:%Y%m%d}"
        for event in world.events_between(start, start + 24 * HOUR)
    )


def test_no_visit_outlives_what_a_run_looks_back(visits: list[list[Event]]) -> None:
    lives = [moment_of(visit[-1]) - moment_of(visit[0]) for visit in visits]

    # A run looks at visits from the full hour on that is so long ago.
    assert timedelta(days=2) < max(lives) < LONGEST_LIFE


def test_no_file_has_events_of_a_later_hour_but_those_of_a_clock_ahead(
    tmp_path: Path,
) -> None:
    sound, ahead = tmp_path / "sound", tmp_path / "ahead"
    words = ["events", "--customers=60", "--days=3", "--late=0.1", "--duplicates=0.1"]

    main([*words, f"--output_path={sound}"])
    main([*words, "--future=0.05", f"--output_path={ahead}"])

    assert list(of_later_hours(sound)) == []
    answers = json.loads((ahead / "_answers/events.json").read_text())
    assert len(list(of_later_hours(ahead))) == answers["stream"]["future"] > 10


def of_later_hours(root: Path) -> Iterator[Event]:
    """Yield the events that happen after the hour of their file."""
    for path in root.glob("events/*/*/*/*/events.json.gz"):
        year, month, day, hour = map(int, path.parts[-5:-1])
        end = datetime(year, month, day, hour, tzinfo=UTC) + HOUR
        for line in gzip.decompress(path.read_bytes()).splitlines():
            event = json.loads(line)
            if moment_of(event) >= end:
                yield event


def test_half_an_hour_without_an_event_ends_a_session_and_nothing_else_does(
    visits: list[list[Event]],
) -> None:
    by_customer = defaultdict(list)
    for event in (event for visit in visits for event in visit):
        if event["event_type"] not in LATER:
            by_customer[event["customer"]["customer_id"]].append(event)

    sessions = 0
    for events in by_customer.values():
        events.sort(key=moment_of)
        sessions += 1
        for before, after in pairwise(events):
            is_new = moment_of(after) - moment_of(before) > timedelta(minutes=30)
            assert is_new == (before["session_id"] != after["session_id"])
            sessions += is_new
    assert sessions == len(visits) == len({visit[0]["session_id"] for visit in visits})


def test_a_visit_goes_through_the_funnel_in_order(visits: list[list[Event]]) -> None:
    for visit in visits:
        assert VISIT.fullmatch("".join(LETTERS[each] for each in types_of(visit)))
        moments = [moment_of(event) for event in visit]
        assert all(before < after for before, after in pairwise(moments))
    assert {each for visit in visits for each in types_of(visit)} == set(LETTERS)


@pytest.mark.parametrize(
    "funnel",
    [Funnel(), Funnel(cart=0.3, checkout=0.5, order=0.6, paid=0.7, fulfilled=0.4)],
    ids=["default", "other"],
)
def test_the_funnel_is_as_wide_as_it_is_meant_to_be(funnel: Funnel) -> None:
    world = EventWorld.of(OPENED, 7, 500, funnel)
    hours = (OPENED + number * HOUR for number in range(24 * DAYS))
    reached = [Counter(types_of(visit)) for h in hours for visit in world.visits_in(h)]

    views = sum(each["product_view"] for each in reached)
    carts = sum(each["cart_add"] for each in reached)
    counts = {name: sum(bool(each[name]) for each in reached) for name in LETTERS}
    check_share(carts, views, funnel.cart)
    check_share(counts["cart_add"], len(reached), funnel.cart_of_visit)
    check_share(counts["checkout_start"], counts["cart_add"], funnel.checkout)
    check_share(counts["order_create"], counts["checkout_start"], funnel.order)
    check_share(counts["order_paid"], counts["order_create"], funnel.paid)
    check_share(counts["order_fulfilled"], counts["order_paid"], funnel.fulfilled)
    check_share(counts["order_paid"], len(reached), funnel.conversion)
    # What is left at each step is abandoned or cancelled, each once.
    lost = counts["cart_add"] - counts["order_create"]
    assert counts["cart_abandon"] == lost
    unpaid = counts["order_create"] - counts["order_paid"]
    assert counts["order_cancelled"] == unpaid


def test_the_conversion_follows_from_the_rates() -> None:
    always = Funnel(cart=1, checkout=1, order=1, paid=1)
    one_half = Funnel(cart=1, checkout=0.5, order=0.5, paid=0.5)

    assert (always.conversion, one_half.conversion) == (1, 0.125)
    assert f"{100 * Funnel().conversion:.2f}" == "10.89"


def test_visits_come_from_channels_and_devices_in_their_shares(
    visits: list[list[Event]],
) -> None:
    for name, weights in (("channel", CHANNELS), ("device", DEVICES)):
        found = Counter(visit[0]["session"][name] for visit in visits)
        assert set(found) == set(weights)
        assert sum(weights.values()) == 100
        for value, weight in weights.items():
            check_share(found[value], len(visits), weight / 100)
    looked = Counter(types_of(visit).count("product_view") for visit in visits)
    for views, weight in VIEWS.items():
        check_share(looked[views], len(visits), weight / 100)
    for visit in visits:
        assert all(event["session"] == visit[0]["session"] for event in visit)
        assert all(event["customer"] == visit[0]["customer"] for event in visit)


def test_customers_come_from_all_countries_in_their_shares() -> None:
    customers = EventWorld.of(OPENED, 42, 5000, Funnel()).customers

    found = Counter(customer["country"] for customer in customers)
    weights = {country: each[0] for country, each in COUNTRIES.items()}
    for country, weight in weights.items():
        check_share(found[country], 5000, weight / sum(weights.values()))
    assert len({customer["customer_id"] for customer in customers}) == 5000
    assert len({customer["email"] for customer in customers}) == 5000
    assert all(each["email"].endswith("@example.com") for each in customers)


def test_as_many_visits_begin_in_an_hour_as_the_hour_of_the_day_has(
    visits: list[list[Event]],
) -> None:
    begun = Counter(
        moment_of(visit[0]).replace(minute=0, second=0, microsecond=0)
        for visit in visits
    )

    found = defaultdict(set)
    for number in range(24 * DAYS):
        hour = OPENED + number * HOUR
        found[visits_by_hour(hour.hour)].add(begun[hour])
    # Every number from the fewest to the most.
    assert found == {
        (fewest, most): set(range(fewest, most + 1)) for fewest, most in found
    }
    by_size = {
        size: [h for h in range(24) if visits_by_hour(h) == size] for size in found
    }
    assert by_size == {
        (2, 5): [1, 2, 3, 4, 5, 6],
        (6, 12): [0, 7, 8, 14, 15, 16, 17, 23],
        (12, 20): [9, 10, 11, 12, 13, 18, 19, 20, 21, 22],
    }


def test_few_customers_make_few_visits(tmp_path: Path) -> None:
    world = EventWorld.of(OPENED, 42, 3, Funnel())

    for number in range(48):
        visits = list(world.visits_in(OPENED + number * HOUR))
        ids = [visit[0]["customer"]["customer_id"] for visit in visits]
        assert len(ids) == len(set(ids)) <= 1
    main(["events", "--customers=1", "--days=1", f"--output_path={tmp_path}"])


def test_ten_products_of_each_category_have_the_ids_of_their_hundred() -> None:
    products = make_products(42)

    ids = [product.product_id for product in products]
    assert ids == [str(100 * n + m) for n in range(1, 6) for m in range(1, 11)]
    categories = [product.category for product in products]
    assert list(dict.fromkeys(categories)) == [
        *("Electronics", "Clothing", "Home", "Beauty", "Sports")
    ]
    assert Counter(categories) == dict.fromkeys(categories, 10)
    assert make_products(42) == products != make_products(43)


def test_a_product_has_one_price_in_a_week(visits: list[list[Event]]) -> None:
    prices = defaultdict(set)
    listed = {product.product_id: product.cents for product in make_products(42)}
    for visit in visits:
        week = moment_of(visit[0]).toordinal() // 7
        for event in visit:
            if "product" in event:
                product = event["product"]
                prices[product["product_id"], week].add(product["price"])

    assert all(len(found) == 1 for found in prices.values())
    for (product_id, _), [price] in prices.items():
        assert (
            abs(round(100 * price) - listed[product_id]) <= 0.1 * listed[product_id] + 1
        )
    assert len({product_id for product_id, _ in prices}) == 50


def test_an_order_is_right_to_the_cent_and_never_changes(
    visits: list[list[Event]],
) -> None:
    orders = 0
    for visit in visits:
        states = [event for event in visit if "order" in event]
        for event in states:
            assert event["order"]["status"] == STATUS[event["event_type"]]
        without = [event["order"] | {"status": None} for event in states]
        assert all(order == without[0] for order in without)
        if states:
            orders += 1
            check_order(states[0]["order"], states[0]["customer"]["country"])
            [checkout] = [
                each for each in visit if each["event_type"] == "checkout_start"
            ]
            assert checkout["cart"]["items"] == without[0]["items"]
    assert orders > 500


def check_order(order: Mapping[str, Any], country: str) -> None:
    """See that an order adds up, with the tax and the shipping of the country."""
    _, percent, shipping_cents = COUNTRIES[country]
    subtotal = sum(
        Decimal(str(item["product"]["price"])) * item["quantity"]
        for item in order["items"]
    )
    cent = Decimal("0.01")
    tax = (subtotal * percent / 100).quantize(cent, ROUND_HALF_UP)
    is_free = subtotal >= FREE_SHIPPING_FROM / 100
    shipping = Decimal(0) if is_free else Decimal(shipping_cents) / 100
    assert Decimal(str(order["subtotal"])) == subtotal
    assert Decimal(str(order["tax"])) == tax
    assert Decimal(str(order["shipping"])) == shipping
    assert Decimal(str(order["total_amount"])) == subtotal + tax + shipping
    ids = [item["product"]["product_id"] for item in order["items"]]
    assert len(ids) == len(set(ids))


def test_a_cart_only_grows_and_is_what_was_put_into_it(
    visits: list[list[Event]],
) -> None:
    grown = 0
    for visit in visits:
        carts = [event["cart"] for event in visit if "cart" in event]
        counts = [sum(item["quantity"] for item in cart["items"]) for cart in carts]
        adding = types_of(visit).count("cart_add")
        assert counts == sorted(counts)
        assert len(set(counts)) == adding
        grown += adding > 1
    assert grown > 50


def test_the_help_names_every_rate_and_its_default(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["events", "--help"])

    text = " ".join(capsys.readouterr().out.split())
    assert stopped.value.code == 0
    for name, value in vars(Funnel()).items():
        assert re.search(rf"--{name}_rate .*?\(default: {value}\)", text)
    for words in ("late", "duplicates", "future", "start_at", "customers", "days"):
        assert f"--{words} " in text


def test_the_command_tells_what_it_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["events", "--customers=60", "--days=1", f"--output_path={tmp_path}"])

    lines = [
        line
        for path in tmp_path.rglob("*.gz")
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    assert capsys.readouterr().out == (
        f"{tmp_path}: {len(lines):,} lines of events, 1 days;"
        " 10.89 % of visits are meant to end in a paid order\n"
    )


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("--start_at=2025-01-01T10:30:00Z", "is not a full hour"),
        ("--start_at=9999-01-01T00:00:00Z", "there are no such dates"),
        ("--paid_rate=2", "--paid_rate"),
        ("--late=-1", "--late"),
        ("--days=0", "--days"),
    ],
)
def test_a_wrong_argument_is_refused(
    tmp_path: Path, word: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["events", word, f"--output_path={tmp_path}"])

    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
