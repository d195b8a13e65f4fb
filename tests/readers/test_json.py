"""JSON is read whatever its layout, and never guessed into nulls."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.engine import Engine
from salesetl.engines.functions import functions_of
from salesetl.errors import InputError
from salesetl.mapping.profile import Profile
from salesetl.model.source import Json
from salesetl.pipelines.sales.contracts import RAW_CUSTOMERS
from salesetl.readers.documents import is_across_lines
from salesetl.readers.files import HEAD_BYTES, find_files
from salesetl.readers.json import read_json

CUSTOMERS: list[dict[str, str | None]] = [
    {
        "customer_id": "C1",
        "age_group": "18-25",
        "membership_tier": "Gold",
        "signup_date": "2024-01-01",
    },
    {
        "customer_id": "C2",
        "age_group": 'é\n"{[',
        "membership_tier": None,
        "signup_date": "2024-01-02",
    },
]
LAYOUTS = {
    "lines": "\n".join(json.dumps(customer) for customer in CUSTOMERS),
    "lines with CRLF, blanks and a byte order mark": "\ufeff"
    + "\r\n\r\n".join(json.dumps(customer) for customer in CUSTOMERS),
    "array on one line": json.dumps(CUSTOMERS),
    "array, pretty": json.dumps(CUSTOMERS, indent=2, ensure_ascii=False),
    "objects, pretty": "\n".join(
        json.dumps(customer, indent=4) for customer in CUSTOMERS
    ),
}

JSON = Json(RAW_CUSTOMERS.schema)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("is_packed", [False, True])
def test_every_layout_gives_the_same_customers(
    engine: Engine, tmp_path: Path, layout: str, is_packed: bool
) -> None:
    content = LAYOUTS[layout].encode()
    path = tmp_path / "raw" / ("customers.json.gz" if is_packed else "customers.json")
    path.parent.mkdir()
    path.write_bytes(gzip.compress(content) if is_packed else content)

    raw = read_json(engine, str(path), RAW_CUSTOMERS, JSON, str(tmp_path / "staging"))

    rows = sorted(engine.rows(raw.frame), key=lambda row: str(row["customer_id"]))
    assert [{name: row[name] for name in CUSTOMERS[0]} for row in rows] == CUSTOMERS
    assert {row["_source_file"] for row in rows} == {str(path)}
    assert [json.loads(row["_raw_record"]) for row in rows] == CUSTOMERS
    assert all(row["_fault"] == "" for row in rows)


@pytest.mark.parametrize(
    ("text", "is_across"),
    [
        ('{"a": 1}\n{"a": 2}\n', False),
        ('[{"a": 1}]', True),
        ('{\n"a": 1\n}', True),
        ('{"a": 1}{"a": 2}', True),
        ('{"a": 1} {"a": 2}\n{"a": 3}', True),
        ('{"a": 1\n{"a": 2}\n{"a": 3}\n', False),
        ('{"a": "1\n{"a": 2}\n{"a": 3}\n', False),
        ('[{"a": 1},\n{"a" 2}, {"a": 3}]', True),
        ("[" * 100_000, True),
        ("[]", True),
        ('[{"a": 1} {"a": 2}, {"a": 3}]', True),
        ('[{"a": 1},, {"a": 2}, {"a": 3}]', True),
        ('[{"a": ' + "1" * 5000 + "}]", True),
        ('{"a": "' + "x" * HEAD_BYTES + '"}\n{"a": 2}\n', False),
        ('{"a": 1}' * HEAD_BYTES, True),
        ('{\n"a": "' + "x" * HEAD_BYTES + '"\n}', True),
        ("[" + ", ".join(['{"a": true, "b": "\\u00e9"}'] * 20_000) + "]", True),
        ('{"a": 1, "b": 2x}\n' + '{"a": 1}\n' * HEAD_BYTES, False),
    ],
)
def test_the_beginning_of_a_file_tells_whether_objects_go_across_lines(
    tmp_path: Path, text: str, is_across: bool
) -> None:
    path = tmp_path / "customers.json"
    path.write_text(text)

    [file] = find_files(str(path))

    assert is_across_lines(file) == is_across


@pytest.mark.parametrize(
    "broken", ['{"customer_id": "C3"', "null,", "C3,Gold", '"text']
)
def test_a_broken_line_is_malformed_and_the_others_are_read(
    engine: Engine, tmp_path: Path, broken: str
) -> None:
    path = tmp_path / "customers.json"
    path.write_text("\n".join([broken, json.dumps(CUSTOMERS[0]), broken]))

    raw = read_json(engine, str(path), RAW_CUSTOMERS, JSON, str(tmp_path / "staging"))

    rows = engine.rows(raw.frame)

    assert sorted(
        (row["_fault"] == "", row["customer_id"]) for row in rows if row["customer_id"]
    ) == [(True, "C1")]
    assert [row["_raw_record"] for row in rows if row["_fault"]] == [broken] * 2


@pytest.mark.parametrize(
    "text",
    [
        '[\n{"customer_id": "C1"} "oops",\n{"customer_id": "C2"}\n]',
        '[\n{"customer_id": "C1"},\n{"customer_id" "C2"}]',
        '\n[{"customer_id": "C1"},\n{"customer_id": "C2"}',
        "[\n" + "[" * 100_000,
        "[{}]\n[{}]",
    ],
)
def test_a_broken_array_is_refused_for_it_would_lose_sound_objects(
    duckdb: DuckDbEngine, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "customers.json"
    path.write_text(text)

    with pytest.raises(
        InputError, match=r"customers.json: is a JSON array .* broken at line [1-3];"
    ):
        read_json(duckdb, str(path), RAW_CUSTOMERS, JSON, str(tmp_path / "staging"))


def test_delimited_text_is_no_json(tmp_path: Path) -> None:
    path = tmp_path / "customers.json"
    path.write_text("customer_id,age_group\nC1,26-35\n")

    with pytest.raises(InputError, match="customers.json: is not JSON.*delimited"):
        is_across_lines(find_files(str(path))[0])


def test_bytes_that_are_not_utf_8_can_be_seen_and_kept(
    engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "customers.json"
    path.write_bytes(b'{"customer_id": "C\xff"}\n{"customer_id": \xff}\n')

    raw = read_json(engine, str(path), RAW_CUSTOMERS, JSON, str(tmp_path / "staging"))
    kept = engine.checkpoint(raw.frame, str(tmp_path / "kept"))

    [read, malformed] = sorted(
        engine.rows(kept), key=lambda row: str(row["_raw_record"])
    )
    assert (read["customer_id"], read["_fault"]) == ("C\ufffd", "")
    assert malformed["_raw_record"] == '{"customer_id": \ufffd}'
    assert malformed["_fault"] == "row_is_well_formed"


def test_numbers_keep_their_digits_and_unknown_fields_stay_in_the_record(
    engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "customers.json"
    path.write_text(
        '{"customer_id": 100000000000000000001, "age_group": 1.5, "nested": {"a": [1]}}\n'
        '{"customer_id": 10000001.0, "age_group": 12345678901234567.25, "nested": "1.5, 7"}\n'
    )

    raw = read_json(engine, str(path), RAW_CUSTOMERS, JSON, str(tmp_path / "staging"))

    rows = sorted(engine.rows(raw.frame), key=lambda row: len(row["age_group"]))
    assert [(row["customer_id"], row["age_group"]) for row in rows] == [
        ("100000000000000000001", "1.5"),
        ("10000001.0", "12345678901234567.25"),
    ]
    assert '"nested": {"a": [1]}' in rows[0]["_raw_record"]
    assert '"age_group": 12345678901234567.25, "nested"' in rows[1]["_raw_record"]


def test_layouts_may_be_mixed(engine: Engine, tmp_path: Path) -> None:
    for number, text in enumerate(LAYOUTS.values()):
        (tmp_path / f"{number}.json").write_text(text)

    raw = read_json(
        engine, str(tmp_path), RAW_CUSTOMERS, JSON, str(tmp_path / "_staging")
    )

    rows = engine.rows(raw.frame)
    assert len(rows) == len(CUSTOMERS) * len(LAYOUTS)
    assert {row["_source_file"] for row in rows} == {
        str(tmp_path / f"{number}.json") for number in range(len(LAYOUTS))
    }


@pytest.mark.parametrize(
    "profile", [Profile(), Profile(columns={"age_group": "membership_tier"})]
)
def test_many_small_files_make_one_plan(
    duckdb: DuckDbEngine, tmp_path: Path, profile: Profile
) -> None:
    for number in range(150):
        (tmp_path / f"{number}.json").write_text("".join(map(json.dumps, CUSTOMERS)))

    with functions_of(duckdb.functions):
        raw = read_json(
            duckdb,
            str(tmp_path),
            RAW_CUSTOMERS,
            JSON,
            str(tmp_path / "_staging"),
            profile=profile,
        )

    frame: Any = raw.frame
    assert "UNION" not in frame.sql().upper()
    rows = duckdb.rows(frame)
    assert len({row["_source_file"] for row in rows}) == 150
    assert len(rows) == 150 * len(CUSTOMERS)
