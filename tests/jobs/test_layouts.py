"""Text files of other systems get in as they are: with lines above the header, without one, in columns."""

from pathlib import Path
from typing import Any

import pytest

from salesetl.cli import main
from salesetl.display import report_text
from salesetl.engines.engine import Engine
from salesetl.errors import InputError
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.runs import RunReport, read_reports
from salesetl.storage import storage_of
from tests.frames import SALE
from tests.jobs.parity import Engines
from tests.jobs.shop import Shop

HEADER = ",".join(SALE)
LINE = ",".join(SALE.values())
OTHER = LINE.replace("T1", "T2")
BROKEN = "T3,2025-09-10"
PREAMBLE = ["Report of Shop 1", "", 'From "2025-09-01, to 2025-09-30']
UNITS = ",,,,pieces,EUR,,EUR"
GERMAN = "Beleg,Datum,Kunde,Artikel,Menge,Preis,Gebiet,Summe"
NAMES = f"names = {list(SALE)}".replace("'", '"')
WIDTHS = {
    "transaction_id": 4,
    "date": 10,
    "customer_id": [16, 20],
    "product": [22, 29],
    "quantity": 4,
    "unit_price": 8,
    "region": 6,
    "total_amount": [48, 55],
}
FIXED = "[fixed_width]\n" + "".join(f"{k} = {v}\n" for k, v in WIDTHS.items())


def in_columns(*values: str) -> str:
    """Write the values of a sale as a line of columns."""
    code, day, customer, product, quantity, price, region, total = values
    left = f"{code:4}{day:10} {customer:5} {product:8}"
    return f"{left}{quantity:>4}{price:>8}{region:6}{total:>8}"


def deliver(home: Path, lines: list[str], end: str = "\n") -> Path:
    """Write a delivery of one file."""
    path = home / "raw" / "sales.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes("".join(f"{line}{end}" for line in lines).encode())
    return path


def profile_of(home: Path, text: str) -> dict[str, Any]:
    """Write a profile, and return the option for it; none for no text."""
    (home / "profile.toml").write_text(text)
    return {"source_profile": str(home / "profile.toml")} if text else {}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("lines", "profile", "skipped"),
    [
        ([*PREAMBLE, HEADER], "", (2, 4)),
        (["", "  ", HEADER], "", None),
        (["sep=;", HEADER], "", None),
        (["SEP=;", "Report", HEADER], 'delimiter = ";"', (1, 3)),
        ([*PREAMBLE, HEADER], "skip_lines = 3", (2, 4)),
        ([HEADER, UNITS], "header_lines = 2", (1, 1)),
        ([GERMAN, HEADER], "header_lines = 2", (1, 2)),
        ([*PREAMBLE, GERMAN, "", HEADER], "header_lines = 2", (3, 6)),
        ([*PREAMBLE, HEADER, UNITS], "header_lines = 2", (3, 4)),
        ([*PREAMBLE, HEADER, UNITS], "skip_lines = 2\nheader_lines = 3", (3, 4)),
        ([], f"header = false\n{NAMES}", None),
        (PREAMBLE, f"header = false\nskip_lines = 3\n{NAMES}", (2, 0)),
        ([HEADER], 'delimiter = "\\t"', None),
    ],
)
def test_lines_beside_the_data_are_passed_over_and_told(
    lines: list[str],
    profile: str,
    skipped: tuple[int, int] | None,
    end: str,
    engine: Engine,
    tmp_path: Path,
) -> None:
    rows = [*lines, LINE, OTHER, BROKEN, ""]
    if ";" in "".join([*lines[:1], profile]):
        rows = [row.replace(",", ";") for row in rows]
    rows = [row.replace(",", "\t") if "\\t" in profile else row for row in rows]
    path = deliver(tmp_path, rows, end)

    report = Shop(engine, tmp_path).load(path, **profile_of(tmp_path, profile))

    assert (report.rows_loaded, report.rows_quarantined) == (2, 1)
    told = [(each["lines"], each["header_line"]) for each in _first(report)]
    assert told == ([skipped] if skipped else [])
    assert {each["file"] for each in _first(report)} <= {str(path)}


def _first(report: RunReport) -> list[dict[str, Any]]:
    return report.skipped_lines["first"] if report.skipped_lines else []


