"""Writes the files that are generated from contracts, jobs and models."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from salesetl import athena, dbt, dqdl, reference
from salesetl.cloudformation.requests import ENVIRONMENT_TEMPLATE, template_path
from salesetl.glue.definitions import JobDefinition, job_definitions
from salesetl.glue.pages import costs_page, definitions_section
from salesetl.lineage_page import lineage_page, served_name
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.registry import (
    all_tables,
    namespaces,
    pipeline_named,
    pipeline_of_job,
    pipelines,
    published_tables,
)
from salesetl.report.event_queries import EVENTS_QUERIES
from salesetl.report.star_queries import RETAIL_QUERIES, SHOP_QUERIES
from salesetl.storage import join, normalized, storage_of
from salesetl.warehouses.dialects import (
    POSTGRESQL,
    REDSHIFT,
    SNOWFLAKE,
    staging_page,
)

# What the page reads of what a warehouse has unloaded, and of the lake beside it.
TILES = {"retail": RETAIL_QUERIES, "shop": SHOP_QUERIES, "events": EVENTS_QUERIES}


def write_docs(arguments: argparse.Namespace) -> str:
    """Write every generated file below the root of a repository, and read its models."""
    root = normalized(arguments.directory)
    definitions = job_definitions(root)
    models = _models(root)
    pages = (
        _docs(root, definitions)
        | _sources(models)
        | _tables()
        | _staging_tables()
        | _rulesets()
        | _views(models)
        | _templates(root, definitions)
    )
    for path, page in pages.items():
        storage_of(root).write(join(root, path), page.encode())
    return "".join(f"{join(root, path)}\n" for path in pages)


def _docs(root: str, definitions: Sequence[JobDefinition]) -> dict[str, str]:
    return {
        "docs/data-dictionary.md": reference.data_dictionary(pipelines(), _stars(root)),
        "docs/jobs.md": reference.jobs_page(pipelines())
        + definitions_section(definitions),
        "docs/costs.md": costs_page(),
        "docs/lineage.md": lineage_page(pipelines(), _models_by_pipeline(root), TILES),
    }


def _tables() -> dict[str, str]:
    pages = {}
    folder = "sql/athena/tables"
    for table in all_tables():
        name = f"{table.namespace}/{table.sql_name}"
        pages[f"{folder}/{name}.sql"] = athena.external_table(table)
        pages[f"{folder}/projected/{name}.sql"] = athena.projected_table(table)
    return pages


def _staging_tables() -> dict[str, str]:
    return {
        f"sql/warehouse/{dialect.name}/{table.namespace}/{table.sql_name}.sql": staging_page(
            table, dialect
        )
        for dialect in (POSTGRESQL, REDSHIFT, SNOWFLAKE)
        for table in published_tables()
    }


def _rulesets() -> dict[str, str]:
    return {
        f"sql/dqdl/{output.table.folder}.dqdl": dqdl.ruleset(
            output.table, pipeline.contract_of(output)
        )
        for pipeline in pipelines()
        for output in pipeline.outputs
    }


def _templates(root: str, definitions: Sequence[JobDefinition]) -> dict[str, str]:
    # It writes YAML, by a library that is there only where AWS is dealt with.
    from salesetl.cloudformation.generated_parts import with_generated_parts
    from salesetl.cloudformation.template import pipeline_template

    kept = storage_of(root).read(join(root, ENVIRONMENT_TEMPLATE)).decode()
    made = {
        template_path(pipeline_of_job(each.name).name): pipeline_template(each)
        for each in definitions
    }
    return {
        ENVIRONMENT_TEMPLATE: with_generated_parts(kept, definitions),
        **made,
    }


def _models(root: str) -> dict[str, str]:
    """Return the models of the lake by name: others are no views of Athena."""
    return {
        name: text
        for pipeline, models in _models_by_pipeline(root).items()
        for name, text in models.items()
        if not pipeline_named(pipeline).is_for_warehouse
    }


def _models_by_pipeline(root: str) -> dict[str, dict[str, str]]:
    """Return the models by pipeline and name; those in no folder of a pipeline are of orders."""
    storage, folder = storage_of(root), join(root, "dbt", "models")
    found: dict[str, dict[str, str]] = {}
    for file in storage.files(folder):
        if file.name.endswith(".sql"):
            own = file.path.removeprefix(f"{folder}/").partition("/")[0]
            pipeline = own if own in namespaces() else ORDERS.name
            text = storage.read(file.path).decode()
            found.setdefault(pipeline, {})[file.name.removesuffix(".sql")] = text
    return found


def _stars(root: str) -> dict[str, list[dict[str, Any]]]:
    """Return the declared models that a warehouse serves, by pipeline."""
    # It is there only where AWS is dealt with, or pages are made.
    import yaml

    storage, models, found = storage_of(root), _models_by_pipeline(root), {}
    for pipeline in pipelines():
        folder = join(root, "dbt", "models", pipeline.name)
        pages = [
            yaml.safe_load(storage.read(file.path))
            for kind in ("star", "analytics")
            for file in storage.files(join(folder, kind))
            if file.name.endswith(".yml")
        ]
        texts = models.get(pipeline.name, {})
        found[pipeline.name] = [
            model | {"name": served_name(model["name"], texts[model["name"]])}
            for page in pages
            for model in page["models"]
        ]
    return found


def _sources(models: Mapping[str, str]) -> dict[str, str]:
    """Return the sources of the pipelines that models read."""
    text = "\n".join(models.values())
    read = [each for each in pipelines() if f"source('{each.name}'," in text]
    in_warehouses = [each for each in pipelines() if each.is_for_warehouse]
    return {
        "dbt/models/staging/_sources.yml": dbt.sources_page(read),
        **{
            f"dbt/models/{each.name}/_sources.yml": dbt.sources_page([each])
            for each in in_warehouses
        },
    }


def _views(models: Mapping[str, str]) -> dict[str, str]:
    return {
        f"sql/athena/views/{name}.sql": athena.view(name, model)
        for name, model in models.items()
    }
