"""Rows that are only added: what is there already is counted as a duplicate."""

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from salesetl.conforming import conform
from salesetl.engines.engine import Engine
from salesetl.model.options import CsvOptions, InputPath, LoadOptions, option
from salesetl.model.pipeline import Output, Pipeline
from salesetl.model.rules import Rule
from salesetl.model.source import Csv, Source
from salesetl.model.strategies import Append, History, Strategy
from salesetl.model.table import SOURCE_FILE, Table, column
from salesetl.model.types import T
from salesetl.rows import read_rows
from salesetl.runner.runner import run
from salesetl.runs import RunReport
from salesetl.storage import storage_of
from tests.frames import on_each_engine

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TAP = T.StructType(
    [
        column("tap_id", T.StringType(), "Identifies the payment"),
        column("amount", T.DecimalType(18, 2), "What was paid", is_rounded=True),
    ]
)
RAW_TAPS = Table(
    name="taps",
    namespace="gate",
    grain="one payment as delivered",
    schema=TAP,
    key=("tap_id",),
    amounts=("amount",),
    rules=(Rule("tap_id_is_present", "tap_id is not null"),),
)
FACT_TAPS = Table(
    name="fact_taps",
    namespace="gate",
    grain="one payment",
    schema=T.StructType([*TAP.fields, SOURCE_FILE]),
    key=("tap_id",),
    amounts=("amount",),
    strategy=Append(),
)


@dataclass(frozen=True, kw_only=True)
class GateOptions(CsvOptions, LoadOptions):
    """Load payments."""

    taps_path: InputPath = option("CSV files of payments")


def build_fact_taps(taps: "DataFrame") -> "DataFrame":
    """Give payments the shape of FACT_TAPS."""
    return conform(taps, FACT_TAPS)


GATE = Pipeline(
    name="gate",
    job="load_gate",
    options=GateOptions,
    sources=(Source(RAW_TAPS, Csv()),),
    outputs=(Output(FACT_TAPS, build_fact_taps, of="taps"),),
)


def load(engine: Engine, home: Path, name: str, *taps: str) -> RunReport:
    """Deliver payments and load them."""
    (home / name).write_text("\n".join(["tap_id,amount", *taps, ""]))
    return run(GATE, engine, taps_path=str(home / name), output_path=str(home / "lake"))


@on_each_engine
def test_a_row_that_is_there_already_changes_nothing(
    engine: Engine, tmp_path: Path
) -> None:
    load(engine, tmp_path, "1.csv", "A,1", "B,2")

    report = load(engine, tmp_path, "2.csv", "B,9", "C,3")

    path = str(tmp_path / "lake" / FACT_TAPS.folder)
    rows = read_rows(storage_of(path), path, FACT_TAPS)
    found = {row["tap_id"]: row["amount"] for row in rows}
    assert found == {"A": Decimal(1), "B": Decimal(2), "C": Decimal(3)}
    assert (report.rows_loaded, report.duplicates_removed) == (1, 1)
    assert report.amounts["amount"][""]["published"] == "6.00"


def test_the_same_delivery_again_adds_nothing(engine: Engine, tmp_path: Path) -> None:
    load(engine, tmp_path, "1.csv", "A,1", "B,2")

    report = load(engine, tmp_path, "1.csv", "A,1", "B,2")

    assert (report.rows_loaded, report.duplicates_removed) == (0, 2)


@pytest.mark.parametrize("strategy", [History(tracked=("amount",))])
def test_a_lake_refuses_what_it_cannot_publish(
    engine: Engine, tmp_path: Path, strategy: Strategy
) -> None:
    table = replace(FACT_TAPS, strategy=strategy)
    pipeline = replace(GATE, outputs=(Output(table, build_fact_taps, of="taps"),))
    (tmp_path / "taps.csv").write_text("tap_id,amount\nA,1\n")

    with pytest.raises(
        ValueError, match="fact_taps: .*a lake cannot publish .*History"
    ):
        run(
            pipeline,
            engine,
            taps_path=str(tmp_path / "taps.csv"),
            output_path=str(tmp_path / "lake"),
        )
