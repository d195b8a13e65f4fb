"""The chart of revenue by month, this year beside the year before."""

from __future__ import annotations

from calendar import month_abbr
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import altair as alt

from salesetl.report.figures import growth
from salesetl.report.periods import months_of, period_of
from salesetl.report.picture import (
    Panel,
    Picture,
    Row,
    Rows,
    amounts_axis,
    by_currency,
    drawing,
    panel,
    roomy,
    titled,
)
from salesetl.report.shares import growth_text

_MONTHS = [month_abbr[month] for month in range(1, 13)]
# What the label of a month needs.
_PIXELS = 44


def year_on_year(
    name: str, rows: Rows, column: str, subtitle: str, month: Callable[[Row], date]
) -> list[Picture]:
    """Draw an amount in each month of the newest year, beside the same month of the year before.

    Nothing if the rows do not span more than twelve months. Growth is told where both months are
    whole.
    """
    days = [month(row) for row in rows]
    if len(months_of(days)) <= len(_MONTHS):
        return []
    year = max(days).year
    drawn = [row for row in rows if month(row).year in (year, year - 1)]
    compared = _compared(drawn, column, month, year)
    now = period_of([day for day in days if day.year == year])
    return [
        Picture(
            name,
            titled("Revenue year on year", drawn, f"{now} against {year - 1}"),
            f"{subtitle}, with growth on the same month of the year before. A pale column: days of"
            " this month are missing in the lake",
            by_currency(compared, lambda own, currency: [_months(own, currency, year)]),
            [_told(row, year) for row in compared],
        )
    ]


def _compared(
    rows: Rows, column: str, month: Callable[[Row], date], year: int
) -> list[dict[Any, Any]]:
    """Put both years of each month and currency into one row; None is a month without rows."""
    found = {(row["currency"], month(row)): row for row in rows}
    keys = {(currency, day.month) for currency, day in found}
    compared: list[dict[Any, Any]] = []
    for currency, number in sorted(keys, key=lambda key: (key[0] or "", key[1])):
        now = found.get((currency, date(year, number, 1)))
        before = found.get((currency, date(year - 1, number, 1)))
        compared.append(
            {
                "currency": currency,
                "month": number,
                year: now and now[column],
                year - 1: before and before[column],
                "whole": {
                    year: bool(now and now["is_complete_month"]),
                    year - 1: bool(before and before["is_complete_month"]),
                },
            }
        )
    return compared


def _growth(row: Mapping[Any, Any], year: int) -> Decimal | None:
    now, before = row[year], row[year - 1]
    return growth(now, before) if all(row["whole"].values()) else None


def _told(row: Mapping[Any, Any], year: int) -> Row:
    """Return a row as the table on the page has it."""
    change = _growth(row, year)
    return {
        "currency": row["currency"],
        "month": row["month"],
        str(year - 1): row[year - 1],
        str(year): row[year],
        "growth": "" if change is None else growth_text(change),
    }


def _months(rows: Rows, currency: str, year: int) -> Panel:
    years = [str(year - 1), str(year)]
    months: list[Mapping[Any, Any]] = list(rows)
    values = [
        {
            "month": month_abbr[row["month"]],
            "year": str(each),
            "amount": float(row[each]),
            "is_whole": row["whole"][each],
        }
        for row in months
        for each in (year - 1, year)
        if row[each] is not None
    ]
    labels = [
        {
            "month": month_abbr[row["month"]],
            "amount": float(max(row[year], row[year - 1], 0)),
            "label": growth_text(change, digits=0),
        }
        for row in months
        for change in [_growth(row, year)]
        if change is not None
    ]
    axis = alt.Axis(labelAngle=0, labelOverlap=True)
    x = alt.X("month:O", title=None, scale=alt.Scale(domain=_MONTHS), axis=axis)
    columns = drawing(values).encode(
        x=x,
        xOffset=alt.XOffset("year:N", scale=alt.Scale(domain=years)),
        y=amounts_axis("amount"),
        # The newest year has the colour that amounts have in other charts.
        color=alt.Color("year:N", title=None, scale=alt.Scale(domain=years[::-1])),
        opacity=alt.condition("datum.is_whole", alt.value(1), alt.value(0.4)),
        tooltip=["month:O", "year:N", alt.Tooltip("amount:Q", format=",.2f")],
    )
    text = drawing(labels).mark_text(dy=-7, opacity=roomy(len(_MONTHS) * _PIXELS))
    told = text.encode(x=x, y=amounts_axis("amount"), text="label:N")
    return panel(
        values, columns.mark_bar(), *([told] if labels else []), title=currency
    )
