"""Files are cut into slices without losing or cutting a record."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesetl.engines import slices
from salesetl.engines.delimited import TextFormat
from salesetl.engines.slices import (
    Plan,
    Range,
    Records,
    Slice,
    lines_of,
    slices_of,
    write_slice,
)

TEXT = TextFormat(",", "UTF-8", 1, is_multiline=False, width=2)
QUERY = "select _record, _source_file from records_1"


def records(text: TextFormat = TEXT, *, is_ordered: bool = False) -> Records:
    """Make the records of a query."""
    return Records("records_1", text, is_ordered)


def written(path: str) -> list[Any]:
    """Return the rows of a Parquet file."""
    return duckdb.sql(f"from read_parquet('{path}')").fetchall()


@given(
    st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r\n", b"\xef\xbb\xbf"])),
    st.integers(1, 9),
    st.integers(1, 4),
)
def test_every_line_is_in_the_slice_in_which_it_begins(
    pieces: list[bytes], slice_bytes: int, part_bytes: int
) -> None:
    content = b"".join(pieces)

    found = b""
    for begin in range(0, len(content), slice_bytes):
        part = Range("f", begin, min(begin + slice_bytes, len(content)))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(slices, "_PART_BYTES", part_bytes)
            own = b"".join(lines_of(part, lambda at, size: content[at : at + size]))
        if begin and own:
            # Comes first, so that no byte order mark is at the beginning.
            assert own.startswith(b"\n")
            own = own[1:]
        assert not own or own.endswith(b"\n") or content.endswith(own)
        found += own

    assert found == content


def test_only_large_files_whose_lines_are_records_are_cut() -> None:
    sizes = {"a.csv": 250, "b.csv.gz": 250, "c.csv": 10}

    cut = [part.ranges for part in slices_of(records(), sizes, 100)]

    assert [[(each.path, each.begin, each.end) for each in part] for part in cut] == [
        [("a.csv", 0, 100)],
        [("a.csv", 100, 200)],
        [("a.csv", 200, 250)],
        [("b.csv.gz", 0, 250)],
        [("c.csv", 0, 10)],
    ]


def test_a_file_whose_rows_are_numbered_is_not_cut() -> None:
    [part] = slices_of(records(), {"a.csv": 1000}, 100, whole=True)

    assert part.ranges == (Range("a.csv", 0, 1000, is_whole=True),)


@pytest.mark.parametrize(
    "own",
    [
        records(is_ordered=True),
        records(TextFormat(",", "UTF-8", 1, is_multiline=True, width=2)),
        records(TextFormat(",", "UTF-16", 1, is_multiline=False, width=2)),
    ],
    ids=["ordered", "multiline", "wide"],
)
def test_other_files_are_slices_as_a_whole(own: Records) -> None:
    [part] = slices_of(own, {"a.csv": 1000}, 100)

    assert part.ranges == (Range("a.csv", 0, 1000, is_whole=True),)


def test_slices_of_a_file_have_its_records_once_each_and_no_header(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.csv"
    lines = [f"{n},{'é' * (n % 7)}" for n in range(200)]
    file.write_text("\ufeffid,name\n" + "\n".join(lines))
    own = records()

    parts = [*slices_of(own, {str(file): file.stat().st_size}, 100)]
    paths = [
        write_slice(Plan(QUERY, [own]), part, str(tmp_path / "out")) for part in parts
    ]

    assert len({*paths}) == len(paths) > 10
    rows = [row for path in paths for row in written(path)]
    assert sorted(rows) == sorted((line, str(file)) for line in lines)


def test_records_are_looked_up_in_tables(tmp_path: Path) -> None:
    known = tmp_path / "known.parquet"
    duckdb.sql(f"copy (select 'a' as _record, 1 as n) to '{known}'")
    file = tmp_path / "a.csv"
    file.write_text("h\na\nb\n")
    query = "select _record, n from view_1 left join frame_1 using (_record)"
    plan = Plan(query, [records()], {"view_1": QUERY}, {"frame_1": known.read_bytes()})

    path = write_slice(
        plan,
        Slice("records_1", (Range(str(file), 0, 6, is_whole=True),)),
        str(tmp_path / "out"),
    )

    assert sorted(written(path)) == [("a", 1), ("b", None)]


def test_nothing_is_a_slice_of_no_rows(tmp_path: Path) -> None:
    path = write_slice(Plan(QUERY, [records()]), Slice(), str(tmp_path / "out"))

    assert written(path) == []
