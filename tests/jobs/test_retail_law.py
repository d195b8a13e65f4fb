"""Deliveries of retail in any order, split and repeated, leave what one run over all leaves."""

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from salesetl.engines.engine import Engine
from salesetl.errors import InputError
from salesetl.model.table import Table
from salesetl.pipelines.retail.contracts import (
    CUSTOMERS,
    ORDER_LINES,
    PRODUCTS,
    REJECTED_CUSTOMERS,
    REJECTED_PRODUCTS,
)
from tests.jobs.retailer import Retailer, Rows, customer, line, product

# An example takes seconds, so that none is made smaller.
PHASES = (Phase.explicit, Phase.generate)
TABLES = (CUSTOMERS, PRODUCTS, ORDER_LINES, REJECTED_CUSTOMERS, REJECTED_PRODUCTS)
DAYS = ("2025-01-01", "2025-01-02", "2025-01-03")
HEADERS = {"customers": customer(1), "products": product(1), "orders": line(1)}

# Of each row in a file: what is told of it, and what is wrong with it, if anything.
kinds = st.sampled_from(["", "", "", "wrong", "malformed", "nameless"])
facts = st.dictionaries(
    st.integers(1, 3), st.tuples(st.integers(1, 2), kinds), max_size=3
)
order_lines = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 2), kinds), max_size=5
)


@dataclass(frozen=True)
class File:
    """A file of a delivery, as the text of its rows."""

    day: str
    name: str
    rows: list[str]

    def write(self, retailer: Retailer) -> None:
        """Deliver the file; a run takes one that is delivered again for changed."""
        folder = retailer.raw / f"delivered={self.day}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / self.name).write_text("".join(f"{row}\n" for row in self.rows))


@dataclass(frozen=True)
class Step:
    """Files that come before a run."""

    files: list[File] = field(default_factory=list)


def text_of(row: dict[str, str], kind: str, wrong: str) -> str:
    """Write a row: wrong in a column, malformed, or without what names it."""
    name = next(iter(row))
    spoilt = {"wrong": {wrong: "x"}, "nameless": {name: ""}}.get(kind, {})
    text = ",".join((row | spoilt).values())
    return f"{text},surplus" if kind == "malformed" else text


@st.composite
def deliveries(draw: st.DrawFn) -> list[File]:
    """Make the files of some days, the orders of which may be in two files or missing."""
    files = []
    for day in DAYS:
        contents = {
            "customers.csv": [
                text_of(customer(key, last_name=f"L{told}"), kind, "registration_date")
                for key, (told, kind) in draw(facts).items()
            ],
            "products.csv": [
                text_of(product(key, price=f"{told}.00"), kind, "price")
                for key, (told, kind) in draw(facts).items()
            ],
        }
        for name in ("orders.csv", "orders_2.csv")[: draw(st.integers(0, 2))]:
            contents[name] = [
                text_of(line(order, product_id=f"P{told}"), kind, "quantity")
                for order, told, kind in draw(order_lines)
            ]
        for name, rows in contents.items():
            header = ",".join(HEADERS[name.split(".")[0].split("_")[0]])
            files.append(File(day, name, [header, *rows]))
    return files


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Deliver all files in any order over some runs, and some of them again."""
    files = draw(deliveries())
    steps = [Step()]
    for file in draw(st.permutations(files)):
        steps[-1].files.append(file)
        if draw(st.integers(0, 2)) == 0:
            steps.append(Step())
    for step in steps[1:]:
        step.files.extend(draw(st.lists(st.sampled_from(files), max_size=2)))
    return steps


def rows_of(retailer: Retailer, table: Table, lake: str) -> Rows:
    """Return the rows of a table in a fixed order; none of a table that is not there."""
    try:
        return sorted(retailer.rows(table, lake), key=str)
    except InputError:
        return []


@settings(max_examples=4, deadline=None, phases=PHASES)
@given(history=histories())
def test_any_runs_over_new_files_leave_what_one_run_leaves(
    engine: Engine, history: list[Step]
) -> None:
    retailer = Retailer(engine, Path(mkdtemp()))
    for step in history:
        for file in step.files:
            file.write(retailer)
        retailer.load("by_steps", input_mode="new", allow_empty=True)

    retailer.load("at_once", allow_empty=True)

    for table in TABLES:
        by_steps = rows_of(retailer, table, "by_steps")
        assert by_steps == rows_of(retailer, table, "at_once"), table.name
