"""Orders and their lines, by month, from nested documents."""

from datetime import UTC, date, datetime

from salesetl.arguments import InputPath
from salesetl.dates import EARLIEST_DATE
from salesetl.engines import functions as F
from salesetl.engines.base import Session
from salesetl.errors import BooksError
from salesetl.money import add_amounts, amounts_text
from salesetl.pipelines.batch import Run
from salesetl.pipelines.faults import check_quality
from salesetl.pipelines.feeds import Feed, report_names
from salesetl.pipelines.opening import days_to_load, open_run
from salesetl.publishing.lake import WriteMode
from salesetl.publishing.staging import StagedTable, count_kept
from salesetl.readers.csv import UnknownColumns
from salesetl.readers.json import read_json
from salesetl.runs import RunReport
from salesetl.schemas import FACT_ORDER_ITEMS, FACT_ORDERS, RAW_ORDERS
from salesetl.schemas.quarantine import quarantine_of
from salesetl.storage import join
from salesetl.transforms.orders import (
    build_fact_order_items,
    build_fact_orders,
    clean_orders,
)

JOB = "flatten_orders"
FEEDS = (RAW_ORDERS,)
TABLES = (FACT_ORDERS, FACT_ORDER_ITEMS)


def run(
    session: Session,
    *,
    orders_path: InputPath,
    output_path: str,
    start_date: date | None = None,
    end_date: date | None = None,
    write_mode: WriteMode = "merge",
    as_of: date | None = None,
    earliest_date: date = EARLIEST_DATE,
    max_rejected_ratio: float = 0.05,
    unknown_columns: UnknownColumns = "ignore",
    run_id: str | None = None,
    replay_of: str | None = None,
    allow_empty: bool = False,
    database: str | None = None,
) -> RunReport:
    """Load delivered orders into `fact_orders` and `fact_order_items`, an order with its lines.

    orders_path: JSON files of orders, an object a line or an array; .gz is unpacked
    output_path: root of the lake; tables, quarantine and run reports are below it
    start_date: first day to load; orders of earlier days are set aside
    end_date: last day to load; orders of later days are set aside
    write_mode: merge orders by id, or replace all orders from start_date to end_date
    as_of: day of the run; orders of later days are rejected (default: today in UTC)
    earliest_date: first day that orders can have; those of earlier days are rejected
    max_rejected_ratio: share of rejected orders above which nothing is published
    unknown_columns: whether columns that are unknown, or that no row has, are ignored or fail
    run_id: name of the run (default: made from the time)
    replay_of: run whose quarantine this is; set by salesetl quarantine replay
    allow_empty: accept that there is nothing to load
    database: database of the Glue Data Catalog to register the tables in; the lake is on S3 then
    """
    arguments = {name: value for name, value in locals().items() if name != "session"}
    days = days_to_load(start_date, end_date, write_mode)
    table = RAW_ORDERS.bind(
        as_of=as_of or datetime.now(UTC).date(),
        earliest_date=earliest_date,
        start_date=days[0],
        end_date=days[1],
    )
    with open_run(
        session,
        JOB,
        output_path,
        run_id=run_id,
        arguments=arguments,
        replay_of=replay_of,
        database=database,
        tables=(*TABLES, *map(quarantine_of, FEEDS)),
    ) as batch:
        with batch.stage("read"):
            objects = join(batch.staging, "objects")
            raw_orders = read_json(
                batch.engine, orders_path, table, objects, allow_empty=allow_empty
            )
        batch.inputs = raw_orders.files
        with batch.stage("label"):
            orders = batch.settle(clean_orders(raw_orders.frame), table)
        batch.account(orders)
        report_names(
            batch.report, orders, orders_path, unknown_columns, allow_empty=allow_empty
        )
        check_quality(orders, orders_path, max_rejected_ratio, allow_empty=allow_empty)
        with batch.stage(write_mode):
            _write_tables(batch, orders, write_mode, days)
        return batch.publish()


def _write_tables(
    batch: Run, orders: Feed, write_mode: WriteMode, days: tuple[date, date]
) -> None:
    """Write the touched months of both tables aside, and see that their sums are the same."""
    [counted] = batch.engine.rows(
        orders.accepted.agg(F.sum("item_count").alias("lines"))
    )
    loaded = orders.tally.amounts
    written = []
    for table, arriving, rows in (
        (FACT_ORDERS, build_fact_orders(orders.accepted), orders.tally.rows_loaded),
        (
            FACT_ORDER_ITEMS,
            build_fact_order_items(orders.accepted),
            counted["lines"] or 0,
        ),
    ):
        change = batch.lake.load(table, arriving, write_mode, days)
        kept_rows, kept = count_kept(batch.engine, change)
        staged = batch.write_aside(
            change, rows=rows + kept_rows, amounts=add_amounts(loaded, kept)
        )
        written.append((kept, staged))
    [(kept, fact_orders), (_, fact_items)] = written
    _check_agreement(fact_orders, fact_items)
    batch.report_revenue(loaded, kept, fact_items)
    batch.report.partitions = fact_orders.measures


def _check_agreement(fact_orders: StagedTable, fact_items: StagedTable) -> None:
    if fact_orders.amounts != fact_items.amounts:
        of_orders = amounts_text(fact_orders.amounts)
        of_items = amounts_text(fact_items.amounts)
        raise BooksError(
            f"{FACT_ORDERS.name} has {of_orders} in the touched months where"
            f" {FACT_ORDER_ITEMS.name} has {of_items}: one of them was changed by hand;"
            " load these months again with --write_mode replace"
        )
