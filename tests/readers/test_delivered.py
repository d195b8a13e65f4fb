"""A record is found again in its file by its line, and of it one value is taken."""

import gzip
import json
from pathlib import Path

import pytest

from salesetl.mapping.expressions import Expression
from salesetl.mapping.profile import Profile
from salesetl.mapping.sections import Key
from salesetl.readers.delivered import field_value, line_of, lines_of, object_value
from salesetl.readers.files import read_whole
from salesetl.storage import StoredFile, storage_of

CSV = 'a,b\r\n1,"x\r\ny"\r\n\r\nx1,z\r\n1,z\r\n'


@pytest.mark.parametrize(
    ("record", "line"), [('1,"x\r\ny"', 2), ("x1,z", 5), ("1,z", 6), ("2,z", None)]
)
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1"])
@pytest.mark.parametrize("is_packed", [True, False])
def test_a_record_is_found_by_its_first_line(
    tmp_path: Path, record: str, line: int | None, encoding: str, is_packed: bool
) -> None:
    content = CSV.encode(encoding)
    path = tmp_path / ("sales.csv.gz" if is_packed else "sales.csv")
    path.write_bytes(gzip.compress(content) if is_packed else content)

    assert line_of(str(path), record, encoding) == line


def test_of_many_records_all_are_found_and_the_file_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes(CSV.encode())
    read: list[str] = []

    def counting(file: StoredFile) -> bytes:
        read.append(file.path)
        return read_whole(file)

    monkeypatch.setattr("salesetl.readers.delivered.read_whole", counting)

    found = lines_of(str(path), ['1,"x\r\ny"', "x1,z", "1,z", "2,z"], "UTF-8")

    assert found == {'1,"x\r\ny"': 2, "x1,z": 5, "1,z": 6}
    assert read == [str(path)]


def test_the_mark_of_utf_8_stands_over_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("ä\ndía\n", encoding="utf-8-sig")

    assert [line_of(str(path), text, "ISO-8859-1") for text in ("ä", "día")] == [1, 2]


def test_an_object_across_lines_is_found_by_where_it_begins(tmp_path: Path) -> None:
    orders = [{"order_id": "A1"}, {"order_id": "A2"}]
    text = json.dumps(orders, indent=1)
    path = tmp_path / "orders.json"
    path.write_text(text)

    record = text[text.index('{\n  "order_id": "A2"') : -2].replace("\n", " ")

    assert line_of(str(path), record, "UTF-8") == 5


def test_a_record_on_s3_is_found(s3_root: str) -> None:
    storage_of(s3_root).write(f"{s3_root}/sales.csv", CSV.encode())

    assert line_of(f"{s3_root}/sales.csv", "1,z", "UTF-8") == 6


HEADER = "Id;Menge;product;Preis"
PROFILE = Profile(
    delimiter=";",
    columns={"quantity": "MENGE", "unit_price": "Preis"},
    constants={"region": "North"},
    expressions={"total_amount": Expression("quantity * unit_price")},
    key=Key("transaction_id", ("Id",)),
)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("quantity", "2;0"),
        ("product", "Lamp"),
        ("region", None),
        ("total_amount", None),
        ("transaction_id", None),
        ("date", None),
    ],
)
def test_a_value_is_taken_where_a_profile_says_it_is(
    column: str, value: str | None
) -> None:
    record = '7;"2;0";Lamp;1'

    assert field_value(record, HEADER, column, PROFILE) == value


@pytest.mark.parametrize("record", ["7;2", '7;"2;Lamp;1', ""])
def test_a_record_of_another_width_has_no_values(record: str) -> None:
    assert field_value(record, HEADER, "quantity", PROFILE) is None


@pytest.mark.parametrize(
    ("record", "path", "value"),
    [
        ('{"customer": {"country": "DE", "segment": "x"}}', "customer.country", "DE"),
        ('{"order_total": 12.3400}', "order_total", "12.3400"),
        ('{"currency": {"owner": "Ann"}}', "currency", None),
        ('{"customer": "Ann"}', "customer.country", None),
        ('{"items": [{"quantity": 1}]}', "items", None),
        ('{"currency": ', "currency", None),
    ],
)
def test_a_value_of_an_object_is_taken_by_its_path(
    record: str, path: str, value: str | None
) -> None:
    assert object_value(record, path) == value
