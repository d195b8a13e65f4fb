"""Stars as a warehouse unloads them: generated deliveries with dirt, staged, modelled and unloaded."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from generators.__main__ import main as generate
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.functions import functions_of
from salesetl.pipelines.events.pipeline import EVENTS_PIPELINE
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.pipelines.shop.pipeline import SHOP
from salesetl.warehouses.building import build
from salesetl.warehouses.loading_lake import load
from salesetl.warehouses.unloading import unload
from tests.jobs.event_stream import EventStream
from tests.jobs.retailer import Retailer
from tests.jobs.web_shop import WebShop
from tests.warehouses.dbt_program import PROGRAM
from tests.warehouses.places import Place

# Two weeks, of autumn and of winter.
_RETAIL = "--customers=150 --products=40 --orders=600 --days=14 --start_date=2025-11-24"
# Three days, with events that come late, again, and with faults.
_EVENTS = "--days=3 --start_at=2025-11-29T00:00:00Z --late=0.05 --duplicates=0.05"
# A day and a half with a sale every few minutes.
_SHOP = "--records=400 --rate=0.003 --start_time=2025-11-30T06:00:00Z"
_AS_OF = date(2025, 12, 31)


@dataclass(frozen=True)
class Stars:
    """A retailer, a web shop and a stream with one lake, to which their stars were unloaded."""

    retailer: Retailer
    web_shop: WebShop
    stream: EventStream
    place: Place

    @property
    def lake(self) -> str:
        """The root of the lake."""
        return str(self.retailer.home / "lake")

    def truth(self, pipeline: str) -> dict[str, Any]:
        """Return what the generator knows of a pipeline."""
        path = self.retailer.home / "raw" / "_answers" / f"{pipeline}.json"
        found: dict[str, Any] = json.loads(path.read_text())["truth"]
        return found


def built(engine: DuckDbEngine, home: Path) -> Stars:
    """Generate, stage, load, build and unload below a folder."""
    raw = ["--dirt=0.05", "--seed=7", f"--output_path={home / 'raw'}"]
    generate(["retail", *_RETAIL.split(), *raw])
    generate(["shop", *_SHOP.split(), f"--kept_path={home / 'kept'}", *raw])
    generate(["events", *_EVENTS.split(), *raw])
    place = Place(f"duckdb://{home / 'warehouse.duckdb'}")
    stars = Stars(
        Retailer(engine, home), WebShop(engine, home), EventStream(engine, home), place
    )
    with functions_of(engine.functions):
        stars.retailer.load()
        stars.web_shop.load()
        stars.stream.load()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALESETL_DBT", str(PROGRAM))
        for pipeline in (RETAIL, SHOP, EVENTS_PIPELINE):
            load(place.warehouse, pipeline, stars.lake)
            build(place.warehouse, pipeline, _AS_OF)
            unload(place.warehouse, pipeline, stars.lake)
    return stars
