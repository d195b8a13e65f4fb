"""The list of all pipelines; everything about jobs, tables and sources follows from it."""

from salesetl.errors import ArgumentError, not_known
from salesetl.model.pipeline import Pipeline
from salesetl.model.table import Table
from salesetl.pipelines.events.pipeline import EVENTS_PIPELINE
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.pipelines.shop.pipeline import SHOP

PIPELINES: tuple[Pipeline, ...] = (SALES, ORDERS, RETAIL, SHOP, EVENTS_PIPELINE)


def pipelines() -> tuple[Pipeline, ...]:
    """Return all pipelines."""
    return PIPELINES


def jobs() -> dict[str, Pipeline]:
    """Return all pipelines by the names of their jobs."""
    return {pipeline.job: pipeline for pipeline in pipelines()}


def namespaces() -> list[str]:
    """Return the names of all pipelines, which are the namespaces of their tables."""
    return [pipeline.name for pipeline in pipelines()]


def pipeline_named(name: str) -> Pipeline:
    """Return the pipeline of a name."""
    return next(each for each in pipelines() if each.name == name)


def pipeline_of_job(job: str) -> Pipeline:
    """Return the pipeline of a job; ArgumentError with the nearest name if there is none."""
    found = jobs()
    if job not in found:
        raise ArgumentError(not_known(f"no job {job!r}", job, found))
    return found[job]


def source_paths(job: str) -> set[str]:
    """Return the options of a job that are paths of its sources; none if it is not known."""
    pipeline = jobs().get(job)
    return {source.path_option for source in pipeline.sources} if pipeline else set()


def pipeline_of(table: Table) -> Pipeline:
    """Return the pipeline that a table belongs to."""
    return pipeline_named(table.namespace)


def published_tables() -> list[Table]:
    """Return the tables of all pipelines, without those of rejected rows."""
    return [table for pipeline in pipelines() for table in pipeline.tables]


def all_tables() -> list[Table]:
    """Return the tables of all pipelines, those of rejected rows at the end."""
    quarantines = [table for pipeline in pipelines() for table in pipeline.quarantines]
    return [*published_tables(), *quarantines]


def asked_tables() -> dict[str, Table]:
    """Return the tables that shipped queries can ask, by SQL name: those of models on the lake."""
    return {
        table.sql_name: table
        for table in all_tables()
        if not pipeline_of(table).is_for_warehouse
    }


def table_named(name: str) -> Table:
    """Return the table with a SQL name, such as `fact_orders` or `retail.products`.

    ArgumentError with the nearest name if there is none, or if several pipelines have it.
    """
    qualified = {f"{each.namespace}.{each.sql_name}": each for each in all_tables()}
    if name in qualified:
        return qualified[name]
    found = {full: each for full, each in qualified.items() if each.sql_name == name}
    if len(found) > 1:
        raise ArgumentError(f"several pipelines have {name!r}: {', '.join(found)}")
    if not found:
        known = [each.sql_name for each in qualified.values()]
        raise ArgumentError(not_known(f"no table {name!r}", name, known))
    return next(iter(found.values()))
