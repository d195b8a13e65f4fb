"""Sales with what is known of their customers, by month, and their summary."""

from datetime import UTC, date, datetime
from functools import partial

from salesetl.arguments import InputPath, arguments_of
from salesetl.dates import EARLIEST_DATE
from salesetl.engines.base import Session
from salesetl.money import add_amounts
from salesetl.pipelines.batch import Run
from salesetl.pipelines.faults import check_quality
from salesetl.pipelines.feeds import Feed, report_names
from salesetl.pipelines.late_buyers import months_of_late_buyers, report_late_buyers
from salesetl.pipelines.opening import days_to_load, open_run
from salesetl.profiles import load_profile
from salesetl.publishing.lake import Change, WriteMode
from salesetl.publishing.staging import count_kept
from salesetl.readers.csv import UnknownColumns, read_csv
from salesetl.readers.json import read_json
from salesetl.readers.layouts import Multiline
from salesetl.readers.rows import RawRows
from salesetl.runs import RunReport
from salesetl.schemas import ENRICHED_SALES, RAW_CUSTOMERS, RAW_SALES, SALES_SUMMARY
from salesetl.schemas.quarantine import quarantine_of
from salesetl.schemas.table import Table
from salesetl.storage import join
from salesetl.transforms.customers import clean_customers
from salesetl.transforms.sales import (
    build_enriched_sales,
    clean_sales,
    join_customers,
    renew_customers,
    summarize_sales,
)

JOB = "enrich_sales"
FEEDS = (RAW_SALES, RAW_CUSTOMERS)
TABLES = (ENRICHED_SALES, SALES_SUMMARY)


def run(
    session: Session,
    *,
    sales_path: InputPath,
    customers_path: InputPath,
    output_path: str,
    start_date: date | None = None,
    end_date: date | None = None,
    write_mode: WriteMode = "merge",
    as_of: date | None = None,
    earliest_date: date = EARLIEST_DATE,
    max_rejected_ratio: float = 0.05,
    source_profile: str | None = None,
    unknown_columns: UnknownColumns = "ignore",
    multiline: Multiline = "auto",
    refresh_customers: bool = False,
    run_id: str | None = None,
    replay_of: str | None = None,
    allow_empty: bool = False,
    database: str | None = None,
) -> RunReport:
    """Load delivered sales into `enriched_sales` and bring `sales_summary` up to date.

    sales_path: CSV files of sales: a file, a folder or a glob; .gz is unpacked
    customers_path: JSON files of customers, an object a line or an array
    output_path: root of the lake; tables, quarantine and run reports are below it
    start_date: first day to load; sales of earlier days are set aside
    end_date: last day to load; sales of later days are set aside
    write_mode: merge rows by key, or replace all rows from start_date to end_date
    as_of: day of the run; sales of later days are rejected (default: today in UTC)
    earliest_date: first day that sales can have; those of earlier days are rejected
    max_rejected_ratio: share of rejected sales or customers above which nothing is published
    source_profile: TOML file that maps another system's export, or the name of a shipped one
    unknown_columns: whether columns that are unknown, or that no row has, are ignored or fail
    multiline: whether quoted fields may span lines; auto: where a file has such fields
    refresh_customers: also write months again whose buyers were unknown and are known now
    run_id: name of the run (default: made from the time)
    replay_of: run whose quarantine this is; set by salesetl quarantine replay
    allow_empty: accept that there is nothing to load
    database: database of the Glue Data Catalog to register the tables in; the lake is on S3 then
    """
    arguments = {name: value for name, value in locals().items() if name != "session"}
    days = days_to_load(start_date, end_date, write_mode)
    table = RAW_SALES.bind(
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
        profile = load_profile(source_profile, table)
        batch.remember_keys(profile.key_method(table))
        with batch.stage("read"):
            raw_sales = read_csv(
                batch.engine,
                sales_path,
                table,
                profile=profile,
                unknown_columns=unknown_columns,
                multiline=multiline,
                allow_empty=allow_empty,
            )
            raw_customers = read_json(
                batch.engine,
                customers_path,
                RAW_CUSTOMERS,
                join(batch.staging, "objects"),
                allow_empty=allow_empty,
            )
        sales, customers = _settle(batch, raw_sales, raw_customers, table)
        report_names(
            batch.report,
            customers,
            customers_path,
            unknown_columns,
            allow_empty=allow_empty,
        )
        check_quality(
            customers, customers_path, max_rejected_ratio, allow_empty=allow_empty
        )
        check_quality(
            sales,
            sales_path,
            max_rejected_ratio,
            allow_empty=allow_empty,
            profile=profile,
        )
        arriving = build_enriched_sales(sales.accepted)
        with batch.stage(write_mode):
            late = months_of_late_buyers(batch, customers)
            change = batch.lake.load(
                ENRICHED_SALES,
                arriving,
                write_mode,
                days,
                also=late if refresh_customers else (),
            ).with_kept(partial(renew_customers, customers=customers.accepted))
        report_late_buyers(batch.report, late, change, arguments_of(run))
        with batch.stage("write"):
            _write_tables(batch, sales, change)
        return batch.publish()


def _settle(
    batch: Run, raw_sales: RawRows, raw_customers: RawRows, table: Table
) -> tuple[Feed, Feed]:
    """Decide what becomes of each sale and each customer, and enter it into the report."""
    batch.inputs = [*raw_sales.files, *raw_customers.files]
    with batch.stage("label"):
        customers = batch.settle(clean_customers(raw_customers.frame), RAW_CUSTOMERS)
        cleaned = batch.engine.named(clean_sales(raw_sales.frame))
        joined = join_customers(cleaned, customers.accepted)
        sales = batch.settle(joined, table)
    batch.report.unknown_columns = raw_sales.unknown_columns
    batch.account(sales, customers)
    return sales, customers


def _write_tables(batch: Run, sales: Feed, change: Change) -> None:
    """Write the touched months of both tables aside, and see that they agree to the cent."""
    kept_rows, kept = count_kept(batch.engine, change)
    loaded = sales.tally.amounts
    enriched = batch.write_aside(
        change,
        rows=sales.tally.rows_loaded + kept_rows,
        amounts=add_amounts(loaded, kept),
    )
    # From what was written rather than from what was read, so that the two cannot differ.
    summary = batch.write_aside(
        Change(SALES_SUMMARY, summarize_sales(enriched.rows), None, enriched.folders),
        amounts=enriched.amounts,
    )
    batch.report_revenue(loaded, kept, summary)
    batch.report.partitions = enriched.measures
