"""The events of lineage that steps of a warehouse leave in a lake."""

import json
from pathlib import Path
from typing import Any

Event = dict[str, Any]


def events(lake: Path, verb: str) -> list[Event]:
    """Read the events of a kind of step of retail."""
    folder = lake / "retail" / "_lineage"
    return [
        json.loads(path.read_text())
        for path in sorted(folder.glob(f"warehouse-{verb}-*.json"))
    ]


def rows_of(dataset: Event) -> int:
    """Return the rows that an event tells of an input or an output."""
    facets = {**dataset.get("inputFacets", {}), **dataset.get("outputFacets", {})}
    [counted] = facets.values()
    found: int = counted["rowCount"]
    return found
