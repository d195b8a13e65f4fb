"""Rows that make sense only together are accepted, rejected, superseded and replayed together."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from salesetl import registry
from salesetl.cli import main
from salesetl.conforming import conform
from salesetl.engines.engine import Engine
from salesetl.model.options import CsvOptions, InputPath, LoadOptions, option
from salesetl.model.pipeline import Output, Pipeline
from salesetl.model.rules import Rule
from salesetl.model.source import Csv, Source
from salesetl.model.strategies import Merge
from salesetl.model.table import SOURCE_FILE, Table, column
from salesetl.model.types import T
from salesetl.model.versions import ColumnVersion
from salesetl.rows import read_rows
from salesetl.runner.runner import run
from salesetl.runs import RunReport
from salesetl.storage import storage_of
from tests.frames import on_each_engine

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

LINE = T.StructType(
    [
        column("order_id", T.StringType(), "Order of the line"),
        column("line_number", T.IntegerType(), "Place in its order"),
        column("amount", T.DecimalType(18, 2), "What is due for it", is_rounded=True),
        column("revision", T.IntegerType(), "Higher for a later correction"),
    ]
)
RAW_LINES = Table(
    name="lines",
    namespace="till",
    grain="one line of an order as delivered",
    schema=LINE,
    key=("order_id", "line_number"),
    amounts=("amount",),
    rules=(
        Rule("order_id_is_present", "order_id is not null"),
        Rule("amount_is_decimal", "amount is not null"),
    ),
)
TILL_LINES = Table(
    name="till_lines",
    namespace="till",
    grain="one line of an order",
    schema=T.StructType([*LINE.fields, SOURCE_FILE]),
    key=("order_id", "line_number"),
    amounts=("amount",),
    strategy=Merge(by=("order_id",)),
)


_HEADER = "order_id,line_number,amount,revision"


@dataclass(frozen=True, kw_only=True)
class TillOptions(CsvOptions, LoadOptions):
    """Load lines of orders that were delivered flat."""

    lines_path: InputPath = option("CSV files of lines")


def build_till_lines(lines: "DataFrame") -> "DataFrame":
    """Give lines the shape of TILL_LINES."""
    return conform(lines, TILL_LINES)


TILL = Pipeline(
    name="till",
    job="load_till",
    options=TillOptions,
    sources=(Source(RAW_LINES, Csv(), whole=("order_id",)),),
    outputs=(Output(TILL_LINES, build_till_lines, of="lines"),),
)


# The same, in which each line tells when it was changed last.
REVISED = replace(
    TILL,
    sources=(replace(TILL.main, version=ColumnVersion("revision")),),
)


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """Let the library know the pipeline."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(registry, "PIPELINES", (*registry.PIPELINES, TILL))
        yield


