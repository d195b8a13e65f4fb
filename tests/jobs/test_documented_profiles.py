"""Every profile in the documentation is one, and loads the export above it."""

import re
from pathlib import Path

import pytest

from salesetl.engines.engine import Engine
from salesetl.mapping.profile_files import load_profiles
from salesetl.pipelines.events.pipeline import EVENTS_PIPELINE
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.runner.runner import run

PAGE = (Path(__file__).parents[2] / "docs" / "source-profiles.md").read_text()
PROFILES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
EXPORTS = re.findall(r"```csv\n(.*?)```\n\n```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_in_the_documentation_is_valid(profile: str, tmp_path: Path) -> None:
    (tmp_path / "profile.toml").write_text(profile)

    pipeline = ORDERS if "[lists." in profile else SALES
    pipeline = EVENTS_PIPELINE if "event_id" in profile else pipeline
    assert load_profiles(str(tmp_path / "profile.toml"), pipeline.contracts)


@pytest.mark.parametrize(("export", "profile"), EXPORTS)
def test_an_export_in_the_documentation_loads_whole(
    export: str, profile: str, duckdb: Engine, tmp_path: Path
) -> None:
    (tmp_path / "sales.csv").write_text(export)
    (tmp_path / "profile.toml").write_text(profile)

    report = run(
        SALES,
        duckdb,
        sales_path=str(tmp_path / "sales.csv"),
        output_path=str(tmp_path / "lake"),
        source_profile=str(tmp_path / "profile.toml"),
    )

    assert report.rows_loaded == report.rows_read > 0
