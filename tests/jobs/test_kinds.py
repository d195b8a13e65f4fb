"""Packed files, workbooks and Parquet get in like the text that they stand for."""

import bz2
import gzip
import io
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from salesetl.cli import main
from salesetl.engines.engine import Engine
from salesetl.errors import InputError, QualityError, SetupError
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.readers import unpacking
from salesetl.runs import read_reports
from salesetl.storage import storage_of
from tests.frames import SALE
from tests.jobs.parity import Engines
from tests.jobs.shop import Shop, order
from tests.readers.workbooks import write_workbook

LINE = ",".join(SALE.values())
CSV = "\n".join(
    [",".join(SALE), LINE, LINE.replace("T1", "T2"), "T3,2025", ""]
).encode()

SHEET: list[list[Any]] = [
    ["Sales report", *[None] * 7],
    [],
    list(SALE),
    ["T1", date(2025, 9, 10), "C1", "Lamp", 2, 10.5, "North", 21],
    [
        "T2",
        datetime(2025, 9, 11, 23, 30),
        "007",
        1e16,
        3,
        7.4,
        "=x",
        ("3*7.4", "22.200000000000003"),
    ],
    ["T3", "2025-09-12", 17850.0, "two\nlines", 1, 0.1, True, 0.1],
    ["T4", "12.09.2025", "C1", "Lamp", 1, 1, "North", 1],
    [None] * 8,
]


