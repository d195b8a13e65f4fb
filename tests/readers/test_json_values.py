"""Values come out of JSON records as the texts they are, and records out of what wraps them."""

import pytest

from salesetl.readers.json_values import (
    KeyTwiceError,
    OtherKindError,
    parsed,
    path_of,
    records_at,
    value_at,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("10.10", "10.10"),
        (
            "0.1000000000000000055511151231257827",
            "0.1000000000000000055511151231257827",
        ),
        ("1e3", "1000"),
        ("2.50E-1", "0.250"),
        ("9007199254740993", "9007199254740993"),
        ("1e999999999", "1e999999999"),
        ("true", "true"),
        ("null", None),
        ('" x "', " x "),
    ],
)
def test_a_number_keeps_its_digits(number: str, text: str | None) -> None:
    record = parsed(f'{{"a": {{"b": [{number}]}}}}')

    assert value_at(record, path_of("$.a.b.0")) == text


def test_a_star_adds_up_the_numbers_of_a_list() -> None:
    record = parsed('{"a": [{"b": [{"c": "0.1"}, {"c": 0.2}]}, {"b": []}, {}]}')

    assert value_at(record, path_of("a.*.b.*.c")) == "0.3"
    assert value_at(record, path_of("z.*.c")) is None


@pytest.mark.parametrize("path", ["a", "a.b.c", "list", "list.*.b"])
def test_a_value_of_another_kind_is_refused(path: str) -> None:
    record = parsed('{"a": {"b": 1}, "list": [{"b": "one"}]}')

    with pytest.raises(OtherKindError):
        value_at(record, path_of(path))


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"a": NaN}',
        '{"a": 01}',
        '{"a": 1,}',
        "{",
        '{"a": "\\ud800"}x',
    ],
)
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parsed(text)


def test_half_a_character_has_no_text() -> None:
    with pytest.raises(ValueError):
        value_at(parsed('{"a": "\\ud800"}'), ("a",))


def test_a_key_twice_is_told_at_any_depth() -> None:
    with pytest.raises(KeyTwiceError):
        parsed('{"a": {"b": 1, "b": 1}}')


def test_records_are_found_where_they_are_wrapped() -> None:
    text = '{"page": 1, "data": {"x": [1], "orders" : [ {"id": 1.0} , {"id": 2}]}}'

    assert records_at(text, path_of("data.orders")) == ['{"id": 1.0}', '{"id": 2}']
    assert records_at(text, path_of("orders")) is None
    assert records_at(text, path_of("page")) is None
    assert records_at('{"orders": []}', ("orders",)) == []
