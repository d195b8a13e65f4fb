"""The charts and key figures of each dataset of a lake."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from salesetl.errors import InputError
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.queries import results
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
        names = " or ".join(each.job for each in DATASETS)
        raise InputError(
            f"{root}: no run of {names} has loaded rows into this lake, and the report is made from"
            " these; run one of them first"
        )
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
    """Return the section of the page for each dataset that runs have loaded."""
    sections = []
    for dataset in loaded_datasets(root, reports):
        found = rows_of(root, dataset)
        newest = max(
            (report for report in reports if _has_loaded(report, dataset)),
            key=lambda report: report.finished_at,
        )
        sections.append(
            Section(
                dataset.name,
                dataset.extent(found),
                dataset.figures(found),
                dataset.pictures(found),
                newest,
            )
        )
    return sections


def _has_loaded(report: RunReport, dataset: Dataset) -> bool:
    is_done = report.status == "succeeded" and report.rows_loaded > 0
    return is_done and report.job == dataset.job
