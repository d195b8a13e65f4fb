"""Delimited files are bound by header name, and nothing in them is lost or misread."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from salesetl.engines.engine import Engine
from salesetl.errors import InputError
from salesetl.mapping.profile import Profile
from salesetl.pipelines.sales.contracts import RAW_SALES
from salesetl.readers.csv import read_csv
from tests.frames import SALE

HEADER = ",".join(SALE)
LINE = ",".join(SALE.values())


def write(path: Path, *lines: str, encoding: str = "utf-8", end: str = "\n") -> Path:
    """Write lines to a file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path


def rows_of(engine: Engine, path: Path, **options: Any) -> list[dict[str, Any]]:
    """Read a path and return its rows by record."""
    raw = read_csv(engine, str(path), RAW_SALES, **options)
    return sorted(engine.rows(raw.frame), key=lambda row: str(row["_raw_record"]))


def test_columns_are_bound_by_name_in_every_file(
    engine: Engine, tmp_path: Path
) -> None:
    backwards = list(SALE)[::-1]
    write(tmp_path / "1.csv", HEADER, LINE)
    write(
        tmp_path / "2.csv",
        ",".join(backwards),
        ",".join(SALE[name] for name in backwards),
    )
    write(tmp_path / "3.csv", f" Note ,{HEADER.upper()}", f"hello,{LINE}")

    raw = read_csv(engine, str(tmp_path), RAW_SALES)

    rows = engine.rows(raw.frame.select(*SALE))
    assert rows == [SALE] * 3
    assert raw.unknown_columns == ["Note"]
    assert len(raw.files) == 3


