"""Imports run one way, so that a layer can be read and changed without those above it."""

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "salesetl"

# From the bottom up; a module may import from its own layer and from those below.
LAYERS = [
    [
        "aws_refusals",
        "characters",
        "errors",
        "java",
        "money",
        "refusals",
        "secrets",
        "stopping",
    ],
    ["aws"],
    ["model", "storage"],
    ["dates", "entries", "runs", "rows"],
    ["metrics"],
    ["engines"],
    ["conforming", "item_totals", "parsing"],
    ["mapping"],
    ["pipelines"],
    ["registry"],
    ["quality"],
    ["readers"],
    ["accounting", "lineage", "quarantine"],
    ["catalog"],
    ["destinations"],
    ["runner"],
    ["suggesting"],
    ["arguments", "display", "display_files", "spark_settings", "session", "local"],
    ["athena", "dbt", "dqdl", "lineage_page", "reference", "statements"],
    ["launcher", "queries", "s3_events", "glue", "warehouses"],
    ["cloudformation"],
    ["report"],
    ["cli"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = sorted(SOURCE.rglob("*.py"))


def imports_of(path: Path) -> set[str]:
    """Return the names of all modules that a file imports, whole."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: str(path.relative_to(SOURCE))
)
def test_a_module_imports_only_from_its_own_layer_and_below(path: Path) -> None:
    layer = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    if layer == "__init__":
        assert imports_of(path) == set()
        return

    used = {
        name.split(".")[1] for name in imports_of(path) if name.startswith("salesetl.")
    }

    above = {name for name in used & set(LEVEL) if LEVEL[name] > LEVEL[layer]}
    assert not above


def test_a_module_has_a_name_of_its_own() -> None:
    of_pipelines = set((SOURCE / "pipelines").glob("*/*.py"))
    names = Counter(path.stem for path in set(MODULES) - of_pipelines)

    twice = {name for name, count in names.items() if count > 1}
    assert twice - {"__init__", "__main__"} == set()


def test_a_pipeline_is_three_modules() -> None:
    names = {path.stem for path in (SOURCE / "pipelines").glob("*/*.py")}

    assert names == {"__init__", "contracts", "transforms", "pipeline"}


def test_no_module_is_long() -> None:
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for folder in (SOURCE, ROOT / "generators", ROOT / "benchmarks")
        for path in folder.rglob("*.py")
    }

    # A contract is read like a table, and a pipeline has one.
    most = {
        name: 320 if name.endswith("/contracts.py") else 220
        for name, _ in lines.items()
    }
    assert {name: n for name, n in lines.items() if n > most[name]} == {}


def test_only_the_launcher_knows_glue() -> None:
    knowing = {
        path.name
        for path in MODULES
        if any("awsglue" in name for name in imports_of(path))
    }

    assert knowing == {"launcher.py"}


def test_only_the_engine_reads_and_writes_data_files() -> None:
    using = {
        str(path.relative_to(SOURCE))
        for path in MODULES
        if any(
            word in path.read_text()
            for word in ("spark.read", ".write.", "spark.sql(", ".execute(")
        )
    }

    names = ["spark", "spark_text", "duckdb", "duckdb_connection", "duckdb_lake"]
    # What tasks do, and what is brought to them.
    names += ["slices", "sliced"]
    # It asks how many rows were seen.
    names += ["duckdb_progress"]
    # A warehouse reads and writes by statements; the files of a lake it only reads.
    in_warehouses = {name for name in using if name.startswith("warehouses/")}
    own = {f"engines/{name}.py" for name in names}
    assert using - own - in_warehouses == set()


@pytest.mark.parametrize(
    "path",
    sorted((SOURCE / "pipelines").glob("*/transforms.py")),
    ids=lambda path: path.parent.name,
)
def test_transforms_are_pure(path: Path) -> None:
    text = path.read_text()

    forbidden = [
        "SparkSession",
        "collect(",
        ".count()",
        "cache(",
        "udf",
        "datetime",
        "open(",
    ]
    assert [word for word in forbidden if word in text] == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "jobs").glob("*.py")), ids=lambda path: path.name
)
def test_a_job_is_thin(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 40


def test_no_money_passes_through_floating_point() -> None:
    words = ("DoubleType", "FloatType", "as double", "as float", '"double"', '"float"')
    using = [
        path.name for path in MODULES if any(word in path.read_text() for word in words)
    ]

    assert using == []