@pytest.mark.parametrize(
    ("lines", "profile"),
    [
        ([*PREAMBLE, HEADER, LINE, OTHER, BROKEN], ""),
        (
            ["sep=;", *(row.replace(",", ";") for row in (HEADER, LINE, BROKEN))],
            "",
        ),
        (
            [HEADER, UNITS, LINE.replace("Lamp", '"Lamp\nbig"'), BROKEN],
            "header_lines=2",
        ),
        ([LINE, OTHER, BROKEN, f"{LINE},x"], f"header = false\n{NAMES}"),
        (["Totals", LINE, BROKEN], f"header = false\nskip_lines = 1\n{NAMES}"),
        (
            [
                in_columns(*SALE.values()),
                in_columns(*SALE.values()).replace("T1", "é2").replace("Lamp", '灯 " '),
                in_columns(*SALE.values())[:-1],
                in_columns(*SALE.values()) + "  ",
                in_columns(*SALE.values()) + " 1",
                "\x1a",
            ],
            FIXED,
        ),
    ],
)
def test_both_engines_read_a_layout_alike(
    lines: list[str], profile: str, engines: Engines
) -> None:
    path = deliver(engines.home, lines)

    report = engines.load_sales(path, **profile_of(engines.home, profile))

    assert report.rows_loaded and report.rows_quarantined


def test_columns_of_fixed_width_are_cut_by_characters(
    engine: Engine, tmp_path: Path
) -> None:
    values = [*SALE.values()]
    accented = in_columns("É2", *values[1:3], '"灯 x', *values[4:])
    short, long = (
        in_columns("T3", *values[1:])[:-1],
        in_columns("T4", *values[1:]) + "0",
    )
    path = deliver(tmp_path, ["a header", in_columns(*values), accented, short, long])
    profile = profile_of(tmp_path, f"skip_lines = 1\n{FIXED}")
    shop = Shop(engine, tmp_path)

    report = shop.load(path, **profile)

    rows = {row["transaction_id"]: row for row in shop.rows(ENRICHED_SALES)}
    assert {key: row["product"] for key, row in rows.items()} == {
        "T1": "Lamp",
        "É2": '"灯 x',
    }
    assert report.rows_by_reason == {"row_is_well_formed": 2}
    assert sorted(row["raw_record"] for row in shop.quarantine()) == [short, long]


def test_the_last_column_may_end_with_its_line(engine: Engine, tmp_path: Path) -> None:
    profile = FIXED.replace("total_amount = [48, 55]", "total_amount = [48]")
    line = in_columns(*SALE.values())
    path = deliver(tmp_path, [line, line.replace("T1", "T2").replace("  21", "21")])

    report = Shop(engine, tmp_path).load(path, **profile_of(tmp_path, profile))

    assert report.rows_loaded == 2


@pytest.mark.parametrize(
    ("lines", "profile", "record", "corrected"),
    [
        (["Totals", "", HEADER, LINE, BROKEN], "skip_lines = 2", BROKEN, OTHER),
        ([HEADER, UNITS, LINE, BROKEN], "header_lines = 2", BROKEN, OTHER),
        (
            ["sep=;", *(row.replace(",", ";") for row in (HEADER, LINE, BROKEN))],
            "",
            BROKEN.replace(",", ";"),
            OTHER.replace(",", ";"),
        ),
        ([LINE, BROKEN], f"header = false\n{NAMES}", BROKEN, OTHER),
        (
            [in_columns(*SALE.values()), "T2"],
            FIXED,
            "T2",
            in_columns("T2", *[*SALE.values()][1:]),
        ),
    ],
)
def test_a_record_of_any_layout_is_corrected_and_replayed(
    lines: list[str],
    profile: str,
    record: str,
    corrected: str,
    duckdb: Engine,
    tmp_path: Path,
) -> None:
    shop = Shop(duckdb, tmp_path)
    path = deliver(tmp_path, lines)
    shop.load(path, run_id="first", **profile_of(tmp_path, profile))
    lake, fixes = str(tmp_path / "lake"), tmp_path / "fixes"
    where = ["--output_path", lake]
    main(["quarantine", "show", "first", *where, "--to", str(fixes)])
    [file] = fixes.glob("*.csv")
    text = file.read_text(encoding="utf-8-sig")
    assert text.endswith(f"\n{record}\n")
    file.write_text(text.replace(f"\n{record}\n", f"\n{corrected}\n"))

    main(["quarantine", "replay", "first", *where, "--records", str(fixes)])

    replayed = read_reports(storage_of(lake), lake, ["sales"])[-1]
    assert (replayed.rows_read, replayed.rows_loaded) == (1, 1)
    assert shop.ids() == ["T1", "T2"]


