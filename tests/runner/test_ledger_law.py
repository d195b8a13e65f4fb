"""Any runs over new files, in any order, cut off anywhere, leave what one run over all files does."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from salesetl.destinations.ledger import read_ledger
from salesetl.engines.engine import Engine
from salesetl.model.table import Table
from salesetl.pipelines.orders.contracts import FACT_ORDER_ITEMS, FACT_ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, SALES_SUMMARY
from salesetl.rows import read_rows
from salesetl.storage import storage_of
from tests.frames import ITEM, on_each_engine
from tests.jobs.shop import Shop, order, sale
from tests.power_cuts import power_for

REGIONS = ["North", "South", "West"]
# A run does about as many operations on its storage.
OPERATIONS = 90
# An example takes seconds, so that none is made smaller.
PHASES = (Phase.explicit, Phase.generate)

# What a file has of each key: a month, a kind of content, and whether that keeps all rules.
months, kinds = st.sampled_from([8, 9]), st.integers(0, 2)
rows = st.dictionaries(
    st.integers(1, 4),
    st.tuples(months, kinds, st.sampled_from([True, True, True, False])),
    max_size=4,
)


@dataclass(frozen=True)
class Step:
    """Files that come before a run, whether late customers have come, and when the run is cut off."""

    files: dict[int, dict[int, tuple[int, int, bool]]] = field(default_factory=dict)
    has_all_customers: bool = True
    operations: int = 10_000


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Deliver some files in any order, some of them first in an earlier state, over a few runs."""
    final = draw(st.lists(rows, min_size=2, max_size=4))
    order = draw(st.permutations(range(len(final))))
    steps: list[dict[int, dict[int, tuple[int, int, bool]]]] = [{}]
    for number in order:
        if draw(st.booleans()):
            # What is corrected in place has the same keys, and is sound if it was: a row that is
            # gone, or that is rejected now, would stay as it was.
            steps[-1][number] = {
                key: (draw(months), draw(kinds), is_sound)
                for key, (_, _, is_sound) in final[number].items()
            }
            steps.append({})
        steps[-1][number] = final[number]
        if draw(st.booleans()):
            steps.append({})
    customers_from = draw(st.integers(0, len(steps)))
    cuts = st.one_of(st.just(10_000), st.integers(0, OPERATIONS))
    return [
        Step(files, place >= customers_from, draw(cuts))
        for place, files in enumerate(steps)
    ]


def deliver_sales(
    shop: Shop, name: str, rows: dict[int, tuple[int, int, bool]]
) -> None:
    """Write a file of sales; a row that is not sound has no quantity."""
    shop.deliver(
        name,
        [
            sale(
                key,
                date=f"2025-{month:02}-15",
                region=REGIONS[kind],
                customer_id=f"C{key % 3}",
                quantity="2" if is_sound else "x",
            )
            for key, (month, kind, is_sound) in rows.items()
        ],
    )


def deliver_orders(
    shop: Shop, name: str, rows: dict[int, tuple[int, int, bool]]
) -> None:
    """Write a file of orders, of one to three lines; one that is not sound has no currency."""
    shop.deliver_orders(
        name,
        [
            order(
                key,
                order_timestamp=f"2025-{month:02}-15T08:00:00Z",
                items=[ITEM] * (kind + 1),
                order_total=21 * (kind + 1),
                currency="EUR" if is_sound else "?",
            )
            for key, (month, kind, is_sound) in rows.items()
        ],
    )


def load_sales(shop: Shop, raw: Path, lake: str, mode: str, step: Step) -> None:
    """Load sales; some customers may not have come yet."""
    known = ["C1", "C2"] if step.has_all_customers else ["C1"]
    customers = shop.home / f"{lake}-customers.json"
    customers.write_text(
        "".join(
            json.dumps({"customer_id": name, "membership_tier": "Gold"}) + "\n"
            for name in known
        )
    )
    shop.load(
        raw,
        customers,
        lake=lake,
        input_mode=mode,
        refresh_customers=True,
        allow_empty=True,
    )


