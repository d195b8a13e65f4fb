"""A sixth pipeline, as docs/adding-a-pipeline.md declares it, goes all ways without an edit elsewhere."""

import importlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest

import salesetl.pipelines
from salesetl import athena, dbt, dqdl, reference, registry
from salesetl.catalog import Catalog, Entry
from salesetl.cli import main
from salesetl.cloudformation.permissions import PROCESSED, RAW, job_statements
from salesetl.engines.engine import Engine
from salesetl.errors import QualityError
from salesetl.glue.definitions import JobDefinition, job_definition
from salesetl.launcher import launch
from salesetl.model.pipeline import Pipeline
from salesetl.rows import read_rows
from salesetl.runner.runner import run
from salesetl.runs import RunReport
from salesetl.storage import storage_of
from tests.data_catalog import Glue
from tests.emulator import point_at
from tests.frames import on_each_engine

REPOSITORY = Path(__file__).parents[1]
PAGE = REPOSITORY / "docs" / "adding-a-pipeline.md"

VISITS = """\
visit_id,store_id,visited_on,revision,spent,currency
V1,S1,2025-03-01,1,10.00,EUR
V1,S1,2025-03-01,1,10.00,EUR
V2,S2,2025-03-02,1,5.50,USD
V3,S9,2026-01-05,1,1.25,USD
V4,S1,2025-03-03,1,-2.00,EUR
"""
STORES = [{"store_id": "S1", "city": "Graz"}, {"store_id": "S2", "city": "Linz"}]


