"""Models of events that add what has newly arrived are those that are built of all events at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesetl.pipelines.events.contracts import EVENT_TYPES
from tests.warehouses.compiled_models import compiled_models
from tests.warehouses.dbt_program import needs_dbt

pytestmark = [needs_dbt, pytest.mark.slow]

BEGIN = datetime(2025, 1, 1)
# Tables of incremental models in the order in which these read each other, with what their rows are
# replaced by.
INCREMENTAL = {
    "stg_events": "event_id",
    "dim_customers": "customer_id",
    "fct_orders": "order_id",
    "fct_order_items": "order_id",
}
# The model of a table that has another name.
_MODELS = {"dim_customers": "events_dim_customers"}
STATES = ("order_create", "order_paid", "order_fulfilled", "order_cancelled")
# A type that nobody knows may change an order; the known ones that are no states do not.
TYPES = ("order_refunded", *EVENT_TYPES)
PRICE = Decimal("2.50")


@dataclass(frozen=True)
class Happened:
    """An event: of an order or, without one, a view; at an hour, by a customer or nobody known."""

    number: int
    hour: int
    state: str
    order: int | None
    customer: int | None
    lines: int

    @property
    def event_id(self) -> str:
        """Identifies it; sorts otherwise than it happened."""
        return f"E{self.number * 7 % 10}{self.number}"

    @property
    def newness(self) -> tuple[bool, int, int, str]:
        """What makes an event of an order newer than another one."""
        state = STATES.index(self.state) + 1 if self.state in STATES else 0
        changes_order = self.state not in EVENT_TYPES or self.state in STATES
        return changes_order, self.hour, state, self.event_id


@st.composite
def batches_of_events(draw: st.DrawFn) -> list[list[Happened]]:
    """Make events, and batches in which they arrive: late, early, in any order."""
    hours = st.integers(0, 5) | st.just(10_000)
    count = draw(st.integers(1, 10))
    batches: list[list[Happened]] = [[] for _ in range(draw(st.integers(1, 4)))]
    for number in range(count):
        order = draw(st.none() | st.integers(0, 2))
        batches[draw(st.integers(0, len(batches) - 1))].append(
            Happened(
                number,
                draw(hours),
                draw(st.sampled_from(TYPES)),
                order,
                draw(st.none() | st.integers(0, 2)),
                draw(st.integers(1, 3)),
            )
        )
    return batches


@dataclass
class Warehouse:
    """An empty warehouse, with the SQL of the models of a first build and of a later one."""

    opened: duckdb.DuckDBPyConnection
    first: dict[str, str] = field(repr=False)
    later: dict[str, str] = field(repr=False)

    def empty(self) -> None:
        """Begin again without events and models."""
        for name in (*INCREMENTAL, "events", "order_items"):
            self.opened.execute(f"drop table if exists {name}")
        self.opened.execute("""
            create table events (event_id varchar, event_type varchar, session_id varchar,
                event_timestamp timestamp, customer_id varchar, customer_name varchar,
                customer_email varchar, customer_country varchar, channel varchar, device varchar,
                product_id varchar, product_name varchar, product_category varchar,
                product_price decimal(12, 4), order_id varchar, order_status varchar,
                order_subtotal decimal(18, 2), order_tax decimal(18, 2),
                order_shipping decimal(18, 2), order_total decimal(18, 2), currency varchar,
                event_data varchar, source_file varchar, file_row_number integer,
                loaded_at timestamp, event_date date);
            create table order_items (event_id varchar, order_id varchar, line_number integer,
                product_id varchar, product_name varchar, category varchar, quantity integer,
                unit_price decimal(12, 4), line_total decimal(18, 2), currency varchar,
                loaded_at timestamp, event_date date);
            create or replace view int_order_items_flattened as select * from order_items;
            """)

    def arrive(self, events: list[Happened], loaded_at: datetime) -> None:
        """Load events."""
        for event in events:
            moment = BEGIN + timedelta(hours=event.hour)
            order = None if event.order is None else f"O{event.order}"
            customer = None if event.customer is None else f"C{event.customer}"
            kind = event.state if order else "product_view"
            worth = PRICE * event.lines if order else None
            row = [
                *(event.event_id, kind, "S1", moment, customer, f"N{event.number}"),
                *("x@example.org", "DE", "Google", "mobile", None, None, None, None),
                *(order, kind, worth, 0, 0, worth, "EUR" if order else None),
                *("{}", "file", 1, loaded_at, moment.date()),
            ]
            self.opened.execute(
                f"insert into events values ({', '.join('?' * len(row))})", row
            )
            for number in range(1, event.lines + 1 if order else 0):
                self.opened.execute(
                    "insert into order_items values (?, ?, ?, 'P', 'P', 'Books', 1, ?, ?, 'EUR',"
                    " ?, ?)",
                    [event.event_id, order, number, PRICE, PRICE, loaded_at, moment],
                )

    def build(self) -> None:
        """Build the models as dbt does."""
        for name, key in INCREMENTAL.items():
            if not self._has(name):
                self.opened.execute(f"create table {name} as {self.first[name]}")
                continue
            self.opened.execute(f"create temp table arrived as {self.later[name]}")
            self.opened.execute(
                f"delete from {name} where {key} in (select {key} from arrived);"
                f"insert into {name} by name select * from arrived;"
                "drop table arrived"
            )

    def built(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return the rows of all models."""
        return {
            name: self.opened.execute(f"select * from {name} order by all").fetchall()
            for name in INCREMENTAL
        }

    def rebuild(self) -> None:
        """Drop the models, and build them of all that is there."""
        for name in INCREMENTAL:
            self.opened.execute(f"drop table {name}")
        self.build()

    def _has(self, name: str) -> bool:
        query = "select count(*) from duckdb_tables() where table_name = ?"
        [found] = self.opened.execute(query, [name]).fetchall()
        return bool(found[0])


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Compile the models, and open a warehouse."""
    folder = tmp_path_factory.mktemp("dbt")
    compiled = [
        compiled_models(folder / str(adds_to_itself), adds_to_itself=adds_to_itself)
        for adds_to_itself in (False, True)
    ]
    first, later = (
        {name: models[_MODELS.get(name, name)] for name in INCREMENTAL}
        for models in compiled
    )
    assert all(first[name] != later[name] for name in INCREMENTAL)
    with duckdb.connect() as opened:
        yield Warehouse(opened, first, later)


@settings(max_examples=150, deadline=None)
@given(batches_of_events(), st.sampled_from([timedelta(0), timedelta(days=3)]))
def test_any_order_of_arrivals_makes_the_models_of_all_events_at_once(
    warehouse: Warehouse, batches: list[list[Happened]], apart: timedelta
) -> None:
    warehouse.empty()
    # Also before anything has arrived.
    warehouse.build()
    for number, batch in enumerate(batches):
        warehouse.arrive(batch, BEGIN + number * apart)
        warehouse.build()
    # Once more, with nothing new.
    warehouse.build()
    found = warehouse.built()

    warehouse.rebuild()

    assert found == warehouse.built()
    events = [event for batch in batches for event in batch]
    assert len(found["stg_events"]) == len(events)
    newest: dict[int, Happened] = {}
    for event in sorted((e for e in events if e.order is not None), key=newness_of):
        newest[event.order or 0] = event
    orders = warehouse.opened.execute(
        "select order_id, event_id, merchandise from fct_orders order by 1"
    ).fetchall()
    assert orders == [
        (f"O{number}", event.event_id, PRICE * event.lines)
        for number, event in sorted(newest.items())
    ]
    lines = warehouse.opened.execute(
        "select order_id, count(*) from fct_order_items group by 1 order by 1"
    ).fetchall()
    assert lines == [(f"O{n}", event.lines) for n, event in sorted(newest.items())]
    customers = {event.customer for event in events} - {None}
    assert len(found["dim_customers"]) == len(customers)


def newness_of(event: Happened) -> tuple[bool, int, int, str]:
    """What makes an event of an order newer than another one."""
    return event.newness
