"""Sales, customers and files of every kind that there is a rule or a reader for."""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from salesetl.pipelines.sales.contracts import RAW_SALES
from tests.frames import SALE
from tests.jobs.shop import sale
from tests.jobs.test_hostile import FILES, HEADERS
from tests.readers.test_json import LAYOUTS
from tests.test_dates import DAYS, NO_DAYS
from tests.test_parsing import AMOUNTS, PRICES, WHOLE_NUMBERS
from tests.test_quality import BROKEN, WARNED

HEADER = ",".join(SALE)
LINE = ",".join(SALE.values())
BAD = LINE.replace("2025-09-10", "x")

LINES = [
    LINE,
    "",
    "   ",
    "," * 7,
    HEADER,
    LINE.rpartition(",")[0],
    f"{LINE},x",
    LINE.replace("Lamp", '"Lamp, ""Retro"""'),
    LINE.replace("Lamp", '"Lamp'),
    LINE.replace("Lamp", 'La"mp'),
    LINE.replace("Lamp", '"La"mp'),
    LINE.replace("Lamp", '""'),
    LINE.replace("Lamp", '"'),
    LINE.replace("Lamp", ' "Lamp" '),
    ",".join(f' "{field}" ' for field in LINE.split(",")),
    LINE.replace("Lamp", '"""Lamp"""'),
    LINE.replace("Lamp", '12" TV'),
    LINE.replace("Lamp", 'TV 24"'),
    LINE.replace("North", '"North"'),
    LINE.replace("North", '"North'),
    LINE.replace("Lamp", "Lamp\u00a0\u2028灯 e\u0301"),
    LINE.replace("Lamp", "La\1mp"),
    LINE.replace("Lamp", "La\\mp\\"),
    LINE.replace("Lamp", '"C:\\"'),
    LINE.replace("Lamp", "x" * 2_500_000),
    LINE.replace("Lamp", "Lamp\0"),
    LINE.replace("Lamp", '"' + '""' * 500 + '"'),
    LINE.replace("2025-09-10", "0000-01-01"),
    LINE.replace("2025-09-10", "infinity"),
    LINE.replace("2025-09-10", "9999-12-31"),
    LINE.replace("2025-09-10", "2025-09-10T23:59:59.999999999-12:00"),
    LINE.replace(",2,", ",2147483648,"),
    LINE.replace(",2,", ",-2,").replace("21.00", "-21.00"),
    LINE.replace(",2,10.50", ",2147483647,99999999.9999"),
    LINE.replace("21.00", "2.1e1"),
    LINE.replace("21.00", "99999999999999999999"),
    LINE.replace("10.50", "+10.50"),
    LINE.replace("10.50", "10.500000"),
    LINE.replace("21.00", "20.995"),
    LINE.replace("21.00", "20.99"),
    LINE.replace("21.00", "21.02"),
]

# Around a text that is trimmed, and inside one that is not.
UNSEEN = ["\t", " ", "\u200b", "\ufeff", "\u00a0\u3000", "\x07", "\x7f", "\ufffd"]
IDS = [
    *(f"U{place}{unseen}" for place, unseen in enumerate(UNSEEN)),
    *(f"V{place}{unseen}1" for place, unseen in enumerate(UNSEEN)),
    *UNSEEN,
    *("A 1", "1E5", "A+1", "Café", "1-2-3", "\U0001f6d2", "EE+1"),
    *("8.41E+12", "8,41e+12", "1E+05", "A1", "A1\t", "A1\u200b"),
]

ACROSS = [
    LINE.replace("Lamp", '"Lamp,\n""Retro""\r\nwith shade"'),
    LINE,
    LINE.replace("Lamp", '12" TV'),
    LINE.replace("Lamp", '"\nLamp"'),
    LINE.replace("Lamp", '"Lamp'),
    LINE,
]

