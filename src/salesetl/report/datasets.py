"""The charts and key figures of each dataset of a lake."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from salesetl.errors import InputError
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.queries import newest_day, results
from salesetl.registry import jobs, pipelines
from salesetl.report.data_quality import has_loaded, quality_of
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
from salesetl.report.sales_charts import SALES_QUERIES, sales_pictures
from salesetl.runs import RunReport

Found = Mapping[str, Rows]


@dataclass(frozen=True)
class Dataset:
    """A dataset: its job, its queries, and its charts and key figures.

    `months` is the query that has a row for each month, and so some if the tables have any.
    `extent` tells from when to when the data is.
    """

    name: str
    job: str
    months: str
    queries: Sequence[str]
    extent: Callable[[Found], str]
    pictures: Callable[[Found], list[Picture]]
    figures: Callable[[Found], list[Figure]]


DATASETS = (
    Dataset(
        "sales",
        SALES.job,
        "monthly_trend",
        SALES_QUERIES,
        sales_extent,
        sales_pictures,
        sales_figures,
    ),
    Dataset(
        "orders",
        ORDERS.job,
        "monthly_revenue",
        tuple(dict.fromkeys((*ORDERS_QUERIES, *FIGURES_OF_ORDERS))),
        orders_extent,
        orders_pictures,
        orders_figures,
    ),
)


def loaded_datasets(root: str, reports: Sequence[RunReport]) -> list[Dataset]:
    """Return the datasets for which runs have loaded rows; InputError if there are none."""
    loaded = [
        each
        for each in DATASETS
        if any(_has_loaded(report, each) for report in reports)
    ]
    if not loaded:
        raise _nothing_loaded(root, [each.job for each in DATASETS])
    return loaded


def rows_of(root: str, dataset: Dataset) -> Found:
    """Run the queries of a dataset; InputError if a table is missing or all are empty."""
    answers = results(root, dataset.queries)
    found = {
        name: [dict(zip(header, row, strict=True)) for row in rows]
        for name, (header, rows) in zip(dataset.queries, answers, strict=True)
    }
    if not found[dataset.months]:
        raise InputError(
            f"{root}: the tables of {dataset.name} are empty; run jobs/{dataset.job}.py first"
        )
    return found


def sections_of(root: str, reports: Sequence[RunReport]) -> list[Section]:
    """Return a section of the page for each pipeline with runs; InputError if none has loaded."""
    if not any(has_loaded(report) for report in reports):
        raise _nothing_loaded(root, list(jobs()))
    sections = []
    for pipeline in pipelines():
        own = [report for report in reports if report.job == pipeline.job]
        if not own:
            continue
        loaded = any(has_loaded(report) for report in own)
        quality = quality_of(
            pipeline.name, own, newest_day(root, pipeline) if loaded else None
        )
        of_pipeline = [each for each in DATASETS if each.job == pipeline.job]
        if loaded and of_pipeline:
            [dataset] = of_pipeline
            found = rows_of(root, dataset)
            told = (
                dataset.extent(found),
                dataset.figures(found),
                dataset.pictures(found),
            )
        else:
            told = "" if loaded else "No run has loaded rows", [], []
        sections.append(Section(pipeline.name, *told, quality))
    return sections


def _nothing_loaded(root: str, names: Sequence[str]) -> InputError:
    return InputError(
        f"{root}: no run of {' or '.join(names)} has loaded rows into this lake, and the report is"
        " made from these; run one of them first"
    )


def _has_loaded(report: RunReport, dataset: Dataset) -> bool:
    return has_loaded(report) and report.job == dataset.job
