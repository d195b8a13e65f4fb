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
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.pipelines.shop.pipeline import SHOP
from salesetl.warehouses.building import build
from salesetl.warehouses.loading_lake import load
from salesetl.warehouses.unloading import unload
from tests.jobs.retailer import Retailer
from tests.jobs.web_shop import WebShop
from tests.warehouses.dbt_program import PROGRAM
from tests.warehouses.places import Place

# Two weeks, of autumn and of winter.
_RETAIL = "--customers=150 --products=40 --orders=600 --days=14 --start_date=2025-11-24"
# A day and a half with a sale every few minutes.
_SHOP = "--records=400 --rate=0.003 --start_time=2025-11-30T06:00:00Z"
_AS_OF = date(2025, 12, 31)


@dataclass(frozen=True)
class Stars:
    """A retailer and a web shop with one lake, whose stars were unloaded to it."""

    retailer: Retailer
    web_shop: WebShop
    place: Place

    @property
    def lake(self) -> str:
        """The root of the lake."""
        return str(self.retailer.home / "lake")

    @property
    def truth(self) -> dict[str, Any]:
        """What the generator knows of retail."""
        path = self.retailer.home / "raw" / "_answers" / "retail.json"
        found: dict[str, Any] = json.loads(path.read_text())["truth"]
        return found


def built(engine: DuckDbEngine, home: Path) -> Stars:
    """Generate, stage, load, build and unload below a folder."""
    raw = ["--dirt=0.05", "--seed=7", f"--output_path={home / 'raw'}"]
    generate(["retail", *_RETAIL.split(), *raw])
    generate(["shop", *_SHOP.split(), f"--kept_path={home / 'kept'}", *raw])
    place = Place(f"duckdb://{home / 'warehouse.duckdb'}")
    stars = Stars(Retailer(engine, home), WebShop(engine, home), place)
    with functions_of(engine.functions):
        stars.retailer.load()
        stars.web_shop.load()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALESETL_DBT", str(PROGRAM))
        for pipeline in (RETAIL, SHOP):
            load(place.warehouse, pipeline, stars.lake)
            build(place.warehouse, pipeline, _AS_OF)
            unload(place.warehouse, pipeline, stars.lake)
    return stars
