"""Orders and files of every kind that there is a rule or a reader for."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.frames import ITEM, ORDER
from tests.jobs.shop import order
from tests.pipelines.test_order_rules import BROKEN as BROKEN_RULES
from tests.pipelines.test_order_rules import WARNED
from tests.test_dates import DAYS, MOMENTS, NO_DAYS

LINE = json.dumps(ORDER)
ITEMS = json.dumps(ORDER["items"])
FIRST = json.dumps(ITEM)
CUSTOMER = json.dumps(ORDER["customer"])
PAYMENT = json.dumps(ORDER["payment"])
MOMENT = json.dumps(ORDER["order_timestamp"])


def put(old: str, *values: str) -> list[str]:
    """Put each value in the place of a piece of an order."""
    assert old in LINE
    return [LINE.replace(old, value) for value in values]


ODD = [
    LINE,
    *put(ITEMS, '"none"', "7", "null", "true", "{}", FIRST, "[null]", "[{}]", "[[]]"),
    *put(ITEMS, f"[[{FIRST}]]", f"[{FIRST}, 7]", f'[{FIRST}, "x"]', f"[{FIRST}, []]"),
    *put(ITEMS, "[]", f"[{FIRST}, null]", f"[null, {FIRST}]", f"[{FIRST}, {FIRST}]"),
    *put('"items"', '"lines"', '"Items"'),
    *put('"quantity": 2', '"quantity": "2"', '"quantity": {"a": 2}', '"quantity": [2]'),
    *put('"quantity": 2', '"quantity": true', '"quantity": 2e0', '"quantity": 2.0'),
    *put('"quantity": 2', '"color": "red", "quantity": 2', '"quantity": null'),
    *put('"quantity": 2', '"quantity": 2147483647', '"quantity": 9999999999999'),
    *put("10.5", '"10.50"', '" 10.5 "', "1.05e1", "1.05E+1", "105e-1", "10.500000"),
    *put("10.5", "10.50000000000001", "99999999.9999", "1e99", "-0.0", '"ten"'),
    *put("25.25", '"25.25"', "2.525e1", '"2525e-2"', "25.250000000000000001", "1e400"),
    *put("25.25", "25.254", "25.255", "-0.0", "1e-400", "12345678901234567890", "NaN"),
    *put("25.25", "025.25", "+25.25", "25.", "9999999999999.99", '{"amount": 25.25}'),
    *put(CUSTOMER, '"C1"', "7", "null", "{}", "[]", f"[{CUSTOMER}]", '{"id": "C1"}'),
    *put('"C1"', "17", "1.50", "false", '{"a": 1}', '"  "', '" C1 "', '"\u00a0"'),
    *put('"C1"', '"Ç\u00a0é灯😀\u2028"', '"C\ufffd"'),
    *put(PAYMENT, '"paid"', "null", '{"status": "Paid"}', '{"status": ["paid"]}'),
    *put("home", "\\u706f\\ud83d\\ude00", "\\ud83d", "\\ude00\\ud83d", "\\\\ud83d"),
    *put("home", 'a\\n\\t\\"b\\\\ c', "a\\u0000b", "null", "a, b}", "\ue000"),
    *put(MOMENT, "1736497800000", "1736497800000000001", '"1736497800000"', "1.7e12"),
    *put(MOMENT, "1736497800", "-1736497800000", "1736497800000.0", "true", "[1]"),
    *put("T08:30:00Z", "", " 08:30", "T08:30:00.123456789Z", "T24:00:00Z", "T08:30"),
    *put("T08:30:00Z", "T00:30:00+05:30", "T23:30:00-0100", "T08:30:00+01", "T8:30Z"),
    *put("2025-01-10", "0001-01-01", "1600-02-29", "2025-02-29", "9999-12-31"),
    *put('"USD"', '"usd"', '" EUR "', "null", '["USD"]'),
    *put('"P1"', "17", '" "', "null"),
    f"[{LINE}]",
    LINE[:-9],
    LINE + LINE,
    LINE + " x",
    f" \t{LINE}\t ",
    # As many levels as Spark reads, and one more; and as many brackets beside each other.
    *(LINE[:-1] + f', "deep": {"[" * n}{"]" * n}}}' for n in (300, 998, 999)),
    *(
        LINE[:-1] + ', "deep": ' + '{"k": ' * n + "1" + "}" * n + "}"
        for n in (998, 999)
    ),
    LINE[:-1] + f', "wide": [{", ".join(["[]"] * 1500)}]}}',
    LINE[:-1] + ', "note": {"items": [1, {"order_id": 2}]}}',
]

BROKEN = [
    *("1e", "01", "-", ".5", "5.", "tru", "'x'", "NaN", "{", "]", '"abc', '"\\q"'),
    *('"\\u12"', '"\1"', "[1e]", "['x']", "[NaN]", "[1 2]", "[1,]", "{,}", '{"a" 1}'),
    *('{"a": 1 "b": 2}', '{"a": 1,}', '"a" "b"', '"a": "b"', "/* none */ 1"),
]
PLACES = [CUSTOMER, '"C1"', PAYMENT, ITEMS, FIRST, '"home"', "10.5", "25.25", MOMENT]

# Read in two ways: a key twice, or a value of another kind than its column.
DOUBTFUL = [
    *put(
        '"currency":', '"currency": "EUR", "currency":', '"Currency": "", "currency":'
    ),
    *put('"country":', '"country": "DE", "country":'),
    *put('"order_id"', '"x": 1, "x": 2, "order_id"', '"order_id": 1, "order_id"'),
    *put('"O1"', '{"v": "O2"}', "[1]", "1.50", "null", '""', "12345678901234567890"),
    *put('"online"', '{"code": "X"}', '["online"]', '"{x}"', '"[x]"', '"{\\"a\\": 1}"'),
    *put('"C1"', '{"id": 1}', '"8.41E+12"', '"\\u00a0"', "7"),
    *put('"P1"', '["P1"]', '"P\\u200b1"', '"caf\\ufffd"'),
    *put('"order_total": 25.25', '"order_total": [25.25]'),
    *put(CUSTOMER, '"C1"', '["C1"]', "7", "true", '"{\\"customer_id\\": \\"C1\\"}"'),
    *put(PAYMENT, '"C1"', "[]", "7", "true", "null", "{}"),
    *put(PAYMENT, PAYMENT[:-1] + ', "note": "x"}'),
]


def numbered(lines: Iterable[str], prefix: str) -> list[str]:
    """Give lines ids of their own, that no other file has."""
    return [
        line.replace('"O1"', f'"{prefix}{place}"') for place, line in enumerate(lines)
    ]


def orders_for_every_rule() -> list[str]:
    """Write an order that breaks it for every rule, and one for every form of a value."""
    prices = [
        0.125,
        0.0575,
        0.115,
        0.0049,
        0.005,
        14.2857,
        1.005,
        "free",
        None,
        10.50001,
    ]
    quantities = [-2, 1.5, None, "two", 2**31, 0, 3, "3.0"]
    moments = [*DAYS, *NO_DAYS, *(text for text, _ in MOMENTS), 1735689599999999999]
    days = ["2023-12-31T23:59:59Z", "2024-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]
    fields: list[dict[str, Any]] = [
        *BROKEN_RULES.values(),
        *WARNED.values(),
        *({"order_timestamp": moment} for moment in (*moments, *days)),
        *({"items": [ITEM | {"unit_price": each}]} for each in prices),
        *(
            {
                "items": [ITEM | {"quantity": 1, "unit_price": each}] * 2,
                "order_total": each,
            }
            for each in prices
        ),
        *({"items": [ITEM | {"quantity": each}]} for each in quantities),
        {"items": [ITEM | {"quantity": 2**31 - 1, "unit_price": 99_999_999.9999}] * 3},
        {"items": [ITEM] * 3, "order_total": 63},
        {
            "items": [ITEM | {"product_id": f"P{n}"} for n in range(100)],
            "order_total": 2100,
        },
        *({"currency": name} for name in ("EUR", "INR", "usd")),
    ]
    return numbered((json.dumps(ORDER | each) for each in fields), "rule")


def versions() -> dict[str, list[str]]:
    """Write orders of one id: equal ones, contradicting ones, and those of a newer file."""
    items = [ITEM | {"quantity": "2", "unit_price": "10.50"}, ORDER["items"][1]]
    respelled = {
        "items": items,
        "order_total": "25.250",
        "order_timestamp": 1736497800000,
    }
    moment = {"order_timestamp": ORDER["order_timestamp"]}
    amended = moment | {"items": [ITEM], "order_total": 21}
    files = {
        "orders_2.json": [{}, respelled, {}, amended, {}, {"items": items[::-1]}, {}],
        "orders_9.json": [amended, {}, {"order_total": 1}, amended],
        "orders_10.json": [{"currency": "EUR"}, {}, {}, amended],
    }
    ids = {
        "orders_2.json": [1, 1, 2, 2, 3, 3, 4],
        "orders_9.json": [1, 2, 4, 5],
        "orders_10.json": [4, 5, 6, 6],
    }
    return {
        name: [
            json.dumps(order(9, order_id=f"version{number}", **moment | each))
            for number, each in zip(ids[name], fields, strict=True)
        ]
        for name, fields in files.items()
    }


def write(path: Path, content: str) -> None:
    """Write a file, packed if its name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content.encode()
    path.write_bytes(gzip.compress(text) if path.name.endswith(".gz") else text)


def write_orders(folder: Path) -> None:
    """Write files of orders of every kind."""
    for name in ("odd.json", "odd.json.gz"):
        write(folder / name, "\n".join(numbered([*ODD, *DOUBTFUL], name)))
    write(folder / "rules.ndjson", "\r\n".join(orders_for_every_rule()))
    for name, lines in versions().items():
        write(folder / name, "\n".join(lines))
    layouts = [(".json", None), (".json.gz", None), ("_2.json", 2), ("_2.json.gz", 2)]
    for ending, indent in layouts:
        array = [order(9, order_id=f"array{ending}{number}") for number in range(3)]
        write(folder / f"array{ending}", json.dumps(array, indent=indent))