OBJECT = '{"customer_id": "C1", "age_group": "26-35", "signup_date": "2024-01-01"}'
OBJECTS = [
    OBJECT,
    "\t",
    "{}",
    "[]",
    "1",
    "null",
    OBJECT + " x",
    OBJECT + OBJECT,
    OBJECT.replace('"', "'"),
    OBJECT.replace("C1", "C\\u0041\\n\\t"),
    OBJECT.replace('"C1"', "NaN"),
    OBJECT.replace('"C1"', "007"),
    OBJECT.replace('"C1"', "true"),
    OBJECT.replace('"C1"', "null"),
    OBJECT.replace('"C1"', '{"a": [1, "b"]}'),
    OBJECT.replace('"C1"', "12345678901234567890"),
    OBJECT.replace('"26-35"', "12345678901234567.25"),
    OBJECT.replace('"26-35"', '1.5, "nested": {"a": [1]}'),
    OBJECT.replace("C1", "é\u2028灯"),
    OBJECT.replace("{", "{,"),
    OBJECT.replace("}", ",}"),
    OBJECT.replace("{", "{/* note */"),
    OBJECT.replace('"customer_id"', "customer_id"),
    OBJECT.replace('"customer_id"', '"Customer_Id"'),
    OBJECT.replace('"customer_id"', '"customer_id": "C2", "customer_id"'),
    OBJECT[:-1],
    '"text',
    "C3,Gold",
]


def numbered(lines: Iterable[str], prefix: str) -> list[str]:
    """Give lines ids of their own, that no other file has."""
    return [line.replace("T1", f"{prefix}-{place}") for place, line in enumerate(lines)]


def rows_for_every_rule() -> list[str]:
    """Write a sale that breaks it for every rule, and one for every form of a value."""
    fields: list[Mapping[str, str | None]] = [
        *BROKEN.values(),
        *WARNED.values(),
        *({"date": text} for text in (*DAYS, *NO_DAYS)),
        *({"quantity": text} for text in WHOLE_NUMBERS),
        *({"unit_price": text} for text in PRICES),
        *({"total_amount": text, "quantity": "1"} for text in AMOUNTS),
        *({"total_amount": text, "unit_price": text} for text in AMOUNTS),
        *({"customer_id": text} for text in IDS),
        *({"date": text} for text in ("2023-12-31", "2024-01-01", "2025-12-19")),
    ]
    fields += [{"transaction_id": text} for text in IDS]
    rows: list[dict[str, str | None]] = [{**SALE, **each} for each in fields]
    texts = [",".join(_field(row[name]) for name in SALE) for row in rows]
    return [HEADER, *numbered(texts, "rule")]


def _field(text: str | None) -> str:
    return f'"{text}"' if "," in (text or "") else text or ""


def versions() -> dict[str, list[str]]:
    """Write sales of one id: equal ones, contradicting ones, and those of a newer file."""
    respelled = LINE.replace("2025-09-10", "2025-09-10T08:00:00Z")
    respelled = respelled.replace("10.50", "10.5").replace(",2,", ",2.0,")
    other = LINE.replace(",2,", ",3,").replace("21.00", "31.50")
    broken = LINE.replace(",2,", ",many,")
    files = {
        "sales_2.csv": [LINE, respelled, LINE, other, LINE, broken, LINE, LINE],
        "sales_9.csv": [other, LINE, LINE, LINE, LINE, LINE, broken, other],
        "sales_10.csv": [LINE, other, broken, LINE, other, LINE, broken, LINE],
    }
    ids = {
        "sales_2.csv": [1, 1, 1, 2, 2, 3, 3, 4],
        "sales_9.csv": [1, 2, 3, 4, 4, 5, 6, 7],
        "sales_10.csv": [1, 2, 3, 5, 6, 6, 7, 8],
    }
    return {
        name: [
            line.replace("T1", f"version-{number}")
            for line, number in zip(lines, ids[name], strict=True)
        ]
        for name, lines in files.items()
    }


def write(path: Path, lines: Iterable[str], end: str = "\n", tail: bytes = b"") -> None:
    """Write lines to a file, packed if its name says so."""
    content = end.join(lines).encode() + tail
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content) if path.name.endswith(".gz") else content)


