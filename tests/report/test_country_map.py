"""Every country has one tile on the map, and what is not on it has a bar."""

from decimal import Decimal
from importlib import resources
from typing import Any

from salesetl.report.country_grid import HEIGHT, PLACES, WIDTH
from salesetl.report.country_map import countries
from salesetl.report.picture import Picture
from tests.report.drawn import values_of


def country(name: str | None, revenue: int, currency: str = "EUR") -> dict[str, Any]:
    """Make a row of a country."""
    return {"country": name, "currency": currency, "revenue": Decimal(revenue)}


def drawn(*rows: dict[str, Any]) -> Picture:
    """Draw countries."""
    return countries("map", "Countries", "Paid", rows, "country", "Jan 2025")


def test_every_code_of_iso_3166_has_a_tile_of_its_own() -> None:
    table = resources.files("tzdata") / "zoneinfo" / "iso3166.tab"
    lines = table.read_text(encoding="utf-8").splitlines()
    codes = {line.split("\t")[0] for line in lines if not line.startswith("#")}

    assert set(PLACES) == codes | {"XK"}
    assert len(set(PLACES.values())) == len(PLACES)
    assert (WIDTH, HEIGHT) == (16, 23)


def test_tiles_are_at_their_rough_places() -> None:
    west_to_east = [PLACES[code][0] for code in ("US", "FR", "EG", "IN", "JP")]
    north_to_south = [PLACES[code][1] for code in ("NO", "DE", "EG", "KE", "ZA")]

    assert west_to_east == sorted(set(west_to_east))
    assert north_to_south == sorted(set(north_to_south))
    assert PLACES["PT"][0] + 1 == PLACES["ES"][0]
    assert PLACES["CA"][1] + 1 == PLACES["US"][1]


def test_a_country_is_shaded_by_its_revenue_however_its_code_is_written() -> None:
    chart, *_ = drawn(country("US", 70), country("us ", 30), country("DE", 20)).panels

    tiles = {each["country"]: each for each in values_of(chart, 1)}
    assert {code: each["revenue"] for code, each in tiles.items()} == {
        "US": 100.0,
        "DE": 20.0,
    }
    assert (tiles["US"]["column"], tiles["US"]["row"]) == PLACES["US"]
    assert (tiles["US"]["is_dark"], tiles["DE"]["is_dark"]) == (True, False)
    assert len(values_of(chart)) == len(PLACES)


def test_what_is_not_on_the_map_has_bars() -> None:
    picture = drawn(country("DE", 9), country("Narnia", 5), country(None, 2))

    chart, ranking, others = picture.panels

    assert [each["country"] for each in values_of(chart, 1)] == ["DE"]
    assert [each["name"] for each in values_of(ranking)] == ["DE", "Narnia", "unknown"]
    assert [(each["name"], each["label"]) for each in values_of(others)] == [
        ("Narnia", "5.00"),
        ("unknown", "2.00"),
    ]
    assert [panel.title for panel in picture.panels] == [
        "Map",
        "Ranking",
        "Not on the map",
    ]


def test_without_a_known_country_there_are_only_bars() -> None:
    chart, _, others = drawn(country("Germany", 9)).panels

    assert "no country is on the map" in str(chart.chart.to_dict())
    assert [each["name"] for each in values_of(others)] == ["Germany"]


def test_each_currency_has_a_map_of_its_own() -> None:
    picture = drawn(country("DE", 9), country("DE", 500, "JPY"))

    assert [panel.title for panel in picture.panels] == [
        "Map in EUR",
        "Ranking in EUR",
        "Map in JPY",
        "Ranking in JPY",
    ]
    assert [each["revenue"] for each in values_of(picture.panels[0], 1)] == [9.0]
