"""A sample has whole lines and characters of a file, and says whether it is all of it."""

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from salesetl.errors import InputError
from salesetl.suggesting import sampling
from salesetl.suggesting.guessed_encodings import guessed_encoding
from salesetl.suggesting.object_samples import ObjectSample, objects_of
from salesetl.suggesting.sampling import sampled
from salesetl.suggesting.table_samples import table_of
from tests.frames import ORDER
from tests.suggesting.test_suggesting import revenue, suggested

ORDERS = [ORDER | {"order_id": f"O{number}"} for number in range(60)]


@pytest.fixture(autouse=True)
def few_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make small files large ones."""
    monkeypatch.setattr(sampling, "_HEAD_BYTES", 8 * 1024)
    monkeypatch.setattr(sampling, "_PART_BYTES", 1024)


def write(tmp_path: Path, name: str, content: str, encoding: str = "utf-8") -> str:
    """Write a file, and return its path."""
    path = tmp_path / name
    path.write_bytes(content.encode(encoding))
    return str(path)


def objects_in(path: str) -> ObjectSample:
    """Return the objects in the sample of a file that is larger than it."""
    with sampled(path) as sample:
        assert not sample.is_whole
        return objects_of(sample)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("wrapped", "records"),
    [
        (ORDERS, ""),
        ({"orders": ORDERS}, "orders"),
        ({"count": 9000, "page": [1], "orders": ORDERS}, "orders"),
        ({"meta": {"pages": [{"n": 1}]}, "data": {"all": ORDERS}}, "data.all"),
    ],
)
def test_the_objects_of_a_large_array_are_found(
    tmp_path: Path, wrapped: Any, records: str, indent: int | None
) -> None:
    path = write(tmp_path, "orders.json", json.dumps(wrapped, indent=indent))

    found = objects_in(path)

    assert found.records == records
    assert [each["order_id"] for each in found.objects[:3]] == ["O0", "O1", "O2"]
    if not records:
        lines = found.as_json().splitlines()
        assert [*map(json.loads, lines)] == ORDERS[: len(lines)]
        return
    written = json.loads(found.as_json())
    for name in records.split("."):
        written = written[name]
    assert written == ORDERS[: len(written)]


def test_an_object_a_line_is_sampled_from_all_over_a_file(tmp_path: Path) -> None:
    orders = [ORDER | {"order_id": f"O{number:03}"} for number in range(300)]
    lines = "".join(f"{json.dumps(each)}\n" for each in orders)

    found = objects_in(write(tmp_path, "orders.jsonl", lines))

    assert max(each["order_id"] for each in found.objects) > "O200"
    for line in found.as_json().splitlines():
        assert json.loads(line) in orders


@pytest.mark.parametrize("content", ['{"text": "', '{"count": 9, "texts": ["'])
def test_what_has_no_list_of_objects_is_refused_in_one_line(
    tmp_path: Path, content: str
) -> None:
    with pytest.raises(InputError, match="has no JSON object") as refused:
        objects_in(write(tmp_path, "orders.json", content + "x" * 9000 + '"'))

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_no_character_of_a_large_file_is_cut(tmp_path: Path, encoding: str) -> None:
    rows = "".join(f"{number};Thé à la menthe;2,50\n" for number in range(2000))

    with sampled(write(tmp_path, "a.csv", f"n;name;price\n{rows}", encoding)) as sample:
        assert not sample.is_whole
        for part in sample.parts:
            assert (
                part.endswith("50\n") and "\ufffd" not in part and "\ufeff" not in part
            )
        table = table_of(sample)

    [name] = [each for each in table.columns if each.name == "name"]
    assert set(name.values) == {"Thé à la menthe"}


def test_a_file_of_just_the_size_of_a_sample_is_whole(tmp_path: Path) -> None:
    content = "n;price\n" + "1;2,50\n" * 2000

    for size in (8 * 1024, 8 * 1024 + 1):
        packed = tmp_path / "a.csv.gz"
        packed.write_bytes(gzip.compress(content[:size].encode()))
        for path in (write(tmp_path, "a.csv", content[:size]), str(packed)):
            with sampled(path) as sample:
                assert sample.is_whole == (size == 8 * 1024)
                assert ("".join(sample.parts) == content[:size]) == sample.is_whole


def test_a_large_array_on_one_line_is_tried_and_loads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, "orders.json", json.dumps({"count": 60, "all": ORDERS}))

    found = suggested(capsys, path)

    assert not found["is_whole"] and not found["failure"]
    assert 'records = "all"' in found["profile"]
    assert 0 < found["rows_read"] == found["rows_loaded"] < 60


def test_a_large_table_is_tried_on_rows_from_all_over_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(
        f"{number},2025-01-0{1 + number // 1000},C1,Mug,1,2.00,North\n"
        for number in range(3000)
    )
    header = "id,date,customer,product,quantity,price,region\n"

    found = suggested(capsys, write(tmp_path, "export.csv", header + rows))

    assert not found["is_whole"]
    assert 0 < found["rows_read"] == found["rows_loaded"] < 3000
    assert revenue(found) == 2 * Decimal(found["rows_read"])


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Żółta łódź; gęś; Kraków; złoty", "windows-1250"),
        ("Sklep w Łodzi; żółty", "ISO-8859-2"),
        ("Zaźółć gęślą jaźń", "ISO-8859-2"),
        ("Příliš žluťoučký kůň", "windows-1250"),
        ("Őszibarack; bögre; tükör; Pécs", "windows-1250"),
        ("Thé à la crème; Orléans; Nîmes", "windows-1252"),
        ("Café; Curaçao; São Paulo; Nº 5", "windows-1252"),
        ("Wäscheständer; Größe; £5; ¥700; 20 m²", "windows-1252"),
        ("Müller; Orléans; São Paulo; Ålborg", "windows-1252"),
        ("Désignation; Quantité; très", "IBM850"),
    ],
)
def test_the_letters_of_a_language_tell_the_encoding(text: str, encoding: str) -> None:
    found = guessed_encoding([text.encode(encoding)])

    # Two encodings may have the same bytes for a text.
    assert text.encode(encoding).decode(found) == text
