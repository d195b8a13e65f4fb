"""The forms of dates are written for all columns, and one answer tells their order."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from salesetl.model.types import T
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.suggesting.asking import Asker
from salesetl.suggesting.candidates import Candidates
from salesetl.suggesting.date_entries import put_dates
from salesetl.suggesting.draft import Draft
from salesetl.suggesting.object_profiles import object_profile
from salesetl.suggesting.object_samples import objects_of
from salesetl.suggesting.sampling import sampled
from salesetl.suggesting.table_samples import Column

OPEN = ["03/02/2025", "05/01/2025", "04/06/2025"]
SCHEMA = T.StructType(
    [T.StructField("date", T.DateType()), T.StructField("shipped", T.DateType())]
)


def dates_of(asker: Asker, **values: Sequence[str]) -> Draft:
    """Write the forms of some columns."""
    draft = Draft()
    columns = [Column(name, tuple(each)) for name, each in values.items()]
    put_dates(draft, columns, Candidates(SCHEMA, columns), asker)
    return draft


@pytest.mark.parametrize(
    ("answer", "entries"),
    [
        ("day_first", {"date_formats": ["d/M/yyyy", "d/M/yyyy H:mm"]}),
        ("month_first", {"date_formats": ["M/d/yyyy", "M/d/yyyy H:mm"]}),
    ],
)
def test_one_answer_is_for_all_columns(
    answer: str, entries: Mapping[str, Sequence[str]]
) -> None:
    asker = Asker({"date_order": answer})

    draft = dates_of(asker, date=OPEN, shipped=[f"{each} 10:00" for each in OPEN])

    assert draft.entries == entries
    assert [each.name for each in asker.asked] == ["date_order"]


def test_each_answer_names_what_it_has_first_and_all_forms() -> None:
    asker = Asker()

    dates_of(asker, date=["2025-01-02", "03/04/2025", "11/06/2025", "05/09/2025"])

    [question] = asker.asked
    assert question.answers == {
        "month_first": "M/d/yyyy, yyyy-M-d",
        "day_first": "d/M/yyyy, yyyy-M-d",
    }
    assert "such as 03/04/2025" in question.text


def test_a_form_that_is_sure_stays_whatever_the_answer() -> None:
    times = [f"{day}/12/2024 8:05" for day in range(20, 26)]

    for order, form in (("day_first", "d/M/yyyy"), ("month_first", "M/d/yyyy")):
        draft = dates_of(Asker({"date_order": order}), date=[*times, *OPEN])
        assert draft.entries == {"date_formats": ["d/M/yyyy H:mm", form]}


def test_iso_dates_stay_readable_beside_another_column() -> None:
    draft = dates_of(Asker(), date=["1/31/2025"], shipped=["2025-01-31", "2025-02-01"])

    assert draft.entries == {"date_formats": ["M/d/yyyy", "yyyy-M-d"]}


def test_iso_dates_alone_need_no_form() -> None:
    assert not dates_of(Asker(), date=["2025-01-31"], shipped=["2025-02-01"]).entries


@pytest.mark.parametrize(
    ("order", "form"), [("day_first", "d/M/yyyy"), ("month_first", "M/d/yyyy")]
)
def test_the_order_is_asked_of_objects_too(
    tmp_path: Path, order: str, form: str
) -> None:
    path = tmp_path / "orders.json"
    days = [f"0{1 + number % 9}/0{1 + number % 7}/2025" for number in range(60)]
    found = [{"order_id": f"O{day}", "created_at": day} for day in days]
    path.write_text(json.dumps(found))
    asker = Asker({"date_order": order})

    with sampled(str(path)) as sample:
        draft = object_profile(ORDERS.main, objects_of(sample), asker)

    assert draft.entries["date_format"] == form
    assert [each.name for each in asker.asked] == ["date_order"]
