"""Writes the rows of a delivery of retail, some of them with a fault."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.dirt import Answers, Dirt
from generators.lines import content_of
from generators.randomness import Places
from generators.retail_dirt import MISSING_ORDER_ID, ORDER_DIRT, Row, are_loaded
from generators.retail_lines import RetailLines

REST = "rest_of_it_is_accepted"
ORDER_COLUMNS = (
    "order_id",
    "customer_id",
    "product_id",
    "order_date",
    "quantity",
    "unit_price",
    "total_amount",
)


def snapshot_rows(
    columns: Sequence[pa.StringArray],
    names: Sequence[str],
    places: Places,
    kinds: tuple[Dirt[Row], ...],
    delivered: str,
    answers: Answers,
) -> bytes:
    """Return rows of a snapshot with the faults at `places` in `kinds`, entered in the answers."""
    spoiled = {}
    for place in np.flatnonzero(places >= 0).tolist():
        row = _row(columns, names, place)
        kind = kinds[places[place]]
        lines = kind.lines(row)
        answers.add(kind, f"{delivered}/{row[names[0]]}", Decimal(0), len(lines))
        spoiled[place] = "\n".join(lines)
    answers.add_clean(len(places) - len(spoiled), 0)
    return _content(columns, spoiled)


def order_rows(
    columns: Sequence[pa.StringArray],
    places: Places,
    lines: RetailLines,
    delivered: str,
    answers: Answers,
) -> bytes:
    """Return lines of orders with their faults at `places`, entered in the answers.

    `places` has the fault of its order for each line; one line gets it, and the answers have that
    the others are rejected with it.
    """
    spoiled = {}
    totals = lines.totals
    orders = np.stack(
        [lines.starts, np.append(lines.starts, len(places))[1:], lines.hits]
    )
    for start, end, hit in orders[:, places[lines.starts] >= 0].T.tolist():
        kind = ORDER_DIRT[places[start]]
        faulty = range(start, end) if kind is MISSING_ORDER_ID else [hit]
        for line in faulty:
            [spoiled[line]] = kind.lines(_row(columns, ORDER_COLUMNS, line))
        amount = Decimal(int(totals[hit])).scaleb(-2)
        order_id = columns[0][start].as_py()
        answers.add(kind, f"{delivered}/{order_id}", amount, len(faulty))
        _add_rest(kind, end - start - len(faulty), answers)
    is_sound = are_loaded(places, ORDER_DIRT)
    is_counted = is_sound.copy()
    is_counted[list(spoiled)] = False
    answers.add_clean(int(is_counted.sum()), int(totals[is_counted].sum()))
    return _content(columns, spoiled)


def _add_rest(kind: Dirt[Row], lines: int, answers: Answers) -> None:
    """Enter the other lines of an order, which are rejected if the one with the fault is."""
    if lines and not kind.loaded:
        answers.rows_read += lines
        answers.rows_quarantined += lines
        answers.rows_by_reason[REST] += lines


def _row(columns: Sequence[pa.StringArray], names: Sequence[str], place: int) -> Row:
    return dict(zip(names, (column[place].as_py() for column in columns)))


def _content(columns: Sequence[pa.StringArray], spoiled: dict[int, str]) -> bytes:
    lines = pc.binary_join_element_wise(*columns, ",")
    if spoiled:
        is_spoiled = np.full(len(lines), False)
        is_spoiled[list(spoiled)] = True
        texts = [spoiled[place] for place in sorted(spoiled)]
        lines = pc.replace_with_mask(
            lines, pa.array(is_spoiled), pa.array(texts, pa.string())
        )
    return content_of(lines, has_dirt=bool(spoiled))