def load_orders(shop: Shop, raw: Path, lake: str, mode: str, step: Step) -> None:
    """Load orders."""
    shop.load_orders(raw, lake=lake, input_mode=mode, allow_empty=True)


def content(shop: Shop, lake: str, tables: tuple[Table, ...]) -> list[Any]:
    """Return the rows of tables, which may not be there, with the files that they came from."""
    found = []
    for table in tables:
        root = shop.home / lake / table.folder
        rows = read_rows(storage_of(lake), str(root), table) if root.exists() else []
        found.append(sorted(map(str, rows)))
    return found


def check(
    shop: Shop,
    history: list[Step],
    deliver: Callable[[Shop, str, dict[int, tuple[int, int, bool]]], None],
    load: Callable[[Shop, Path, str, str, Step], None],
    tables: tuple[Table, ...],
) -> None:
    """Run a history, then load what is left; a run over all files into another lake does the same."""
    home = Path(mkdtemp(dir=shop.home)).name
    raw, daily, whole = shop.home / home / "raw", f"{home}/daily", f"{home}/whole"
    raw.mkdir()
    for step in history:
        for number, rows in step.files.items():
            deliver(shop, f"{home}/raw/day_{number}", rows)
        with power_for(step.operations, shop.home / daily):
            load(shop, raw, daily, "new", step)
    for _ in range(2):
        load(shop, raw, daily, "new", Step())

    load(shop, raw, whole, "all", Step())

    assert content(shop, daily, tables) == content(shop, whole, tables)
    files = {str(path) for path in raw.rglob("*.*") if path.stat().st_size}
    ledger = read_ledger(storage_of(daily), str(shop.home / daily), tables[0].namespace)
    assert {each.path for each in ledger if each.source != "customers"} == files


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Open a shop in an empty folder, on the engine of the test; its files count as large."""
    monkeypatch.setattr("salesetl.destinations.staying_files.LEAST_STAYING_BYTES", 0)
    return Shop(engine, tmp_path)


@pytest.mark.slow
@given(history=histories())
@settings(max_examples=2, phases=PHASES)
def test_any_runs_over_new_sales_leave_what_one_run_over_all_does(
    shop: Shop, history: list[Step]
) -> None:
    check(shop, history, deliver_sales, load_sales, (ENRICHED_SALES, SALES_SUMMARY))


@pytest.mark.slow
@given(history=histories())
@settings(max_examples=2, phases=PHASES)
def test_any_runs_over_new_orders_leave_what_one_run_over_all_does(
    shop: Shop, history: list[Step]
) -> None:
    check(shop, history, deliver_orders, load_orders, (FACT_ORDERS, FACT_ORDER_ITEMS))


HISTORY = [
    Step({1: {1: (8, 0, True), 2: (8, 0, True)}}, has_all_customers=False),
    # Corrects a sale, and brings one that is newer than what day_1 has of it.
    Step(
        {3: {1: (9, 1, True), 3: (9, 0, False)}, 1: {1: (8, 2, True), 2: (8, 2, True)}}
    ),
    Step({2: {1: (8, 1, True), 3: (8, 0, True), 4: (9, 2, True)}}),
]


@pytest.mark.one_spark
@on_each_engine
def test_days_that_come_late_and_corrected_leave_what_one_run_does(shop: Shop) -> None:
    check(shop, HISTORY, deliver_sales, load_sales, (ENRICHED_SALES, SALES_SUMMARY))


@pytest.mark.parametrize("operations", range(25, OPERATIONS, 30))
@pytest.mark.slow
def test_a_run_that_is_cut_off_anywhere_is_made_good_by_the_next(
    shop: Shop, operations: int
) -> None:
    history = [HISTORY[0], Step(HISTORY[1].files, operations=operations), HISTORY[2]]

    check(shop, history, deliver_sales, load_sales, (ENRICHED_SALES, SALES_SUMMARY))