class Till:
    """A till that delivers files of lines, and loads them."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self.engine, self.home, self.pipeline = engine, home, TILL

    def load(self, name: str, *lines: str, **options: Any) -> RunReport:
        """Deliver a file and load it."""
        full = [line if line.count(",") == 3 else f"{line},1" for line in lines]
        return self.load_text(name, _HEADER, *full, **options)

    def load_text(self, name: str, *lines: str, **options: Any) -> RunReport:
        """Deliver a file of these lines, the header among them, and load it."""
        path = self.home / "in" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join([*lines, ""]))
        return run(
            self.pipeline,
            self.engine,
            lines_path=str(path),
            output_path=str(self.home / "lake"),
            **{"max_rejected_ratio": 1.0, "allow_empty": True, **options},
        )

    def lines(self) -> dict[str, Decimal]:
        """Return the amounts of the published lines."""
        path = str(self.home / "lake" / TILL_LINES.folder)
        rows = read_rows(storage_of(path), path, TILL_LINES)
        return {
            f"{row['order_id']}.{row['line_number']}": row["amount"] for row in rows
        }


@pytest.fixture
def till(engine: Engine, tmp_path: Path) -> Till:
    """Open a till with an empty lake."""
    return Till(engine, tmp_path)


@on_each_engine
def test_one_rejected_line_rejects_its_order_and_no_other(till: Till) -> None:
    report = till.load("1.csv", "O1,1,5", "O1,2,x", "O1,3,7", "O2,1,1", ",1,1")

    assert till.lines() == {"O2.1": Decimal(1)}
    assert (report.rows_read, report.rows_loaded, report.rows_quarantined) == (5, 1, 4)
    assert report.rows_by_reason == {
        "order_id_is_present": 1,
        "amount_is_decimal": 1,
        "rest_of_it_is_accepted": 2,
    }
    assert report.amounts["amount"][""]["rejected"] == "13.00"


@on_each_engine
def test_a_malformed_line_rejects_the_order_that_it_still_tells(till: Till) -> None:
    report = till.load_text(
        "1.csv",
        _HEADER,
        *("A,1,5,1", "A,2"),
        *("B,1,5,1", "B,2,5,1,surplus"),
        *("C,1,5,1", 'C,2,"5,1'),
        *("D,1,5,1", '"D","2"2,"5","1"'),
        *("E,1,5,1", " E ,2"),
        # Nobody can tell whose line this is.
        *("F,1,5,1", 'F"",2",5,1,"'),
        *("G,1,5,1", '"G,2,5,1'),
    )

    assert till.lines() == {"F.1": Decimal(5), "G.1": Decimal(5)}
    assert report.rows_by_reason == {
        "row_is_well_formed": 7,
        "rest_of_it_is_accepted": 5,
    }


@on_each_engine
def test_a_malformed_line_that_names_another_order_costs_no_more_than_that(
    till: Till,
) -> None:
    report = till.load_text("1.csv", _HEADER, "A,1,5,1", "B,1,5,1", "A,5,1", "1,5,1")

    assert till.lines() == {"B.1": Decimal(5)}
    assert (report.rows_loaded, report.rows_quarantined) == (1, 3)


def test_equal_malformed_lines_of_an_order_are_all_kept(till: Till) -> None:
    report = till.load_text("1.csv", _HEADER, "A,1,5,1", "A,2", "A,2")

    assert (report.rows_quarantined, report.duplicates_removed) == (3, 0)


@on_each_engine
@pytest.mark.parametrize(
    "profile",
    [
        '[columns]\norder_id = "Order"',
        '[key]\ncolumn = "order_id"\nparts = ["Shop", "Order"]',
        """[expressions]\norder_id = "concat(Shop, '-', Order)\"""",
    ],
)
def test_a_malformed_line_tells_its_order_as_the_source_profile_makes_it(
    till: Till, tmp_path: Path, profile: str
) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(f"{profile}\n")

    report = till.load_text(
        "1.csv",
        "Shop,Order,line_number,amount,revision",
        *("X,A,1,5,1", "X,A,2"),
        *("X,B,1,5,1", "X,C,1,5,1", "X"),
        source_profile=str(path),
    )

    assert sorted(till.lines().values()) == [Decimal(5), Decimal(5)]
    assert report.rows_by_reason == {
        "row_is_well_formed": 2,
        "rest_of_it_is_accepted": 1,
    }


@on_each_engine
def test_a_line_of_fixed_width_that_ends_early_tells_its_order(
    till: Till, tmp_path: Path
) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(
        "[fixed_width]\n"
        "order_id = [1, 2]\nline_number = [3, 4]\namount = [5, 8]\nrevision = [9, 9]\n"
    )

    till.load_text(
        "1.txt",
        *("A  1 5001", "A  2 5"),
        *("B  1 5001", "B"),
        *("C  1 5001", "C  2 5001 surplus"),
        source_profile=str(path),
    )

    assert till.lines() == {"B.1": Decimal(500)}


def test_a_corrected_order_is_replayed_whole(till: Till) -> None:
    till.load("1.csv", "O1,1,5", "O1,2,x", "O2,1,1", run_id="first")
    lake, fixes = ["--output_path", str(till.home / "lake")], till.home / "fixes"
    main(["quarantine", "show", "first", *lake, "--to", str(fixes)])
    [records] = fixes.glob("*.csv")
    rejected = sorted(records.read_text("utf-8-sig").split()[1:])
    assert rejected == ["O1,1,5,1", "O1,2,x,1"]
    records.write_text(records.read_text().replace("x", "6"))

    main(["quarantine", "replay", "first", *lake, "--records", str(fixes)])

    assert till.lines() == {
        "O1.1": Decimal(5),
        "O1.2": Decimal(6),
        "O2.1": Decimal(1),
    }


def replay(
    till: Till, correct: Callable[[str], str], run_id: str = "again"
) -> RunReport:
    """Replay what `first` has rejected, as it was corrected by hand."""
    root, fixes = str(till.home / "lake"), till.home / "fixes"
    main(["quarantine", "show", "first", "--output_path", root, "--to", str(fixes)])
    for path in fixes.glob("*.csv"):
        path.write_text(correct(path.read_text()))
    return run(
        till.pipeline,
        till.engine,
        lines_path=str(fixes),
        output_path=root,
        replay_of="first",
        run_id=run_id,
        max_rejected_ratio=1.0,
        allow_empty=True,
    )


@on_each_engine
def test_a_replayed_line_takes_no_published_lines_of_its_order_away(till: Till) -> None:
    till.load("1.csv", "O1,1,5", "O1,2,6", ",3,7", ",1,9", run_id="first")

    report = replay(
        till, lambda text: text.replace(",3,7", "O1,3,7").replace(",1,9", "O2,1,9")
    )

    assert till.lines() == {
        "O1.1": Decimal(5),
        "O1.2": Decimal(6),
        "O2.1": Decimal(9),
    }
    assert report.rows_by_reason == {"rest_of_it_is_not_published": 1}
    assert (report.rows_read, report.rows_loaded, report.rows_quarantined) == (2, 1, 1)
    till.load("2.csv", "O1,1,5", "O1,2,6", "O1,3,7")
    assert len(till.lines()) == 4


