"""The retail pipeline: daily deliveries to staging tables, of which a warehouse makes a star."""

from dataclasses import dataclass
from datetime import date

from salesetl.errors import ArgumentError
from salesetl.model.options import CsvOptions, InputPath, LoadOptions, option
from salesetl.model.pipeline import Output, Pipeline
from salesetl.model.source import Csv, Source
from salesetl.model.versions import ColumnVersion
from salesetl.pipelines.retail.contracts import (
    CUSTOMERS,
    NAMESPACE,
    ORDER_LINES,
    PRODUCTS,
    RAW_CUSTOMERS,
    RAW_ORDERS,
    RAW_PRODUCTS,
    REJECTED_CUSTOMERS,
    REJECTED_PRODUCTS,
)
from salesetl.pipelines.retail.transforms import (
    build_customers,
    build_order_lines,
    build_products,
    build_rejected_customers,
    build_rejected_products,
    join_dimensions,
)


@dataclass(frozen=True, kw_only=True)
class RetailOptions(CsvOptions, LoadOptions):
    """Load deliveries into `customers`, `products` and `order_lines`, which a star is made of."""

    orders_path: InputPath | None = option(
        "files of order lines, such as CSV, plain or packed, or Excel: a file, a folder or a glob;"
        " each below a folder delivered=DATE",
        None,
    )
    customers_path: InputPath | None = option("files of all customers, likewise", None)
    products_path: InputPath | None = option("files of all products, likewise", None)
    retail_path: InputPath | None = option(
        "a folder delivered=DATE, or the folder of such folders: short for the paths of the files"
        " orders*, customers* and products* in them",
        None,
    )
    delivered_on: date | None = option(
        "day of the delivery, for files that are in no folder delivered=DATE", None
    )

    def __post_init__(self) -> None:
        """Fill in the paths that `retail_path` is short for; ArgumentError if there is none."""
        if self.retail_path:
            folder = self.retail_path.rstrip("/")
            if not folder.rpartition("/")[2].startswith("delivered="):
                folder += "/delivered=*"
            for name in ("orders", "customers", "products"):
                if getattr(self, f"{name}_path") is None:
                    object.__setattr__(self, f"{name}_path", f"{folder}/{name}*")
        if self.orders_path is None:
            raise ArgumentError("--retail_path is required, or --orders_path")


RETAIL = Pipeline(
    name=NAMESPACE,
    job="stage_retail",
    options=RetailOptions,
    sources=(
        Source(
            RAW_ORDERS,
            Csv(),
            prepare=join_dimensions,
            needs=("customers", "products"),
            version=ColumnVersion("delivered_on"),
            whole=("order_id",),
        ),
        Source(RAW_CUSTOMERS, Csv(), is_incremental=True),
        Source(RAW_PRODUCTS, Csv(), is_incremental=True),
    ),
    outputs=(
        Output(ORDER_LINES, build_order_lines, of="orders"),
        Output(CUSTOMERS, build_customers, of="customers"),
        Output(PRODUCTS, build_products, of="products"),
        Output(
            REJECTED_CUSTOMERS,
            build_rejected_customers,
            of="customers",
            of_rejected=True,
        ),
        Output(
            REJECTED_PRODUCTS, build_rejected_products, of="products", of_rejected=True
        ),
    ),
    is_for_warehouse=True,
)
