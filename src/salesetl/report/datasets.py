"""The charts and key figures of each dataset of a lake."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from salesetl.errors import InputError
from salesetl.model.pipeline import Pipeline
from salesetl.pipelines.events.pipeline import EVENTS_PIPELINE
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.pipelines.shop.pipeline import SHOP
from salesetl.queries import is_processed, newest_day, processed_results, results
from salesetl.registry import jobs, pipeline_of_job, pipelines
from salesetl.report.data_quality import has_loaded, quality_of
from salesetl.report.event_queries import EVENTS_QUERIES
from salesetl.report.events_charts import (
    events_extent,
    events_pictures,
    events_totals,
)
from salesetl.report.figures import (
    FIGURES_OF_ORDERS,
    Figure,
    orders_extent,
    orders_figures,
    sales_extent,
    sales_figures,
)
from salesetl.report.orders_charts import ORDERS_QUERIES, orders_pictures
from salesetl.report.page import Section
from salesetl.report.picture import Picture, Rows
from salesetl.report.retail_charts import (
    retail_extent,
    retail_pictures,
    retail_totals,
)
from salesetl.report.sales_charts import SALES_QUERIES, sales_pictures
from salesetl.report.shop_charts import (
    shop_extent,
    shop_pictures,
    shop_totals,
)
from salesetl.report.star_charts import no_figures
from salesetl.report.star_queries import RETAIL_QUERIES, SHOP_QUERIES
from salesetl.report.totals import orders_totals, sales_totals
from salesetl.runs import RunReport

Found = Mapping[str, Rows]

_NO_STAR = "The star was not unloaded from a warehouse yet"


@dataclass(frozen=True)
class Dataset:
    """A dataset: its job, its queries, and its charts and key figures.

    `months` is the query that has a row for each month or day, and so some if the tables have any.
    `queries` are shipped ones of the lake, or SQL by name of what a warehouse has unloaded.
    `extent` tells from when to when the data is.
    """

    name: str
    job: str
    months: str
    queries: Sequence[str] | Mapping[str, str]
    extent: Callable[[Found], str]
    pictures: Callable[[Found], list[Picture]]
    figures: Callable[[Found], list[Figure]]
    totals: Callable[[Found], list[Figure]]


DATASETS = (
    Dataset(
        "sales",
        SALES.job,
        "monthly_trend",
        SALES_QUERIES,
        sales_extent,
        sales_pictures,
        sales_figures,
        sales_totals,
    ),
    Dataset(
        "orders",
        ORDERS.job,
        "monthly_revenue",
        tuple(dict.fromkeys((*ORDERS_QUERIES, *FIGURES_OF_ORDERS))),
        orders_extent,
        orders_pictures,
        orders_figures,
        orders_totals,
    ),
    Dataset(
        "retail",
        RETAIL.job,
        "days",
        RETAIL_QUERIES,
        retail_extent,
        retail_pictures,
        no_figures,
        retail_totals,
    ),
    Dataset(
        "shop",
        SHOP.job,
        "days",
        SHOP_QUERIES,
        shop_extent,
        shop_pictures,
        no_figures,
        shop_totals,
    ),
    Dataset(
        "events",
        EVENTS_PIPELINE.job,
        "days",
        EVENTS_QUERIES,
        events_extent,
        events_pictures,
        no_figures,
        events_totals,
    ),
)


def loaded_datasets(root: str, reports: Sequence[RunReport]) -> list[Dataset]:
    """Return the datasets for which runs have loaded rows; InputError if there are none."""
    loaded = [
        each
        for each in DATASETS
        if any(_has_loaded(report, each) for report in reports) and is_ready(root, each)
    ]
    if not loaded:
        raise _nothing_loaded(root, [each.job for each in DATASETS])
    return loaded


def is_ready(root: str, dataset: Dataset) -> bool:
    """Tell whether there is what a dataset is drawn from: a star is unloaded after the run."""
    if not isinstance(dataset.queries, Mapping):
        return True
    return is_processed(root, pipeline_of_job(dataset.job), dataset.queries)


def rows_of(root: str, dataset: Dataset) -> Found:
    """Run the queries of a dataset; InputError if a table is missing or all are empty."""
    if isinstance(dataset.queries, Mapping):
        pipeline = pipeline_of_job(dataset.job)
        answers = processed_results(root, pipeline, dataset.queries)
    else:
        asked = results(root, dataset.queries)
        answers = dict(zip(dataset.queries, asked, strict=True))
    found = {
        name: [dict(zip(header, row, strict=True)) for row in rows]
        for name, (header, rows) in answers.items()
    }
    if not found:
        raise InputError(
            f"{root}: no star of {dataset.name} was unloaded to it; run salesetl warehouse build,"
            f" then salesetl warehouse unload {dataset.name}"
        )
    if not found[dataset.months]:
        raise InputError(
            f"{root}: the tables of {dataset.name} are empty; run jobs/{dataset.job}.py first"
        )
    return found


def sections_of(root: str, reports: Sequence[RunReport]) -> list[Section]:
    """Return a section of the page for each pipeline with runs; InputError if none has loaded."""
    if not any(has_loaded(report) for report in reports):
        raise _nothing_loaded(root, list(jobs()))
    own_reports = [
        (pipeline, [report for report in reports if report.job == pipeline.job])
        for pipeline in pipelines()
    ]
    return [_section(root, pipeline, own) for pipeline, own in own_reports if own]


def _section(root: str, pipeline: Pipeline, reports: Sequence[RunReport]) -> Section:
    """Return the section of a pipeline; one without a dataset has only its data quality."""
    name = pipeline.name
    if not any(has_loaded(report) for report in reports):
        quality = quality_of(name, reports, None)
        return Section(name, "No run has loaded rows", [], [], quality)
    quality = quality_of(name, reports, newest_day(root, pipeline))
    for dataset in DATASETS:
        if dataset.job == pipeline.job:
            if not is_ready(root, dataset):
                return Section(name, _NO_STAR, [], [], quality)
            found = rows_of(root, dataset)
            figures = [*dataset.totals(found), *dataset.figures(found)]
            pictures = dataset.pictures(found)
            return Section(name, dataset.extent(found), figures, pictures, quality)
    return Section(name, "", [], [], quality)


def _nothing_loaded(root: str, names: Sequence[str]) -> InputError:
    return InputError(
        f"{root}: no run of {' or '.join(names)} has loaded rows into this lake, and the report is"
        " made from these; run one of them first"
    )


def _has_loaded(report: RunReport, dataset: Dataset) -> bool:
    return has_loaded(report) and report.job == dataset.job
