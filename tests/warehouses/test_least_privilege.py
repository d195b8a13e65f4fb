"""The role that docs/warehouse.md sets up on PostgreSQL can load and build, and owns nothing else."""

import re
from datetime import date
from pathlib import Path

import psycopg
import pytest

from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.warehouses.building import build
from salesetl.warehouses.counting import counts_text
from salesetl.warehouses.loading_lake import load
from salesetl.warehouses.unloading import unload
from tests.jobs.retailer import Retailer
from tests.warehouses.conftest import new_database
from tests.warehouses.dbt_program import needs_dbt
from tests.warehouses.places import Place

PAGE = Path(__file__).parents[2] / "docs" / "warehouse.md"


@pytest.fixture(scope="session")
def loader(postgres: str) -> Place:
    """Set a database up as the page says; it as the role that loads sees it."""
    place = new_database(postgres)
    part = PAGE.read_text().partition("\n## PostgreSQL\n")[2]
    statements = re.findall("```\n(create role .*?)```", part, re.DOTALL)[0]
    place.change(*filter(None, map(str.strip, statements.split(";"))))
    return Place(place.url.replace("//salesetl@", "//salesetl_loader@"))


def test_a_role_that_may_make_no_schema_can_load_into_its_own(
    loader: Place, retailer: Retailer
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        loader.change("create schema elsewhere")

    load(loader.warehouse, RETAIL, str(retailer.home / "lake"))

    assert "yes" in counts_text(loader.warehouse, RETAIL, str(retailer.home / "lake"))


@needs_dbt
@pytest.mark.slow
def test_what_it_builds_can_be_unloaded_and_read_by_analysts(
    loader: Place,
    retailer: Retailer,
    tmp_path: Path,
) -> None:
    load(loader.warehouse, RETAIL, str(retailer.home / "lake"))

    build(loader.warehouse, RETAIL, date(2025, 1, 31))

    written = unload(loader.warehouse, RETAIL, str(tmp_path))
    assert len(written) > 10
    assert loader.rows(
        "select has_table_privilege('analysts', 'retail.fact_order_lines', 'select'),"
        " has_schema_privilege('analysts', 'retail_build', 'usage')"
    ) == [(True, False)]