def write_sales(folder: Path) -> None:
    """Write files of sales of every kind."""
    ends = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
    for name, end in ends.items():
        for ending in ("csv", "csv.gz"):
            own = numbered(LINES, f"{name}-{ending}")
            # The last line is cut within a character.
            write(folder / f"{name}.{ending}", [HEADER, *own, LINE], end, b"\xc3")
    write(folder / "rules.csv", rows_for_every_rule())
    for name, lines in versions().items():
        write(folder / name, [HEADER, *lines])
    write_across_lines(folder)
    backwards = [HEADER, *numbered([LINE, BAD], "backwards")]
    turned = [",".join(line.split(",")[::-1]) for line in backwards]
    write(folder / "backwards.csv", ["", " ", *turned])
    upper = [f"\ufeff Note ,{HEADER.upper()}", f'"say ""hi"", twice",{LINE}']
    upper += [f'"é, ""灯""",{BAD}', f",{LINE}"]
    for ending in ("csv", "csv.gz"):
        own = numbered(upper, f"upper-{ending}")
        write(folder / f"upper.{ending}", own, "\r\n")
    many = [*(f"column {number}" for number in range(4_000)), *HEADERS]
    named = ",".join('"' + name.replace('"', '""') + '"' for name in many)
    values = ",".join(['"a ""b"", c"'] * len(many))
    own = numbered([f"{LINE},{values}", f"{BAD},{values}"], "wide")
    wide = [f"{HEADER},{named}", *own]
    write(folder / "wide.csv", wide)
    latin = [HEADER, *numbered([LINE.replace("Lamp", "Café")], "latin")]
    (folder / "latin.csv").write_bytes("\n".join(latin).encode("latin-1"))
    write(folder / "none.csv", [HEADER])
    for number, name in enumerate(FILES):
        write(folder / name, [HEADER, *numbered([LINE, BAD], f"file-{number}")])


def write_across_lines(folder: Path, prefix: str = "") -> None:
    """Write files whose fields span lines, plain and packed."""
    for ending in ("csv", "csv.gz"):
        own = numbered(ACROSS, f"across-{ending}")
        write(folder / f"{prefix}across.{ending}", [HEADER, *own])


def write_customers(folder: Path) -> None:
    """Write files of customers of every kind, and of one customer 5,000 versions."""
    folder.mkdir(parents=True, exist_ok=True)
    own = [each.replace("C1", f"C{place}") for place, each in enumerate(OBJECTS)]
    write(folder / "odd.ndjson", own)
    (folder / "bytes.json").write_bytes(
        b'{"customer_id": "C\xff"}\n{"customer_id": \xff}\n'
    )
    for number, text in enumerate(LAYOUTS.values()):
        shop = text.replace('"C1"', f'"L{number}"').replace('"C2"', f'"M{number}"')
        write(folder / f"{number}.json{'.gz' * (number % 2)}", [shop])
    for number in (2, 9, 10):
        version = {"customer_id": "Y", "membership_tier": f"tier {number}"}
        write(folder / f"version_{number}.json", [json.dumps(version)])
    tiers = (
        json.dumps({"customer_id": "X", "membership_tier": n}) for n in range(5000)
    )
    write(folder / "versions.json", tiers)


def bought(path: Path) -> None:
    """Write a sale to each of the odd customers."""
    numbers = range(len(OBJECTS))
    ids = [f"{kind}{number}" for number in numbers for kind in "CLM"]
    ids += ["X", "Y", "7", "007", "true", "NaN", "12345678901234567890"]
    sales = [
        sale(1, transaction_id=f"bought-{place}", customer_id=customer)
        for place, customer in enumerate(ids)
    ]
    write(path, [HEADER, *(",".join(each.values()) for each in sales)])


def write_parts(path: Path) -> None:
    """Write sales with columns that are optional, each broken in one of them."""
    names = [*SALE, *sorted(RAW_SALES.optional_columns)]
    lines = [",".join(names)]
    for broken in ("", *names[len(SALE) :]):
        sound = SALE | {"transaction_id": f"PARTS-{broken}", "currency": "CHF"}
        row = sound | ({broken: "ten"} if broken else {})
        lines.append(",".join(row.get(name, "0") for name in names))
    path.write_text("\n".join(lines))
