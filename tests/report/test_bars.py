"""Bars have their amounts at their ends, whichever way they go."""

from decimal import Decimal
from typing import Any

from salesetl.report.bars import bars, columns, named_amount
from salesetl.report.picture import Panel


def layers(panel: Panel) -> list[dict[str, Any]]:
    """Return the layers of a panel that write text."""
    drawn: list[dict[str, Any]] = panel.chart.to_dict()["layer"]
    return [layer for layer in drawn if layer["mark"]["type"] == "text"]


def test_a_loss_has_its_amount_to_the_left_of_its_bar_and_room_for_it() -> None:
    values = [
        named_amount("North", Decimal(100)),
        named_amount("South", Decimal(-40)),
    ]

    panel = bars(values)

    right, left = layers(panel)
    assert (right["mark"]["align"], right["mark"]["dx"]) == ("left", 5)
    assert right["transform"] == [{"filter": "datum.is_up"}]
    assert (left["mark"]["align"], left["mark"]["dx"]) == ("right", -5)
    assert left["transform"] == [{"filter": "datum.is_down"}]
    domain = panel.chart.to_dict()["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert domain == [
        {"expr": "-40.0 - 40.5 * 140.0 / max(room - 68.0, 40)"},
        {"expr": "100.0 + 27.5 * 140.0 / max(room - 68.0, 40)"},
    ]


def test_many_columns_have_no_room_for_their_amounts() -> None:
    [few] = layers(columns([named_amount("a", Decimal(1))]))
    [many] = layers(columns([named_amount(str(n), Decimal(1)) for n in range(20)]))

    assert few["mark"]["opacity"] == {"expr": "room >= 42 ? 1 : 0"}
    assert many["mark"]["opacity"] == {"expr": "room >= 840 ? 1 : 0"}


def test_counts_are_written_whole_and_nothing_is_told() -> None:
    assert named_amount("a", 12060)["label"] == "12,060"
    told = bars([], nothing="no row was rejected").chart.to_dict()
    assert "no row was rejected" in str(told)
