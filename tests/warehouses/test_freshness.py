"""A table whose newest row is too old is told, and far too old is an error."""

from datetime import UTC, datetime, timedelta

import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.errors import QualityError
from salesetl.pipelines.events.contracts import EVENTS
from salesetl.pipelines.events.pipeline import EVENTS_PIPELINE
from salesetl.warehouses.loading_lake import load
from salesetl.warehouses.staging_freshness import check_freshness
from tests.jobs.event_stream import EventStream, view
from tests.warehouses.places import Place


@pytest.fixture
def loaded_at(
    duckdb: DuckDbEngine, place: Place, tmp_path_factory: pytest.TempPathFactory
) -> datetime:
    """Load an event into a warehouse; when the run began that has staged it."""
    stream = EventStream(duckdb, tmp_path_factory.mktemp("stream"))
    stream.deliver("a", [view(1)])
    report = stream.load()
    load(place.warehouse, EVENTS_PIPELINE, str(stream.home / "lake"))
    return datetime.fromisoformat(report.started_at).astimezone(UTC)


def test_rows_may_be_as_old_as_their_table_declares(
    place: Place, loaded_at: datetime
) -> None:
    assert EVENTS.freshness
    first = timedelta(hours=EVENTS.freshness.warn_after_hours)
    second = timedelta(hours=EVENTS.freshness.error_after_hours)
    little = timedelta(minutes=1)

    def late(after: timedelta) -> list[str]:
        return check_freshness(place.warehouse, EVENTS_PIPELINE, loaded_at + after)

    assert late(first - little) == []
    [told] = late(first + little)
    assert told.startswith("events_staging.events: the newest row was loaded 1.0 hours")
    assert len(late(second - little)) == 1
    with pytest.raises(QualityError, match="24.0 hours ago, at .*last run of stage_ev"):
        late(second + little)


def test_a_table_without_rows_is_too_late(place: Place, loaded_at: datetime) -> None:
    place.change("delete from events_staging.events")

    with pytest.raises(QualityError, match="events_staging.events: has no rows: see"):
        check_freshness(place.warehouse, EVENTS_PIPELINE, loaded_at)
