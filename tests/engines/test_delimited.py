"""A broken quote costs its own record and no other, whatever stands around it."""

import io
from itertools import islice, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesetl.engines.delimited import (
    LONGEST_RECORD,
    TextFormat,
    cut_fields,
    first_record,
)
from salesetl.engines.record_cutter import RecordCutter

# transaction_id, date, product, quantity, note
SALES = TextFormat(",", "UTF-8", 1, True, width=5, number_places=(1, 3))


def cut(text: str, form: TextFormat = SALES) -> list[str]:
    """Cut a text into records, without the ends of their lines."""
    lines = io.StringIO(text, newline="")
    return [record.rstrip("\r\n") for record in RecordCutter(form).records(lines)]


def record(number: int, product: str, note: str = "") -> str:
    """Write a sale."""
    return f"T{number},2025-03-{number % 28 + 1:02},{product},1,{note}"


SOUND_TEXTS = [
    "Mug",
    '12" TV',
    'TV 12"',
    'a "b" c',
    '""',
    '"Mug, blue"',
    '"Mug ""blue"""',
    ' "Mug" ',
    '"gift\nwrap"',
    '"gift,\r\nwrap, blue"',
    '"gift ""x""\n\nwrap\n"',
    '"\ngift"',
    '"gift\nwrap, 1, 2, 3, 4"',
    '"1,2025-03-01\n2,2025-03-02"',
]
BROKEN_TEXTS = ['"Mug', '"Mug, blue', '"Mug"x', '"Mug" "x"', '"12" TV"', '"', '"""']

sound = st.builds(
    lambda product, note: (product, note, True),
    st.sampled_from(SOUND_TEXTS),
    st.sampled_from(["", *SOUND_TEXTS]),
)
broken = st.builds(
    lambda product, note, is_last: (
        (note, product, False) if is_last else (product, note, False)
    ),
    st.sampled_from(BROKEN_TEXTS),
    st.sampled_from(["", "Mug", '12" TV']),
    st.booleans(),
)


@pytest.mark.parametrize("delimiter", [",", "\t", "|", ";"])
@given(texts=st.lists(st.one_of(sound, sound, broken), max_size=12))
@settings(max_examples=300)
def test_damaged_records_cost_no_more_than_themselves(
    delimiter: str, texts: list[tuple[str, str, bool]]
) -> None:
    written = [
        record(number, product, note).replace(",", delimiter)
        for number, (product, note, _) in enumerate(texts)
    ]
    form = TextFormat(delimiter, "UTF-8", 1, True, SALES.width, SALES.number_places)

    found = cut("".join(f"{each}\n" for each in written), form)

    sound_ones = {
        each for each, (_, _, is_sound) in zip(written, texts, strict=True) if is_sound
    }
    damaged = sum(not is_sound for _, _, is_sound in texts)
    rejected = [
        each for each in found if len(cut_fields(each, delimiter) or []) != form.width
    ]
    assert len(found) == len(texts)
    assert len(rejected) <= damaged
    assert sound_ones <= set(found)


def test_a_field_of_a_number_spans_no_lines() -> None:
    lines = ['T1,"2025-03-01', 'T2,2025-03-02,"', 'Mug",1,', record(3, "Mug")]

    assert cut("\n".join(lines)) == [
        lines[0],
        "\n".join(lines[1:3]),
        lines[3],
    ]


def test_a_quote_that_is_closed_on_another_row_is_no_record_across_lines() -> None:
    lines = [record(1, '"Mug'), record(2, "Cup"), record(3, 'Mug"'), record(4, "Jug")]

    assert cut("\n".join(lines)) == lines


def test_a_record_that_never_ends_is_cut_by_line_at_little_cost() -> None:
    lines = ['T1,2025-03-01,"Mug', *repeat("x" * 1023, LONGEST_RECORD // 1024 + 5)]

    found = RecordCutter(SALES).records(f"{line}\n" for line in lines)

    assert [each.rstrip("\n") for each in islice(found, 3)] == lines[:3]


def test_fields_are_cut_as_records_are() -> None:
    assert cut_fields('a, "b, ""c""" ,12" TV,"",', ",") == [
        "a",
        'b, "c"',
        '12" TV',
        "",
        "",
    ]
    assert cut_fields('a,"b"c', ",") is None
    assert cut_fields('a,"b', ",") is None
    assert cut_fields("a\t b ", "\t") == ["a", " b "]


def test_a_record_of_ten_thousand_fields_is_cut() -> None:
    fields = ['"a ""b"""'] * 10_000

    assert cut_fields(",".join(fields), ",") == ['a "b"'] * 10_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", ("a,b", 1)),
        ("\n \r\na,b\r\n1,2\n", ("a,b", 3)),
        ('a,"b\nc"\n1,2\n', ('a,"b\nc"', 2)),
        ('a,"b\n1,2\n', ('a,"b\n1,2', 2)),
        ("", ("", 0)),
    ],
)
def test_the_first_record_is_the_header(text: str, expected: tuple[str, int]) -> None:
    assert first_record(io.StringIO(text, newline=""), ",") == expected