def test_each_row_keeps_its_file_its_record_and_its_header(
    engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "été 1+1=2 %41 [x]{y}#"
    path = write(
        folder / "a b.csv", f"note,{HEADER}", f'"say ""hi"", twice",{LINE}', f",{LINE}"
    )

    rows = rows_of(engine, folder)

    assert [row["_raw_record"] for row in rows] == [
        f'"say ""hi"", twice",{LINE}',
        f",{LINE}",
    ]
    assert {row["_source_file"] for row in rows} == {str(path)}
    assert {row["_source_header"] for row in rows} == {f"note,{HEADER}"}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_byte_order_mark_line_ends_and_packing_do_not_show(
    engine: Engine, tmp_path: Path, end: str, encoding: str, is_packed: bool
) -> None:
    product = LINE.replace("Lamp", "Lampe à bille 灯")
    path = write(tmp_path / "sales.csv", HEADER, product, encoding=encoding, end=end)
    if is_packed:
        packed = gzip.compress(path.read_bytes())
        path = tmp_path / "sales.csv.gz"
        path.write_bytes(packed)

    [row] = rows_of(engine, path)

    assert {name: row[name] for name in SALE} == SALE | {"product": "Lampe à bille 灯"}


def test_a_record_with_another_number_of_fields_is_malformed_and_whole(
    engine: Engine, tmp_path: Path
) -> None:
    short, long = LINE.rpartition(",")[0], f"{LINE},x"
    path = write(tmp_path / "sales.csv", HEADER, short, LINE, long)

    rows = rows_of(engine, path)

    assert [(row["_raw_record"], row["_fault"] == "") for row in rows] == [
        (short, False),
        (LINE, True),
        (long, False),
    ]
    assert all(rows[0][name] is None for name in SALE)


def test_quoted_fields_may_hold_delimiters_quotes_and_line_breaks(
    engine: Engine, tmp_path: Path
) -> None:
    quoted = '"Lamp, ""Retro""\nwith shade"'
    path = write(tmp_path / "sales.csv", HEADER, LINE.replace("Lamp", quoted), LINE)

    rows = rows_of(engine, path)

    assert sorted(row["product"] for row in rows) == [
        "Lamp",
        'Lamp, "Retro"\nwith shade',
    ]
    assert all(row["_fault"] == "" for row in rows)


@pytest.mark.parametrize("broken", ['"Lamp', '"La"mp', '"'])
def test_a_broken_quote_spoils_no_other_row(
    engine: Engine, tmp_path: Path, broken: str
) -> None:
    sound = [LINE.replace("T1", f"T{number}") for number in range(2, 6)]
    lines = [
        LINE.replace("Lamp", broken),
        *sound[:2],
        LINE.replace("Lamp", broken),
        *sound[2:],
    ]
    path = write(tmp_path / "sales.csv", HEADER, *lines)

    rows = rows_of(engine, path)

    assert len(rows) == 6
    kept = [row["transaction_id"] for row in rows if row["product"] == "Lamp"]
    assert sorted(kept) == ["T2", "T3", "T4", "T5"]


def test_a_backslash_is_a_character_like_any_other(
    engine: Engine, tmp_path: Path
) -> None:
    path = write(tmp_path / "sales.csv", HEADER, LINE.replace("Lamp", '"C:\\"'))

    [row] = rows_of(engine, path)

    assert row["product"] == "C:\\"


def test_blank_lines_are_no_rows_but_a_line_of_delimiters_is(
    engine: Engine, tmp_path: Path
) -> None:
    path = write(tmp_path / "sales.csv", HEADER, "", LINE, "", "," * 7, "")

    rows = rows_of(engine, path)

    assert [row["transaction_id"] for row in rows] == ["", "T1"]


def test_a_repeated_header_inside_a_file_is_a_row(
    engine: Engine, tmp_path: Path
) -> None:
    path = write(tmp_path / "sales.csv", HEADER, LINE, HEADER)

    assert len(rows_of(engine, path)) == 2


def test_a_column_that_is_missing_is_named(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "sales.csv", HEADER.replace("quantity", "qty"), LINE)

    with pytest.raises(
        InputError, match="sales.csv: header has no column 'quantity'.*qty.*profile"
    ):
        read_csv(engine, str(path), RAW_SALES)


def test_another_delimiter_is_recognised_in_the_error(
    engine: Engine, tmp_path: Path
) -> None:
    path = write(
        tmp_path / "sales.csv", HEADER.replace(",", ";"), LINE.replace(",", ";")
    )

    with pytest.raises(InputError, match="the delimiter seems to be ';'"):
        read_csv(engine, str(path), RAW_SALES)


def test_a_column_named_twice_is_refused(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "sales.csv", f"{HEADER},Region", f"{LINE},x")

    with pytest.raises(InputError, match="'region' twice"):
        read_csv(engine, str(path), RAW_SALES)


def test_an_unknown_column_can_be_made_an_error(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "sales.csv", f"{HEADER},note", f"{LINE},x")

    with pytest.raises(InputError, match="unknown column 'note'"):
        read_csv(engine, str(path), RAW_SALES, unknown_columns="fail")


def test_a_file_without_rows_has_none(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "sales.csv", HEADER)

    assert rows_of(engine, path) == []


def test_an_empty_folder_can_be_allowed(engine: Engine, tmp_path: Path) -> None:
    raw = read_csv(engine, str(tmp_path), RAW_SALES, allow_empty=True)

    assert engine.rows(raw.frame) == []
    assert set(SALE) < set(raw.frame.columns)


def test_characters_of_another_encoding_are_marked_not_guessed(
    engine: Engine, tmp_path: Path
) -> None:
    path = write(
        tmp_path / "sales.csv", HEADER, LINE.replace("Lamp", "Café"), encoding="latin-1"
    )

    assert [row["product"] for row in rows_of(engine, path)] == ["Caf\ufffd"]
    latin = rows_of(engine, path, profile=Profile(encoding="ISO-8859-1"))
    assert [row["product"] for row in latin] == ["Café"]


def test_a_tab_delimited_utf_16_export_is_read_with_a_profile(
    engine: Engine, tmp_path: Path
) -> None:
    lines = [line.replace(",", "\t") for line in (HEADER, LINE.replace("Lamp", "Café"))]
    path = write(tmp_path / "sales.csv", *lines, encoding="utf-16")

    with pytest.raises(InputError, match="UTF-16"):
        read_csv(engine, str(path), RAW_SALES)
    [row] = rows_of(engine, path, profile=Profile(delimiter="\t", encoding="UTF-16"))

    assert {name: row[name] for name in SALE} == SALE | {"product": "Café"}
