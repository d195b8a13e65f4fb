"""What a run has read and written is an event of OpenLineage beside its report."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from salesetl.engines.engine import Engine
from salesetl.errors import QualityError
from salesetl.pipelines.retail.contracts import CUSTOMERS, ORDER_LINES
from tests.jobs.retailer import Retailer, customer, line, product


@pytest.fixture
def retailer(engine: Engine, tmp_path: Path) -> Retailer:
    """Open a retailer with one delivery, two of whose lines are sound."""
    opened = Retailer(engine, tmp_path)
    wrong = line(3, total_amount="x")
    opened.deliver("2025-01-01", [customer(1)], [product(1)], [line(1), line(2), wrong])
    return opened


def event(retailer: Retailer, run_id: str) -> dict[str, Any]:
    """Read the event of a run."""
    path = retailer.home / "lake" / "retail" / "_lineage" / f"{run_id}.json"
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_an_event_names_files_tables_columns_and_rows(retailer: Retailer) -> None:
    report = retailer.load(run_id="first")

    told = event(retailer, "first")

    assert told["eventType"] == "COMPLETE"
    assert report.started_at < told["eventTime"] <= report.finished_at
    assert uuid.UUID(told["run"]["runId"])
    assert told["job"] == {"namespace": "salesetl", "name": "stage_retail"}
    [orders, *_] = told["inputs"]
    assert orders["name"] == f"{retailer.raw}/delivered=*/orders*"
    assert orders["inputFacets"]["inputStatistics"]["rowCount"] == 3
    outputs = {Path(each["name"]).name: each for each in told["outputs"]}
    lines = outputs[ORDER_LINES.name]
    assert lines["outputFacets"]["outputStatistics"]["rowCount"] == 2
    columns = lines["facets"]["schema"]["fields"]
    assert [each["name"] for each in columns] == ORDER_LINES.columns
    assert outputs[CUSTOMERS.name]["outputFacets"]["outputStatistics"]["rowCount"] == 1


def test_a_failed_run_has_written_nothing_and_tells_why(retailer: Retailer) -> None:
    with pytest.raises(QualityError):
        retailer.load(run_id="first", max_rejected_ratio=0)

    told = event(retailer, "first")

    assert (told["eventType"], told["outputs"]) == ("FAIL", [])
    assert "33.3%" in told["run"]["facets"]["errorMessage"]["message"]


def test_a_run_that_changes_nothing_has_written_no_rows(retailer: Retailer) -> None:
    retailer.load()
    retailer.load(run_id="again")

    outputs = event(retailer, "again")["outputs"]

    counts = {
        each["outputFacets"]["outputStatistics"]["rowCount"]
        for each in outputs
        if "quarantine" not in each["name"]
    }
    assert counts == {0}
