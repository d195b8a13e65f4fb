"""What a drawing shows, read from its specification."""

from typing import Any

from salesetl.report.picture import Panel


def values_of(panel: Panel, layer: int = 0) -> list[dict[str, Any]]:
    """Return the values that a layer of a panel is drawn from."""
    drawn = panel.chart.to_dict()
    layers = drawn.get("layer", [drawn])
    data = layers[layer].get("data") or drawn["data"]
    values: list[dict[str, Any]] = data.get("values") or drawn["datasets"][data["name"]]
    return values
