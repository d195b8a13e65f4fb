"""The events pipeline: what visitors of a web shop do, from a stream to a row an event."""

from dataclasses import dataclass

from salesetl.model.options import InputPath, LoadOptions, option
from salesetl.model.pipeline import Output, Pipeline
from salesetl.model.source import Json, Source
from salesetl.pipelines.events.contracts import (
    EVENTS,
    EVENTS_DELIVERED,
    NAMESPACE,
    RAW_EVENTS,
)
from salesetl.pipelines.events.transforms import build_events, flatten_events


@dataclass(frozen=True, kw_only=True)
class EventsOptions(LoadOptions):
    """Load delivered events into `events`, each once."""

    events_path: InputPath = option(
        "JSON files of events, plain or .gz, one object a line, one after the other or an array"
    )


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
                passed_over=("cart", "order.items"),
            ),
        ),
    ),
    outputs=(Output(EVENTS, build_events, of="events"),),
    is_for_warehouse=True,
)