def test_a_report_says_on_which_line_the_header_is(
    duckdb: Engine, tmp_path: Path
) -> None:
    path = deliver(tmp_path, [*PREAMBLE, HEADER, LINE])

    report = Shop(duckdb, tmp_path).load(path)

    told = "lines that are no data: 2 in 1 files; the header of"
    assert f"{told} {path} is on line 4" in report_text(report)


WITHOUT = HEADER.replace("quantity", "qty").replace(",region", "")
COMPUTED = """
[columns]
product = "Artikel"
[expressions]
total_amount = "quantity * Price"
[filter]
keep = "Status = 'ok'"
"""


@pytest.mark.parametrize(
    ("lines", "profile", "told"),
    [
        (
            [WITHOUT, LINE],
            "",
            "header has no columns 'quantity' (did you mean 'qty'?), 'region' (found:",
        ),
        (
            [HEADER.replace("product", "article"), LINE],
            COMPUTED,
            "header has no columns 'Artikel' of columns.product (did you mean 'article'?), 'Price'"
            " of expressions.total_amount (did you mean 'unit_price'?), 'Status' of filter.keep",
        ),
        (
            [*PREAMBLE, LINE],
            "",
            "header line? If not, set header = false and names",
        ),
        (
            [row.replace(",", "\t") for row in (HEADER, LINE)],
            "",
            "the delimiter seems to be '\\t': set it as delimiter",
        ),
        ([LINE], f"header = false\n{NAMES[:-16]}]", "has 8 fields, but names in the"),
        (
            [LINE],
            f"header = false\n{NAMES.replace('region', 'area')}",
            "names of the source profile have no column 'region' (did you mean 'area'?)",
        ),
        (
            [LINE.replace(",", ";")],
            f"header = false\n{NAMES}",
            "the delimiter seems to be ';'",
        ),
        (["sep=x", HEADER], "", "fields are delimited by 'x', but only ',' ';'"),
        (
            [LINE, HEADER, OTHER],
            "",
            "line 2 has the names of the columns, but a line above it has as many fields",
        ),
        (
            ["x", HEADER, LINE],
            "skip_lines = 0",
            "the first line has none of the needed",
        ),
        (["", f"{HEADER},Region", LINE], "", "header names column 'region' twice"),
    ],
)
def test_a_header_that_is_not_there_is_told_with_the_remedy(
    lines: list[str], profile: str, told: str, duckdb: Engine, tmp_path: Path
) -> None:
    path = deliver(tmp_path, lines)

    with pytest.raises(InputError) as refusal:
        Shop(duckdb, tmp_path).load(path, **profile_of(tmp_path, profile))

    assert str(refusal.value).startswith(f"{path}: ")
    assert told in str(refusal.value)


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        ("skip_line = 3", "did you mean skip_lines?"),
        ("skip_lines = -1", "skip_lines is -1, but must be 0 or more"),
        (
            "skip_lines = '3'",
            "skip_lines is text in quotes, but must be a whole number",
        ),
        ("header_lines = 0", "header_lines is 0, but must be 1 to 10"),
        ("header = false", "header = false needs names"),
        ("names = ['a']", "set header = false too"),
        ("header = false\nnames = ['a', ' A ']", "have 'a' twice"),
        ("header = false\nnames = ['a', '']", "have '' without a name"),
        ("header = false\nnames = ['a']\nheader_lines = 2", "contradict each other"),
        ("[fixed_width]\na = 0", "fixed_width.a is 0, but must be a width"),
        ("[fixed_width]\na = true", "fixed_width.a is True, but must be"),
        ("[fixed_width]\na = [4, 2]", "fixed_width.a is [4, 2], but must be"),
        ("[fixed_width]\na = [1, 4]\nb = [4, 6]", "b begins at character 4, inside"),
        ("[fixed_width]\na = [1]\nb = 2", "b follows a column that has all up to"),
        ("delimiter = ','\n[fixed_width]\na = 4", "delimiter and [fixed_width] are"),
        ("header_lines = 2\n[fixed_width]\na = 4", "header_lines and [fixed_width]"),
    ],
)
def test_an_entry_about_lines_that_cannot_be_is_named(
    profile: str, told: str, duckdb: Engine, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as refusal:
        Shop(duckdb, tmp_path).load(
            deliver(tmp_path, [HEADER]), **profile_of(tmp_path, profile)
        )

    assert told in str(refusal.value)
