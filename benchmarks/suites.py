"""What is compared: programs on one kind of data, and how what they wrote is read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.agreement import Answer, events_answer, orders_answer, sales_answer
from benchmarks.data import make_events, make_orders, make_sales
from benchmarks.programs import (
    OF_EVENTS,
    OF_ORDERS,
    OF_SALES,
    READ_JSON,
    TYPED_SCAN,
    Program,
)

_ORDER = (
    '{"order_id": "VARCHAR", "order_timestamp": "VARCHAR", "customer": {"customer_id": "VARCHAR",'
    ' "country": "VARCHAR", "segment": "VARCHAR"}, "sales_channel": "VARCHAR", "payment":'
    ' {"method": "VARCHAR", "status": "VARCHAR"}, "items": [{"product_id": "VARCHAR",'
    ' "category": "VARCHAR", "quantity": "VARCHAR", "unit_price": "VARCHAR"}],'
    ' "order_total": "VARCHAR", "currency": "VARCHAR"}'
)


@dataclass(frozen=True)
class Suite:
    """Programs that take the same data; `counted` names it, and the folder it is in.

    `floors` only show what the others cannot be faster than: their answers are not read.
    `fields` is SQL that cuts a `line` of the data; empty if nothing is measured below the floors.
    """

    counted: str
    make_data: Callable[[Path, int], Path]
    contenders: list[Program]
    answer_of: Callable[[Path], Answer]
    fields: str
    floors: list[Program] = field(default_factory=list)


@dataclass(frozen=True)
class Size:
    """So many rows of the data of a suite, measured in so many rounds."""

    suite: Suite
    rows: int
    rounds: int

    def __str__(self) -> str:
        return f"{self.rows:,} {self.suite.counted}"


SALES = Suite(
    "sales",
    make_sales,
    OF_SALES,
    sales_answer,
    "string_split(line, ',')",
    [TYPED_SCAN],
)
ORDERS = Suite(
    "orders",
    make_orders,
    OF_ORDERS,
    orders_answer,
    f"try(json_transform(line, '{_ORDER}'))",
)


EVENTS = Suite("events", make_events, OF_EVENTS, events_answer, "", [READ_JSON])
SUITES = {each.counted: each for each in (SALES, ORDERS, EVENTS)}


def size_of(text: str) -> Size:
    """Read a size as DATA:ROWS:ROUNDS, or as ROWS:ROUNDS of sales; ValueError if it is neither."""
    *names, rows, rounds = text.split(":")
    [suite] = [SUITES[name] for name in names or ["sales"] if name in SUITES]
    return Size(suite, int(rows), int(rounds))
