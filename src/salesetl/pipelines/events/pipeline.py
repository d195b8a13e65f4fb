"""The events pipeline: from files of a stream to one row an event and one row an order line."""

from dataclasses import dataclass
from datetime import date

from salesetl.model.options import InputPath, LoadOptions, option
from salesetl.model.pipeline import Output, Pipeline
from salesetl.model.source import Json, Source
from salesetl.pipelines.events.contracts import (
    EVENTS,
    EVENTS_DELIVERED,
    NAMESPACE,
    ORDER_ITEMS,
    RAW_EVENTS,
)
from salesetl.pipelines.events.transforms import (
    build_events,
    build_order_items,
    flatten_events,
    with_item_totals,
)


@dataclass(frozen=True, kw_only=True)
class EventsOptions(LoadOptions):
    """Load delivered events into `events`, each once, and the lines of their orders."""

    events_path: InputPath = option(
        "JSON files of events, plain or .gz, one object a line, one after the other or an array"
    )
    # A dbt test warns of events before this day: first_event_on in dbt_project.yml.
    earliest_date: date = option("rows of earlier days are rejected", date(2025, 1, 1))


EVENTS_PIPELINE = Pipeline(
    name=NAMESPACE,
    job="stage_events",
    options=EventsOptions,
    sources=(
        Source(
            RAW_EVENTS,
            Json(
                EVENTS_DELIVERED,
                flatten_events,
                passed_over=("cart",),
            ),
            prepare=with_item_totals,
        ),
    ),
    outputs=(
        Output(EVENTS, build_events, of="events"),
        Output(
            ORDER_ITEMS,
            build_order_items,
            of="events",
            rows="case when order_id is null then 0 else item_count end",
            sums={"line_total": "items_total"},
        ),
    ),
    is_for_warehouse=True,
)
