"""The sales pipeline: CSV of sales and JSON of customers to enriched sales and their summary."""

from dataclasses import dataclass

from salesetl.model.options import CsvOptions, InputPath, LoadOptions, option
from salesetl.model.pipeline import Output, Pipeline, Refresh
from salesetl.model.source import Csv, Json, Source
from salesetl.pipelines.sales.contracts import (
    ENRICHED_SALES,
    NAMESPACE,
    RAW_CUSTOMERS,
    RAW_SALES,
    SALES_SUMMARY,
)
from salesetl.pipelines.sales.transforms import (
    build_enriched_sales,
    join_customers,
    keep_late_buyers,
    renew_customers,
    summarize_sales,
)


@dataclass(frozen=True, kw_only=True)
class SalesOptions(CsvOptions, LoadOptions):
    """Load delivered sales into `enriched_sales` and update `sales_summary`."""

    sales_path: InputPath = option(
        "files of sales, such as CSV, plain or packed, or Excel: a file, a folder or a glob"
    )
    customers_path: InputPath | None = option(
        "files of customers: JSON, one object a line or an array, or CSV or Excel; without them,"
        " the attributes of buyers are null, also in sales that are loaded again",
        None,
    )
    refresh_customers: bool = option(
        "also rewrite months with sales of customers that were unknown and are known now",
        False,
    )


SALES = Pipeline(
    name=NAMESPACE,
    job="enrich_sales",
    options=SalesOptions,
    sources=(
        Source(RAW_SALES, Csv(), prepare=join_customers, needs=("customers",)),
        Source(RAW_CUSTOMERS, Json(RAW_CUSTOMERS.schema)),
    ),
    outputs=(
        Output(
            ENRICHED_SALES,
            build_enriched_sales,
            of="sales",
            refresh=Refresh("customers", renew_customers, keep_late_buyers),
        ),
        Output(
            SALES_SUMMARY,
            summarize_sales,
            of="enriched_sales",
            rows=None,
            sums={"total_revenue": "total_amount"},
        ),
    ),
)