def files_of_page() -> dict[str, str]:
    """Return the files that the page shows, by path."""
    blocks = re.findall(
        r"```(?:python|toml)\n# (\S+)\n(.*?)```", PAGE.read_text(), re.DOTALL
    )
    return dict(blocks)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the files of the page, each in its place below a folder."""
    root = tmp_path_factory.mktemp("repository")
    for path, text in files_of_page().items():
        if not path.endswith("registry.py"):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
    return root


@pytest.fixture(scope="module")
def pipeline(root: Path) -> Iterator[Pipeline]:
    """Import the pipeline and register it, as the page says."""
    with pytest.MonkeyPatch.context() as patched:
        folder = str(root / "src/salesetl/pipelines")
        found = [*salesetl.pipelines.__path__, folder]
        patched.setattr(salesetl.pipelines, "__path__", found)
        module = importlib.import_module("salesetl.pipelines.footfall.pipeline")
        patched.setattr(registry, "PIPELINES", (*registry.PIPELINES, module.FOOTFALL))
        yield module.FOOTFALL
        for name in [name for name in sys.modules if ".footfall" in name]:
            del sys.modules[name]


class Retailer:
    """A retailer that delivers visits and stores, and loads them."""

    def __init__(self, pipeline: Pipeline, engine: Engine, home: Path) -> None:
        self.pipeline, self.engine, self.home = pipeline, engine, home
        self.lake = str(home / "lake")

    def load(
        self, visits: str, stores: list[dict[str, str]] = STORES, **options: Any
    ) -> RunReport:
        """Deliver and load."""
        (self.home / "visits.csv").write_text(visits)
        lines = "".join(f"{json.dumps(store)}\n" for store in stores)
        (self.home / "stores.json").write_text(lines)
        return run(
            self.pipeline,
            self.engine,
            visits_path=str(self.home / "visits.csv"),
            stores_path=str(self.home / "stores.json"),
            output_path=self.lake,
            **{"as_of": date(2026, 1, 31), "max_rejected_ratio": 0.5, **options},
        )

    def rows(self, name: str, key: str) -> dict[str, dict[str, Any]]:
        """Read a table by its key."""
        table = registry.table_named(name)
        path = f"{self.lake}/{table.folder}"
        return {row[key]: row for row in read_rows(storage_of(path), path, table)}


@pytest.fixture
def retailer(pipeline: Pipeline, engine: Engine, tmp_path: Path) -> Retailer:
    """Open a retailer with an empty lake, on each engine in turn."""
    return Retailer(pipeline, engine, tmp_path)


@on_each_engine
def test_it_runs_and_every_row_and_amount_is_accounted_for(retailer: Retailer) -> None:
    report = retailer.load(VISITS)

    assert (report.rows_read, report.rows_loaded) == (5, 3)
    assert (report.rows_quarantined, report.duplicates_removed) == (1, 1)
    assert report.rows_by_reason == {"spent_is_not_negative": 1}
    assert report.warnings == {"store_is_known": 1}
    assert report.sources["stores"]["rows_loaded"] == 2
    euro, dollar = report.amounts["spent"]["EUR"], report.amounts["spent"]["USD"]
    assert (euro["loaded"], euro["rejected"]) == ("10.00", "-2.00")
    assert (dollar["loaded"], dollar["published"]) == ("6.75", "6.75")
    visits = retailer.rows("fact_visits", "visit_id")
    assert {key: row["city"] for key, row in visits.items()} == {
        "V1": "Graz",
        "V2": "Linz",
        "V3": None,
    }
    assert visits["V3"]["year"] == 2026 and visits["V1"]["spent"] == Decimal("10.00")
    assert visits["V1"]["source_file"] == f"{retailer.home}/visits.csv"
    stores = retailer.rows("dim_stores", "store_id")
    assert {key: row["is_closed"] for key, row in stores.items()} == {
        "S1": False,
        "S2": False,
    }
    folder = retailer.home / "lake/footfall"
    assert [file.suffix for file in (folder / "dim_stores").iterdir()] == [".parquet"]
    assert (folder / "quarantine/visits").is_dir()


@on_each_engine
def test_its_newest_version_wins_whenever_it_is_loaded(retailer: Retailer) -> None:
    header, *_ = VISITS.splitlines()
    retailer.load(f"{header}\nV1,S1,2025-03-01,2,20.00,EUR\n")

    report = retailer.load(
        f"{header}\nV1,S1,2025-03-01,1,10.00,EUR\n", allow_empty=True
    )

    assert (report.rows_superseded, report.rows_loaded) == (1, 0)
    assert retailer.rows("fact_visits", "visit_id")["V1"]["spent"] == Decimal("20.00")


@on_each_engine
def test_a_store_that_is_missing_from_a_delivery_is_flagged(retailer: Retailer) -> None:
    retailer.load(VISITS)
    retailer.load(VISITS, [STORES[0], {"store_id": "S3", "city": "Wels"}])

    stores = retailer.rows("dim_stores", "store_id")

    assert {key: (row["city"], row["is_closed"]) for key, row in stores.items()} == {
        "S1": ("Graz", False),
        "S2": ("Linz", True),
        "S3": ("Wels", False),
    }


def test_too_many_rejected_rows_are_told_with_place_and_value(
    pipeline: Pipeline, duckdb: Engine, tmp_path: Path
) -> None:
    retailer = Retailer(pipeline, duckdb, tmp_path)

    with pytest.raises(QualityError) as refusal:
        retailer.load(VISITS, max_rejected_ratio=0.1)

    assert "for example spent '-2.00' in line 6 of" in str(refusal.value)


def test_what_it_rejected_is_corrected_and_replayed(
    pipeline: Pipeline,
    duckdb: Engine,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    retailer = Retailer(pipeline, duckdb, tmp_path)
    retailer.load(VISITS, run_id="first")
    fixes, lake = str(tmp_path / "fixes"), ["--output_path", retailer.lake]
    main(["quarantine", "show", "first", *lake, "--to", fixes])
    [records] = (tmp_path / "fixes").glob("*.csv")
    records.write_text(records.read_text().replace("-2.00", "2.00"))

    main(["quarantine", "replay", "first", *lake, "--records", fixes])
    main(["runs", "list", *lake])
    main(["table", "fact_visits", *lake])

    told = capsys.readouterr().out
    assert "load_footfall succeeded" in told and "V4" in told
    visits = retailer.rows("fact_visits", "visit_id")
    assert visits["V4"]["spent"] == Decimal("2.00")
    assert visits["V4"]["source_file"] == f"{tmp_path}/visits.csv"


def test_its_data_quality_is_on_the_page(
    pipeline: Pipeline, duckdb: Engine, tmp_path: Path
) -> None:
    retailer = Retailer(pipeline, duckdb, tmp_path)
    retailer.load(VISITS)

    main(["report", str(tmp_path / "report.html"), "--output_path", retailer.lake])

    page = (tmp_path / "report.html").read_text()
    for name in ("rows_by_outcome", "rejected_by_reason", "spent_by_outcome"):
        assert f'<figure id="footfall_{name}">' in page
    assert '<dd class="value" style="--signs: 10">2026-01-05</dd>' in page
    assert "<b>3</b> loaded" in page


def test_its_command_line_is_its_options(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    launch(pipeline, ["--help"])

    told = capsys.readouterr().out
    assert told.startswith("load_footfall: Load delivered visits")
    for name in (
        "visits_path",
        "stores_path",
        "source_profile",
        "write_mode",
        "engine",
    ):
        assert f"--{name} (" in told
    assert "## load_footfall" in reference.jobs_page([pipeline])


def test_its_pages_and_statements_are_made(pipeline: Pipeline) -> None:
    visits, stores = pipeline.tables

    dictionary = reference.data_dictionary([pipeline], {})
    assert "## visits" in dictionary and "## dim_stores" in dictionary
    assert "partitioned by" in athena.external_table(visits)
    assert "projection.year.range' = '2020,2099'" in athena.projected_table(visits)
    for written in (athena.external_table(stores), athena.projected_table(stores)):
        assert "partition" not in written.replace("no partitions", "")
        assert "location '${lake}/footfall/dim_stores/'" in written
    rules = dqdl.ruleset(visits, pipeline.main.contract)
    assert 'IsPrimaryKey "visit_id"' in rules and "currency in" in rules
    sources = dbt.sources_page([pipeline])
    assert "- name: footfall" in sources
    assert "/footfall/dim_stores/*.parquet" in sources
    assert "/footfall/fact_visits/*/*.parquet" in sources


def test_its_catalogue_is_planned_and_registered(
    pipeline: Pipeline, duckdb: Engine, tmp_path: Path, s3_root: str
) -> None:
    retailer, glue = Retailer(pipeline, duckdb, tmp_path), Glue()
    retailer.lake = f"{s3_root}/lake"
    entries = [Entry(table, retailer.lake) for table in pipeline.tables]
    lines = Catalog(glue.database).plan(entries).lines
    assert any("fact_visits: would create table" in line for line in lines)

    report = retailer.load(VISITS, database=glue.database)

    assert report.catalog and report.catalog["error"] is None
    assert set(glue.tables()) == {"fact_visits", "dim_stores", "quarantine_visits"}
    assert set(glue.partitions("fact_visits")) == {("2025",), ("2026",)}
    assert glue.table("dim_stores")["PartitionKeys"] == []


@pytest.fixture
def definition(pipeline: Pipeline, root: Path) -> JobDefinition:
    """Read the definition of its job."""
    return job_definition(str(root), "load_footfall")


def test_its_role_reaches_what_is_its_own(definition: JobDefinition) -> None:
    statements = {each.get("Sid"): each for each in job_statements(definition)}

    [own] = statements["WriteOwn"]["Resource"]
    assert own.endswith(f"{PROCESSED}/lake/footfall/*")
    read = [path.rpartition(RAW)[2] for path in statements["ReadSources"]["Resource"]]
    assert {"/visits/*", "/stores/*"} <= set(read)
    assert any(
        "table/" in arn and "dim_stores" in arn
        for arn in statements["Catalog"]["Resource"]
    )


def test_its_stack_is_made_by_docs_and_deployed(
    pipeline: Pipeline,
    root: Path,
    ministack: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for folder in ("infra", "jobs", "dbt/models"):
        shutil.copytree(REPOSITORY / folder, root / folder, dirs_exist_ok=True)
    point_at(monkeypatch, ministack)
    main(["docs", str(root)])

    main(
        ["infra", "deploy", "--env", "sixth", "--root", str(root)]
        + ["--release", "0.6.0-0123456789ab"]
    )

    job = boto3.client("glue").get_job(JobName="salesetl-sixth-load_footfall")["Job"]
    arguments = job["DefaultArguments"] | job["NonOverridableArguments"]
    assert arguments["--database"] == "salesetl_sixth_footfall"
    assert arguments["--visits_path"].endswith("-eu-central-1/visits/")
    assert "salesetl-sixth-footfall: done" in capsys.readouterr().out
    lint = Path(sys.executable).with_name("cfn-lint")
    subprocess.run([lint, root / "infra/pipelines/footfall.yaml"], check=True)
