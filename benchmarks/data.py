"""Data to measure on: sound sales or orders, and a hundredth of them again, each with a fault.

And sound events, some of which are delivered twice.
"""

import gzip
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generators.__main__ import main as generate

Fields = list[str]
Order = dict[str, Any]

# From January to July, as the generator has it.
_DAYS_OF_ORDERS = 212


def _with(place: int, text: str) -> Callable[[Fields], Fields]:
    return lambda fields: [*fields[:place], text, *fields[place + 1 :]]


# Faults that every contender finds (the usual script takes a surplus field for none); the last is a
# second copy, which is none.
SALE_FAULTS: list[Callable[[Fields], Fields]] = [
    _with(0, ""),
    _with(1, "2025-13-45"),
    _with(4, "1.5"),
    _with(4, "0"),
    _with(5, "-1.00"),
    _with(7, "n/a"),
    _with(7, "0.01"),
    lambda fields: fields[:-1],
    lambda fields: fields,
]


def _line(order: Order) -> str:
    return json.dumps(order)


def _changed(**fields: Any) -> Callable[[Order], str]:
    return lambda order: _line(order | fields)


def _item_changed(**fields: Any) -> Callable[[Order], str]:
    """Leave the first item, changed, and the total that goes with it."""

    def line(order: Order) -> str:
        item = order["items"][0] | fields
        total = item["quantity"] * item["unit_price"]
        return _line(order | {"items": [item], "order_total": total})

    return line


# The same for orders.
ORDER_FAULTS: list[Callable[[Order], str]] = [
    _changed(order_id=""),
    _changed(order_timestamp="2025-13-45T10:00:00Z"),
    _changed(order_timestamp="2026-01-01T00:00:00Z"),
    _changed(items=[], order_total=0.0),
    _item_changed(quantity=0),
    _item_changed(unit_price=-1.0),
    _changed(currency="ZZZ"),
    lambda order: _line(order | {"order_total": round(order["order_total"] + 1, 2)}),
    lambda order: _line(order)[:100],
    _line,
]


def make_sales(folder: Path, rows: int) -> Path:
    """Generate sales and customers below a folder, once, and return it."""
    home = folder / f"{rows}"
    if (home / "sales" / "faults.csv").exists():
        return home
    customers = max(500, rows // 200)
    words = ["sales", "--rows", str(rows), "--customers", str(customers), "--dirt", "0"]
    generate([*words, "--output_path", str(home)])
    first = sorted((home / "sales").iterdir())[0]
    with first.open() as sound, (home / "sales" / "faults.csv").open("w") as faults:
        faults.write(next(sound))
        kinds = itertools.cycle(SALE_FAULTS)
        for line in itertools.islice(sound, rows // 100):
            number, *others = line.rstrip("\n").split(",")
            kind = next(kinds)
            is_copy = kind is SALE_FAULTS[-1]
            fields = kind([number if is_copy else f"F{number}", *others])
            faults.write(",".join(fields) + "\n")
    return home


def make_orders(folder: Path, rows: int) -> Path:
    """Generate orders below a folder, once, and return it."""
    home = folder / f"{rows}"
    faults = home / "orders" / "faults.json"
    if faults.exists():
        return home
    customers, a_day = max(2000, rows // 20), rows // _DAYS_OF_ORDERS + 1
    words = ["orders", "--orders_per_day", str(a_day), "--customers", str(customers)]
    generate([*words, "--output_path", str(home)])
    files = sorted((home / "orders").iterdir())
    _keep_first(files, rows)
    with files[0].open() as sound, faults.open("w") as file:
        kinds = itertools.cycle(ORDER_FAULTS)
        for line in itertools.islice(sound, rows // 100):
            order = json.loads(line)
            kind = next(kinds)
            is_copy = kind is ORDER_FAULTS[-1]
            number = order["order_id"]
            text = kind(order | {"order_id": number if is_copy else f"F{number}"})
            file.write(text + "\n")
    return home


def make_events(folder: Path, rows: int) -> Path:
    """Generate two weeks of events below a folder, once, a file for each quarter of an hour."""
    home = folder / f"{rows}-events"
    if home.exists():
        return home
    generate(["events", "--output_path", str(home / "generated")])
    hours = sorted((home / "generated" / "events").rglob("*.gz"))
    lines = [gzip.decompress(path.read_bytes()).splitlines() for path in hours]
    # Again and again under other names, because visitors of a shop are not as many.
    copies = (
        (hour, event.replace(b'_id": "', b'_id": "%d-' % copy))
        for copy in itertools.count()
        for hour, events in enumerate(lines)
        for event in events
    )
    found: dict[int, list[bytes]] = {}
    for hour, event in itertools.islice(copies, rows):
        found.setdefault(hour, []).append(event)
    for hour, events in found.items():
        for quarter in range(4):
            path = home / f"events/{hour // 24:02}/{hour % 24:02}/{quarter}.json.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            # The first event of an hour is delivered again and again.
            delivered = [*events[quarter::4], events[0]]
            path.write_bytes(gzip.compress(b"\n".join(delivered)))
    return home


def _keep_first(files: list[Path], rows: int) -> None:
    """Cut off what the generator made beyond so many lines."""
    for path in files:
        lines = path.read_bytes().splitlines(keepends=True)[:rows]
        path.write_bytes(b"".join(lines))
        rows -= len(lines)
