"""The forms of dates and numbers are told by all values, and never guessed."""

from collections.abc import Sequence

import pytest

from salesetl.mapping.date_forms import day_in
from salesetl.mapping.numbers import NumberForm
from salesetl.suggesting.seen_forms import date_forms, number_forms

ISO = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssZ"]


@pytest.mark.parametrize(
    ("values", "forms"),
    [
        (["2025-01-31", "2025-01-31T10:00:00Z"], ()),
        (["12/1/2010 8:26", "12/13/2010 10:01"], ("M/d/yyyy H:mm",)),
        (["31.12.2024", "01.02.2024"], ("d.M.yyyy",)),
        (["1/2/24 8:05 PM", "1/31/24 9:00 AM"], ("M/d/yy h:mm a",)),
        (["2025-09-03 10:00:00 +0000"], ("yyyy-M-d H:mm:ss Z",)),
        (["03-Jan-24"], ("d-MMM-yy",)),
        (["Jan 3, 2024", "Feb 13, 2024"], ("MMM d, yyyy",)),
        (["20240131"], ("yyyyMMdd",)),
        # With other forms beside it, ISO has one too.
        (["2025-01-02", "1/31/2025"], ("yyyy-M-d", "M/d/yyyy")),
        (
            ["2025-01-02 10:00:00", "1/31/2025 10:00"],
            ("yyyy-M-d H:mm:ss", "M/d/yyyy H:mm"),
        ),
        (
            ["2025-01-02T10:00:00.5Z", "1/31/2025 10:00"],
            ("yyyy-M-dTH:mm:ss.SSSZ", "M/d/yyyy H:mm"),
        ),
        # Days that follow one another tell which number is the day.
        ([f"{day:02}/01/2025" for day in range(1, 13)], ("d/M/yyyy",)),
        ([f"01/{day:02}/2025" for day in range(1, 13)], ("M/d/yyyy",)),
    ],
)
def test_all_values_together_tell_the_forms_of_dates(
    values: Sequence[str], forms: tuple[str, ...]
) -> None:
    found = date_forms(values)

    assert found.forms == forms
    assert found.share == 1
    assert not found.other_order
    assert all(any(day_in(each, form) for form in forms or ISO) for each in values)


def test_counted_days_are_dates_only_where_a_name_says_so() -> None:
    assert date_forms(["45964", "45965"]).share == 0
    assert date_forms(["45964", "45965"], may_count=True).forms == ("excel",)
    assert date_forms(["1700000000"], may_count=True).forms == ("epoch_s",)


def test_either_order_is_possible_where_nothing_tells() -> None:
    found = date_forms(["01/02/2024", "11/07/2024", "03/05/2024"])

    assert {*found.forms, *found.other_order} == {"d/M/yyyy", "M/d/yyyy"}


def test_the_other_order_has_all_forms() -> None:
    found = date_forms(
        ["25/12/2024 8:05", "01/02/2024", "11/07/2024", "03/05/2024", "2024-12-31"]
    )

    for forms in (found.forms, found.other_order):
        assert {"d/M/yyyy H:mm", "yyyy-M-d"} <= {*forms} and len(forms) == 3
    assert {*found.forms} ^ {*found.other_order} == {"d/M/yyyy", "M/d/yyyy"}


def test_both_orders_in_one_column_are_not_read_by_a_guess() -> None:
    found = date_forms(["31/01/2024", "01/31/2024", "30/01/2024"])

    assert found.forms == ("d/M/yyyy",)
    assert found.share == pytest.approx(2 / 3)


def test_a_form_that_only_late_rows_have_is_seen() -> None:
    early = [f"0{1 + day % 9}/12/2024" for day in range(5000)]

    assert date_forms([*early, *["31/12/2024"] * 50]).forms == ("d/M/yyyy",)


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (["12", "13.5"], NumberForm()),
        (["1.234,56", "12,00"], NumberForm(",", ".")),
        (["12,50", "3"], NumberForm(",")),
        (["1,234", "1,234.50"], NumberForm(".", ",")),
        (["1 234,50"], NumberForm(",", " ")),
        (["R$ 1.234,56", "-3,00"], NumberForm(",", ".", currency=True)),
        (["(4.00)", "5.10"], NumberForm(negative=("parentheses",))),
        (["4.00-", "5.10"], NumberForm(negative=("trailing",))),
    ],
)
def test_all_values_together_tell_the_form_of_numbers(
    values: Sequence[str], form: NumberForm
) -> None:
    assert number_forms([values]) == [form]


def test_three_digits_behind_a_point_may_be_thousands() -> None:
    assert number_forms([["1.250", "3"]]) == [NumberForm(), NumberForm(",", ".")]
    assert number_forms([["1.5", "1,5"]]) == [NumberForm()]
