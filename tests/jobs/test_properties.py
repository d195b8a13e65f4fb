"""Laws that hold for any delivery, checked against a model of the rules written in plain Python."""

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesetl.engines import functions as F
from salesetl.engines.engine import Engine
from salesetl.parsing import parse_fields
from salesetl.pipelines.sales.contracts import RAW_SALES
from tests.frames import SALE, classified, raw_frame_of
from tests.jobs.shop import Shop, sale

AS_OF = date(2025, 9, 30)
SALES = RAW_SALES.bind(
    as_of=AS_OF, earliest_date=date.min, start_date=date.min, end_date=date.max
)

DATES = {
    "2025-09-10": date(2025, 9, 10),
    "2025-09-10T23:00:00-02:00": date(2025, 9, 11),
    "2025-10-01": date(2025, 10, 1),
    "2025-02-29": None,
    "": None,
}
QUANTITIES = {"2": 2, "2.0": 2, "-1": -1, "0": 0, "1.5": None, "x": None, "": None}
PRICES = {
    "10.50": "10.50",
    "10.5": "10.50",
    "0": "0",
    "-1": None,
    "0.12345": None,
    "": None,
}
TOTALS = ["21.00", "21", "-10.50", "0", "21.02", "n/a", ""]

delivered_sales = st.lists(
    st.fixed_dictionaries(
        {
            "transaction_id": st.sampled_from(["T1", "T2", "T3", "T4", "T5", ""]),
            "date": st.sampled_from(list(DATES)),
            "quantity": st.sampled_from(list(QUANTITIES)),
            "unit_price": st.sampled_from(list(PRICES)),
            "total_amount": st.sampled_from(TOTALS),
        }
    ),
    max_size=25,
)


def reasons_of(row: dict[str, str]) -> set[str]:
    """Say which rules a delivered sale breaks."""
    day, quantity = DATES[row["date"]], QUANTITIES[row["quantity"]]
    price = PRICES[row["unit_price"]]
    total = None if row["total_amount"] in ("n/a", "") else Decimal(row["total_amount"])
    broken = {
        "transaction_id_is_present": not row["transaction_id"],
        "date_is_valid": day is None,
        "date_is_not_after_as_of": day is not None and day > AS_OF,
        "quantity_is_whole_number": quantity is None,
        "quantity_is_not_zero": quantity == 0,
        "unit_price_is_valid": price is None,
        "total_amount_is_decimal": total is None,
    }
    known_price = None if price is None else Decimal(price)
    if row["unit_price"] == "-1":
        known_price = Decimal(-1)
    if total is not None and quantity is not None and known_price is not None:
        due = (quantity * known_price).quantize(Decimal("0.01"), ROUND_HALF_UP)
        broken["total_amount_is_sum_of_its_parts"] = abs(total - due) > Decimal("0.01")
    return {name for name, is_broken in broken.items() if is_broken}


def content_of(row: dict[str, str]) -> Any:
    """Return what two sales must share to be the same: values, or the text where there is none."""
    if reasons_of(row):
        return tuple(row.values())
    values = DATES[row["date"]], QUANTITIES[row["quantity"]], PRICES[row["unit_price"]]
    return (*values, Decimal(row["total_amount"]))


def model(rows: list[dict[str, str]]) -> dict[str, Any]:
    """Count what must become of delivered sales."""
    versions = defaultdict(list)
    for place, row in enumerate(rows):
        versions[row["transaction_id"] or place].append(row)
    counts: dict[str, Any] = defaultdict(int)
    by_reason: dict[str, int] = defaultdict(int)
    for same in versions.values():
        is_conflict = len({content_of(row) for row in same}) > 1
        kept = same if is_conflict else same[:1]
        counts["duplicates_removed"] += len(same) - len(kept)
        for row in kept:
            reasons = reasons_of(row) | (
                {"conflicting_duplicate"} if is_conflict else set()
            )
            counts["rows_quarantined" if reasons else "rows_loaded"] += 1
            counts["amount"] += Decimal(0) if reasons else Decimal(row["total_amount"])
            for reason in reasons:
                by_reason[reason] += 1
    return {**counts, "rows_by_reason": dict(by_reason)}


@given(rows=delivered_sales)
def test_any_mix_of_faults_is_accounted_for_as_the_rules_say(
    engine: Engine, rows: list[dict[str, str]]
) -> None:
    raw = raw_frame_of(engine, RAW_SALES, [SALE | row for row in rows])
    cleaned = parse_fields(raw, RAW_SALES).withColumns(
        {"is_known_customer": F.lit(True), "signup_date": F.lit(None).cast("date")}
    )

    tally = classified(engine, cleaned, SALES).tally

    expected = model(rows)
    assert tally.rows_read == len(rows)
    assert tally.is_balanced
    assert tally.rows_loaded == expected.get("rows_loaded", 0)
    assert tally.rows_quarantined == expected.get("rows_quarantined", 0)
    assert tally.duplicates_removed == expected.get("duplicates_removed", 0)
    assert tally.rows_by_reason == expected["rows_by_reason"]
    assert sum(tally.loaded["total_amount"].values()) == expected.get("amount", 0)


runs = st.lists(
    st.tuples(
        st.booleans(),
        st.dictionaries(
            st.integers(1, 6),
            st.tuples(st.sampled_from([8, 9]), st.integers(1, 3)),
            max_size=5,
        ),
    ),
    min_size=2,
    max_size=3,
)


@pytest.mark.slow
@given(history=runs)
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history_of_merges_and_replacements_leaves_what_a_dictionary_would(
    shop: Shop, history: list[tuple[bool, dict[int, tuple[int, int]]]]
) -> None:
    lake = Path(mkdtemp(dir=shop.home)).name
    expected: dict[str, tuple[int, int]] = {}

    for number, (is_replacement, delivered) in enumerate(history):
        # A replacement is of September and brings sales of its own, so that it cannot collide.
        months = {
            key: (9 if is_replacement else month)
            for key, (month, _) in delivered.items()
        }
        ids = {
            key: f"R{number}-{key}" if is_replacement else f"T{key}"
            for key in delivered
        }
        sales = [
            sale(
                key,
                transaction_id=ids[key],
                date=f"2025-{months[key]:02}-15",
                quantity=str(quantity),
                total_amount=str(Decimal("10.50") * quantity),
            )
            for key, (_, quantity) in delivered.items()
        ]
        arguments: dict[str, Any] = {"allow_empty": True}
        if is_replacement:
            expected = {key: value for key, value in expected.items() if value[0] != 9}
            arguments |= {"write_mode": "replace"}
            arguments |= {"start_date": date(2025, 9, 1), "end_date": date(2025, 9, 30)}
        expected |= {
            ids[key]: (months[key], quantity)
            for key, (_, quantity) in delivered.items()
        }
        for _ in range(1 + number % 2):
            shop.load(
                shop.deliver(f"{lake}/in-{number}", sales), lake=lake, **arguments
            )

    if expected:
        enriched, summary = shop.tables(lake)
        assert {
            row["transaction_id"]: (row["month"], row["quantity"]) for row in enriched
        } == expected
        assert len(enriched) == len(expected)
        units = {
            month: sum(quantity for at, quantity in expected.values() if at == month)
            for month in {at for at, _ in expected.values()}
        }
        assert {row["month"]: row["units_sold"] for row in summary} == units
    else:
        assert not shop.months(lake)