def test_a_replayed_line_that_equals_a_published_one_is_not_lost(till: Till) -> None:
    till.load("1.csv", "O1,1,5", ",1,5", run_id="first")

    report = replay(till, lambda text: text.replace(",1,5", "O1,1,5"))

    assert till.lines() == {"O1.1": Decimal(5)}
    assert report.rows_by_reason == {"rest_of_it_is_not_published": 1}


def test_an_order_of_another_file_is_replaced_by_a_replay(till: Till) -> None:
    till.load("1.csv", "O1,1,5", "O1,2,6")
    till.load("2.csv", ",1,7", run_id="first")

    replay(till, lambda text: text.replace(",1,7", "O1,1,7"))

    assert till.lines() == {"O1.1": Decimal(7)}


def test_a_broken_version_leaves_the_order_as_it_was(till: Till) -> None:
    till.load("1.csv", "O1,1,5", "O1,2,6")

    till.load("2.csv", "O1,1,9", "O1,2,x")

    assert till.lines() == {"O1.1": Decimal(5), "O1.2": Decimal(6)}


@on_each_engine
def test_the_newest_version_of_an_order_has_its_lines_alone(till: Till) -> None:
    till.load("10.csv", "O1,1,9")

    late = till.load("9.csv", "O1,1,5", "O1,2,6", "O2,1,1")

    assert till.lines() == {"O1.1": Decimal(9), "O2.1": Decimal(1)}
    assert (late.rows_loaded, late.rows_superseded) == (1, 2)


def test_versions_in_one_run_are_those_of_several(till: Till) -> None:
    till.load("9.csv", "O1,1,5", "O1,2,6", "O2,1,1")
    (till.home / "in/10.csv").write_text(
        "order_id,line_number,amount,revision\nO1,1,9,1\n"
    )

    report = run(
        TILL,
        till.engine,
        lines_path=str(till.home / "in"),
        output_path=str(till.home / "other"),
    )

    assert (report.rows_loaded, report.duplicates_removed) == (2, 2)


def test_a_line_with_two_contents_rejects_its_order(till: Till) -> None:
    report = till.load("1.csv", "O1,1,5", "O1,1,6", "O1,2,1", "O1,2,1", "O2,1,1")

    assert list(till.lines()) == ["O2.1"]
    assert report.rows_by_reason["conflicting_duplicate"] == 2


def test_of_two_broken_versions_each_is_replayed_whole(till: Till) -> None:
    till.load("9.csv", "O1,1,5", "O1,2,x", run_id="first")
    till.load("10.csv", "O1,1,5", "O1,2,y", run_id="second")
    fixes, lake = till.home / "fixes", ["--output_path", str(till.home / "lake")]
    till.load("all.csv", "O2,1,1")
    run(
        till.pipeline,
        till.engine,
        lines_path=str(till.home / "in"),
        output_path=str(till.home / "lake"),
        max_rejected_ratio=1.0,
        run_id="both",
    )
    main(["quarantine", "show", "both", *lake, "--to", str(fixes)])
    for records in fixes.glob("*.csv"):
        # Only the older version can be corrected.
        records.write_text(records.read_text().replace("O1,2,x", "O1,2,6"))

    main(["quarantine", "replay", "both", *lake, "--records", str(fixes)])

    assert till.lines() == {
        "O1.1": Decimal(5),
        "O1.2": Decimal(6),
        "O2.1": Decimal(1),
    }


@on_each_engine
def test_lines_that_were_changed_at_different_times_are_one_version(till: Till) -> None:
    till.pipeline = REVISED

    first = till.load("1.csv", "O1,1,5,2", "O1,2,6,1")
    again = till.load("1.csv", "O1,1,5,2", "O1,2,6,1")

    assert (first.rows_loaded, first.duplicates_removed) == (2, 0)
    assert (again.rows_loaded, again.rows_superseded) == (2, 0)
    assert till.lines() == {"O1.1": Decimal(5), "O1.2": Decimal(6)}


@on_each_engine
def test_an_order_with_the_latest_change_is_the_newest(till: Till) -> None:
    till.pipeline = REVISED
    till.load("1.csv", "O1,1,9,3", "O1,2,6,1")

    late = till.load("2.csv", "O1,1,5,2", "O1,2,6,2")

    assert (late.rows_loaded, late.rows_superseded) == (0, 2)
    assert till.lines() == {"O1.1": Decimal(9), "O1.2": Decimal(6)}
