"""Writes how a sample has its dates into a profile; the order of day and month is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from salesetl.mapping.date_forms import day_in
from salesetl.suggesting.asking import Asker
from salesetl.suggesting.candidates import Candidates
from salesetl.suggesting.draft import Draft
from salesetl.suggesting.seen_forms import DateForms, date_forms
from salesetl.suggesting.table_samples import Column


def put_dates(
    draft: Draft,
    columns: Sequence[Column],
    candidates: Candidates,
    asker: Asker,
    *,
    is_american: bool = True,
) -> None:
    """Write the forms of the dates in some columns; others than those of dates are passed over.

    What comes first, the day or the month, is asked once if it is open; `is_american` if that is
    rather the month.
    """
    dated = [
        (each, candidates.dates[each.name])
        for each in columns
        if each.name in candidates.dates
    ]
    if any(dates.forms for _, dates in dated):
        # With forms, ISO is not read any more.
        dated = [(each, _spelled(each, dates)) for each, dates in dated]
    forms = _forms(dated, asker, is_american=is_american)
    if len(forms) == 1:
        draft.put("date_format", forms[0])
    elif forms:
        draft.put("date_formats", forms)
    for column, dates in dated:
        if dates.share < 1:
            draft.remarks.append(
                f"{1 - dates.share:.1%} of the dates in {column.name!r} have none of these forms"
            )


def _spelled(column: Column, dates: DateForms) -> DateForms:
    return dates if dates.forms else date_forms(column.filled, spells_iso=True)


def _forms(
    dated: Sequence[tuple[Column, DateForms]], asker: Asker, *, is_american: bool
) -> list[str]:
    """Return the forms of all columns, of which one answer tells those that are open."""
    found: list[str] = []
    order = ""
    for column, dates in dated:
        if not dates.other_order:
            found += dates.forms
            continue
        both = {
            _order(dates.forms, dates.other_order): dates.forms,
            _order(dates.other_order, dates.forms): dates.other_order,
        }
        order = order or _asked(column, both, asker, is_american=is_american)
        found += both[order]
    return list(dict.fromkeys(found))


def _order(forms: Sequence[str], others: Sequence[str]) -> str:
    """Return the name of what comes first in those of some forms that others have swapped."""
    swapped = next(
        form for form, other in zip(forms, others, strict=True) if form != other
    )
    return f"{'day' if swapped.startswith('d') else 'month'}_first"


def _asked(
    column: Column,
    both: Mapping[str, Sequence[str]],
    asker: Asker,
    *,
    is_american: bool,
) -> str:
    """Ask what comes first, the day or the month."""
    likely = "month_first" if is_american else "day_first"
    orders = sorted(both, key=lambda each: each != likely)
    swapped = set(both[orders[0]]) - set(both[orders[1]])
    example = next(
        each for each in column.filled if any(day_in(each, form) for form in swapped)
    )
    return asker.answer(
        "date_order",
        f"What comes first in {column.name!r}, such as {example}, the day or the month?",
        {order: ", ".join(both[order]) for order in orders},
    )