def zipped(content: bytes, *names: str) -> bytes:
    """Make an archive with the same content under several names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return file.getvalue()


def zstandard(content: bytes) -> bytes:
    """Pack as Zstandard, in two frames."""
    half = len(content) // 2
    codec = pa.Codec("zstd")
    return b"".join(
        codec.compress(part, asbytes=True) for part in (content[:half], content[half:])
    )


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "sales.zip": lambda content: zipped(content, "in/", "in/sales.csv", "__MACOSX/._s"),
    "sales.csv.bz2": bz2.compress,
    "sales.csv.zst": zstandard,
    "misnamed.csv": lambda content: zipped(content, "sales.csv"),
}


def deliver(home: Path, name: str, content: bytes) -> Path:
    """Write a file into a folder of its own."""
    path = home / "raw" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_what_is_packed_loads_as_its_text(
    name: str, encoding: str, duckdb: Engine, tmp_path: Path
) -> None:
    content = CSV.decode().replace("Lamp", "Lämp").encode(encoding)
    path = deliver(tmp_path, name, PACKED[name](content))
    (tmp_path / "profile.toml").write_text(
        f"encoding = '{encoding.removesuffix('-sig')}'"
    )
    shop = Shop(duckdb, tmp_path)

    report = shop.load(path, source_profile=str(tmp_path / "profile.toml"))

    assert (report.rows_loaded, report.rows_quarantined) == (2, 1)
    assert {row["product"] for row in shop.rows(ENRICHED_SALES)} == {"Lämp"}
    [rejected] = shop.quarantine()
    assert (rejected["source_file"], rejected["raw_record"]) == (str(path), "T3,2025")
    assert not list((tmp_path / "lake").rglob("*unpacked*"))


def test_both_engines_read_all_kinds_alike(engines: Engines) -> None:
    for number, (name, pack) in enumerate(PACKED.items()):
        deliver(engines.home, name, pack(CSV.replace(b"\nT", b"\nK%d" % number)))
    deliver(engines.home, "plain.csv", CSV)
    write_workbook(engines.home / "raw" / "book.xlsx", {"S": SHEET})
    path = engines.home / "raw"

    report = engines.load_sales(path)

    assert (report.rows_read, report.rows_loaded) == (5 * 3 + 4, 5 * 2 + 3 - 2)
    assert report.skipped_lines["lines"] == 1


def test_cells_of_a_workbook_keep_their_digits_and_dates(
    duckdb: Engine, tmp_path: Path
) -> None:
    path = write_workbook(tmp_path / "book.xlsx", {"Sales": SHEET, "Old": []}, "Old")
    shop = Shop(duckdb, tmp_path)

    report = shop.load(path)

    rows = {row["transaction_id"]: row for row in shop.rows(ENRICHED_SALES)}
    assert {key: row["date"] for key, row in rows.items()} == {
        "T1": date(2025, 9, 10),
        "T2": date(2025, 9, 11),
        "T3": date(2025, 9, 12),
    }
    texts = ("customer_id", "product", "region")
    assert [rows["T2"][name] for name in texts] == ["007", "1" + "0" * 16, "=x"]
    assert [rows["T3"][name] for name in texts] == ["17850", "two\nlines", "TRUE"]
    assert rows["T2"]["total_amount"] == Decimal("22.20")
    assert report.skipped_lines["first"][0] == {
        "file": str(path),
        "lines": 1,
        "header_line": 3,
    }
    [rejected] = shop.quarantine()
    assert rejected["raw_record"] == "T4,12.09.2025,C1,Lamp,1,1,North,1"


def test_a_profile_maps_a_workbook_and_real_dates_and_numbers_are_as_they_are(
    engines: Engines,
) -> None:
    rows: list[list[Any]] = [
        ["Beleg", "Datum", "Kunde", "Artikel", "Menge", "Preis", "Filiale"],
        ["B1", date(2025, 9, 3), "C1", "Lampe", 1, 1.299, "Nord"],
        ["B2", "04.09.2025", "C1", "Lampe; groß", 2, "1.299,50", "Nord"],
        ["B3", datetime(2025, 9, 5, 8, 30, 15, 250_000), "C1", "Lampe", 2, 1000, None],
    ]
    other: list[list[Any]] = [["Nothing"]]
    path = write_workbook(engines.home / "book.xlsx", {"X": other, "Verkauf": rows})
    profile = engines.home / "profile.toml"
    profile.write_text(
        'delimiter = ";"\nencoding = "ISO-8859-1"\ndate_format = "dd.MM.yyyy"\n'
        'decimal_comma = true\nsheet = "Verkauf"\n[columns]\ntransaction_id = "Beleg"\n'
        'date = "Datum"\ncustomer_id = "Kunde"\nproduct = "Artikel"\nquantity = "Menge"\n'
        'unit_price = "Preis"\nregion = "Filiale"\n[expressions]\n'
        'total_amount = "quantity * unit_price"\n'
    )

    report = engines.load_sales(path, source_profile=str(profile))

    assert report.rows_loaded == 3
    assert report.amounts["total_amount"][""]["loaded"] == "4600.30"


TYPES = pa.schema(
    [
        ("transaction_id", pa.string()),
        ("date", pa.date32()),
        ("customer_id", pa.dictionary(pa.int32(), pa.string())),
        ("product", pa.string()),
        ("quantity", pa.int64()),
        ("unit_price", pa.decimal128(18, 6)),
        ("region", pa.string()),
        ("total_amount", pa.float64()),
        ("sold_at", pa.timestamp("us", tz="Europe/Berlin")),
    ]
)
VALUES = [
    *("T1", date(2025, 9, 10), "007", 'Lamp, "big"\nred', 2),
    *(Decimal("1234.5000"), None, 2469.0, datetime(2025, 9, 10, 22, 30, tzinfo=UTC)),
]


@pytest.mark.parametrize("day", ["", '[columns]\ndate = "sold_at"'])
def test_parquet_loads_as_its_columns(day: str, engines: Engines) -> None:
    rows = [dict(zip(TYPES.names, VALUES, strict=True))]
    path = engines.home / "sales.parquet"
    parquet.write_table(pa.Table.from_pylist(rows, TYPES), path)
    profile = engines.home / "profile.toml"
    profile.write_text(f'date_format = "dd.MM.yyyy"\n{day}')

    report = engines.load_sales(path, source_profile=str(profile))

    assert report.rows_loaded == 1
    assert report.amounts["total_amount"][""]["loaded"] == "2469.00"


def test_a_row_of_a_workbook_is_named_and_replayed(
    duckdb: Engine, tmp_path: Path
) -> None:
    sheet = [*SHEET[2:6], *SHEET[6:7] * 1]
    path = write_workbook(tmp_path / "book.xlsx", {"S": sheet})
    shop, lake = Shop(duckdb, tmp_path), str(tmp_path / "lake")
    with pytest.raises(QualityError, match="'12.09.2025' in row 5 of /.*book.xlsx"):
        shop.load(path, max_rejected_ratio=0.1)
    shop.load(path, run_id="first")
    fixes = tmp_path / "fixes"
    main(["quarantine", "show", "first", "--output_path", lake, "--to", str(fixes)])
    [file] = fixes.glob("*.csv")
    file.write_text(
        file.read_text(encoding="utf-8-sig").replace("12.09.2025", "2025-09-12")
    )

    main(
        [
            "quarantine",
            "replay",
            "first",
            "--output_path",
            lake,
            "--records",
            str(fixes),
        ]
    )

    assert shop.ids() == ["T1", "T2", "T3", "T4"]
    assert read_reports(storage_of(lake), lake, ["sales"])[-1].rows_loaded == 1


def truncated(content: bytes) -> bytes:
    """Cut off the end of a file."""
    return content[: len(content) - 30]


BOOK = {"S": [["a"]], "T": [["a"]]}


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.zip", zipped(CSV, "a.csv", "b.csv"), "of 2 files (a.csv, b.csv), but must"),
        ("a.zip", zipped(CSV), "of 0 files"),
        ("a.zip", truncated(zipped(CSV, "a.csv")), "truncated or damaged ZIP archive"),
        ("a.zip", zipped(CSV, "a.csv"), ""),
        ("a.zip", zipped(gzip.compress(CSV), "a.csv.gz"), "is gzip"),
        (
            "a.zip",
            zipped(zipped(CSV, "a"), "a.zip"),
            "holds a ZIP archive, so it is packed",
        ),
        ("a.zip", zipped(b"", "a.csv"), "empty file"),
        (
            "a.gz",
            gzip.compress(bz2.compress(CSV)),
            "holds bzip2, so it is packed twice",
        ),
        (
            "a.bz2",
            truncated(bz2.compress(CSV)),
            "truncated or damaged bzip2 (Compressed",
        ),
        ("a.bz2", bz2.compress(CSV)[:20] + b"x" * 200, "truncated or damaged bzip2"),
        (
            "a.zst",
            truncated(zstandard(CSV)),
            "truncated or damaged Zstandard (Truncated",
        ),
        (
            "a.parquet",
            b"PAR1" + b"\0" * 90,
            "truncated or damaged Parquet (Parquet magic",
        ),
        (
            "a.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9,
            ".xls) or one with a password,",
        ),
        (
            "a.7z",
            b"7z\xbc\xaf\x27\x1c" * 9,
            "is a 7z archive, which is not read; unpack",
        ),
        (
            "a.rar",
            b"Rar!\x1a\x07\0" * 9,
            "is a RAR archive, which is not read; unpack it",
        ),
        ("a.pdf", b"%PDF-1.7\n%" * 9, "is a PDF, which is not read; export CSV"),
        (
            "a.xls",
            b"\n<html><body><table>",
            "is HTML, which is not read; save it as .xlsx",
        ),
        (
            "a.ods",
            zipped(b"", "content.xml"),
            "an OpenDocument file (.ods), which is not",
        ),
        (
            "a.xlsb",
            zipped(b"", "xl/workbook.bin"),
            "binary Excel workbook (.xlsb), which",
        ),
        (
            "a.xlsx",
            zipped(b"", "xl/workbook.xml"),
            "truncated or damaged Excel workbook",
        ),
    ],
)
def test_what_is_not_read_is_named_with_the_remedy(
    name: str, content: bytes, told: str, duckdb: Engine, tmp_path: Path
) -> None:
    if not told:
        # A password shows in a bit of the member and of the directory.
        content = content.replace(b"PK\x03\x04\x14\0\0\0", b"PK\x03\x04\x14\0\1\0")
        content = content.replace(b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0")
        told = "is a ZIP archive with a password; deliver it without one"
    path = deliver(tmp_path, name, content)

    with pytest.raises(InputError) as refusal:
        Shop(duckdb, tmp_path).load(path)

    assert str(refusal.value).startswith(f"{path}: ")
    assert told in str(refusal.value)


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        (
            "",
            "has 2 sheets (S, T); name one of them as sheet in a source profile, or with",
        ),
        ("sheet = 's'", "has no sheet 's'; did you mean S? Allowed: S, T"),
        ("sheet = ''", "sheet is empty"),
    ],
)
def test_a_sheet_that_is_not_named_or_not_there_is_told(
    sheet: str, told: str, duckdb: Engine, tmp_path: Path
) -> None:
    path = write_workbook(tmp_path / "book.xlsx", BOOK)
    (tmp_path / "profile.toml").write_text(sheet)

    with pytest.raises(InputError) as refusal:
        Shop(duckdb, tmp_path).load(path, source_profile=str(tmp_path / "profile.toml"))

    assert told in str(refusal.value)


@pytest.mark.parametrize("name", PACKED)
def test_what_unpacks_to_far_more_than_its_size_is_refused(
    name: str, duckdb: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_UNPACKED_BYTES", 1024**2)
    path = deliver(tmp_path, name, PACKED[name](CSV + b" " * 8 * 1024**2))

    with pytest.raises(InputError, match=f"{name}: unpacks to more than 200 times its"):
        Shop(duckdb, tmp_path).load(path)


def test_a_workbook_needs_a_module_that_may_not_be_there(
    duckdb: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    path = write_workbook(tmp_path / "book.xlsx", {"S": SHEET})

    with pytest.raises(
        SetupError, match=r"pip install 'salesetl\[excel\]'; make deploy"
    ):
        Shop(duckdb, tmp_path).load(path)


@pytest.mark.parametrize("name", ["orders.zip", "orders.json.bz2", "orders.json.zst"])
def test_objects_are_unpacked_too(name: str, engines: Engines) -> None:
    shop = Shop(engines.embedded, engines.home)
    folder = shop.deliver_orders("plain", [order(1), order(2)])
    content = (folder / "orders.json").read_bytes() + b"{broken\n"
    pack = next(pack for end, pack in PACKED.items() if name[-4:] == end[-4:])
    path = deliver(engines.home, name, pack(content))

    report = engines.load_orders(path)

    assert (report.rows_loaded, report.rows_quarantined) == (2, 1)


def test_a_workbook_is_no_source_of_nested_objects(
    duckdb: Engine, tmp_path: Path
) -> None:
    path = write_workbook(tmp_path / "orders.xlsx", {"S": [["order_id"]]})

    with pytest.raises(InputError, match="orders.xlsx: is not JSON, because no line"):
        Shop(duckdb, tmp_path).load_orders(path)


@pytest.mark.parametrize("name", ["sales.zip", "sales.csv.bz2", "sales.csv.zst"])
def test_what_is_packed_loads_from_s3(
    name: str, duckdb: Engine, s3_root: str, tmp_path: Path
) -> None:
    storage_of(s3_root).write(f"{s3_root}/raw/{name}", PACKED[name](CSV))
    book = write_workbook(tmp_path / "book.xlsx", {"S": SHEET})
    storage_of(s3_root).upload(str(book), f"{s3_root}/raw/later.xlsx")
    shop = Shop(duckdb, tmp_path)

    report = shop.load(f"{s3_root}/raw", output_path=f"{s3_root}/lake")

    assert (report.rows_read, report.rows_loaded) == (7, 3)
    left = [file.path for file in storage_of(s3_root).files(s3_root)]
    assert not [path for path in left if "unpacked" in path or "_staging" in path]
