"""Write the definitions of jobs and the costs of running them as Markdown."""

from collections.abc import Sequence

from salesetl.glue.costs import (
    LONGEST_MINUTES,
    START_MINUTES,
    crawler_dollars,
    estimate,
    formats,
    prices,
    query_dollars,
    throughput,
)
from salesetl.glue.definitions import GLUE_VERSIONS, JobDefinition
from salesetl.glue.monthly import alternatives, assumptions, month

_SALES = (100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)
_ROWS_A_DAY = 1_000_000
_SCANNED = (1_000_000, 10_000_000, 1_000_000_000, 100_000_000_000)

# Measured by `make athena-check` on Trino.
_PRUNING = (
    "Athena skips the months that a filter excludes, if the filter uses these columns:",
    "",
    "- Orders: `order_year`, `order_month` and `order_month_start`, in `stg_orders`,"
    " `stg_order_items` and all views that have the column, except the views below. Sales: `year`"
    " and `month`. A filter on only `order_date`, `order_timestamp` or `date` reads that column of"
    " all months.",
    "- Views with `is_complete_month` also read `order_date` of all orders, to find the first and"
    " the last day. They read no other column of other months.",
    "- `monthly_churn`, `revenue_mom` and `cohort_retention` compare months, so they read"
    " all months, whatever the filter is.",
    "- `top_sales_of_last_month` and `sales_of_last_day` find the month first and then read"
    " only its partition. Other queries of sales read the whole table.",
    "- Quarantine has one partition per run. With partition projection, a query must filter on"
    " `run_id`.",
)


def definitions_section(definitions: Sequence[JobDefinition]) -> str:
    """Write the definitions of jobs as a table."""
    lines = [
        "",
        "## On Glue",
        "",
        "These are the settings in `jobs/*.toml`. They were tested on the Spark versions of Glue"
        " and an emulated AWS, not yet on real Glue. A notification is sent when a run takes longer"
        " than `notify after`. Glue stops a run at `timeout`. An alarm goes off when a run"
        " rejects more than the share in `rejected`, or when no run has succeeded for as long as"
        " `fresh within`.",
        "",
        "| job | Glue | workers | notify after | timeout | retries | concurrent runs |"
        " schedule (UTC) | rejected | fresh within |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{each.name}` | {each.glue_version} | up to {each.workers} {each.worker_type}"
        f" | {each.notify_after_minutes} min | {each.timeout_minutes} min"
        f" | {each.max_retries} | {each.max_concurrent_runs} | `{each.schedule}`"
        f" | {each.alarms.rejected_ratio:.0%} | {each.alarms.fresh_within_hours} h |"
        for each in definitions
    ]
    return "\n".join(lines) + "\n"


def costs_page() -> str:
    """Write what runs, queries and storage cost."""
    glue, s3 = (prices()[name] for name in ("glue", "s3"))
    return "\n".join(
        [
            "# Costs",
            "",
            "Made by `make docs` from the prices in `src/salesetl/glue/prices.toml` (us-east-1,"
            f" {prices()['as_of']}) and from the rate that `make bench-scale` measured last"
            " ([sizing](sizing.md)). `salesetl cost JOB FILES` estimates the cost of your own"
            " files. `make run-job` ends with the cost of the run.",
            "",
            *_run_lines(),
            "",
            *_month_lines(),
            "",
            *_format_lines(),
            "",
            *_query_lines(),
            "",
            "## Storage, catalog, crawler",
            "",
            f"- Storage on S3: ${s3['gigabyte_month']} per GB and month. Replaced and deleted"
            " objects cost the same for `NoncurrentDays` of the stack, those of the lake for"
            " `LakeVersionDays`. `RawGlacierDays` moves raw files to a cheaper class, and"
            " `RawExpiryDays` deletes them.",
            f"- Requests to S3: ${s3['thousand_puts']} per thousand to write or list,"
            f" ${s3['thousand_gets']} per thousand to read.",
            "- Jobs register their tables themselves. A crawler would cost at least"
            f" ${crawler_dollars():.3f} per DPU and run, because Glue charges at least"
            f" {glue['crawler_least_minutes']} minutes.",
            "- Sources: " + ", ".join(_sources()) + ".",
            "",
        ]
    )


def _run_lines() -> list[str]:
    measured = throughput()
    versions = " | ".join(f"Glue {version}" for version in GLUE_VERSIONS)
    lines = [
        f"## A run of `{measured['job']}`",
        "",
        "These figures are estimates, not measured on Glue. They assume"
        f" {measured['rows_a_cpu_second']:,} sales per CPU second, workers that are busy,"
        f" {START_MINUTES:.0f} minute to start, and the fewest G.1X workers that finish within"
        f" {LONGEST_MINUTES} minutes. One of the workers is the driver. Glue charges at least one"
        " minute.",
        "",
        f"| sales | input | workers | minutes | {versions} |",
        "|---" * (4 + len(GLUE_VERSIONS)) + "|",
    ]
    for rows in _SALES:
        size = rows * measured["bytes_a_row"]
        job = estimate(size)
        dollars = " | ".join(f"${each:.3f}" for each in job.dollars.values())
        lines.append(
            f"| {rows:,} | {size / 1e9:,.3f} GB | {job.workers} | {job.minutes:.1f} | {dollars} |"
        )
    return lines


def _month_lines() -> list[str]:
    found = month(_ROWS_A_DAY)
    lines = [
        f"## A month with {_ROWS_A_DAY:,} sales a day",
        "",
        "Estimated from the rates above and the prices below, for Glue 5.1. It assumes:",
        "",
        *(f"- {each}" for each in assumptions(_ROWS_A_DAY)),
        "",
        "| service | reads what is new | reads the year every day |",
        "|---|---|---|",
    ]
    for service, dollars in found.incremental.items():
        lines.append(f"| {service} | ${dollars:.2f} | ${found.full[service]:.2f} |")
    totals = (sum(each.values()) for each in (found.incremental, found.full))
    lines += ["| **all** | " + " | ".join(f"**${each:.2f}**" for each in totals) + " |"]
    lines += ["", "Alternatives:", ""]
    for what, dollars in alternatives(_ROWS_A_DAY).items():
        lines.append(f"- {what}: ${dollars:.2f}")
    return lines


def _format_lines() -> list[str]:
    measured = formats()
    csv, parquet = measured["csv_bytes_a_row"], measured["parquet_bytes_a_row"]
    faster = measured["times_faster"]
    return [
        "## Parquet against CSV",
        "",
        f"Measured by `python -m benchmarks.formats` with {measured['rows']:,} generated sales and"
        " DuckDB on one machine. The Parquet has more columns, among them those of the customer.",
        "",
        f"- Size: {csv} bytes a sale as CSV, {measured['gzip_bytes_a_row']} as gzipped CSV,"
        f" {parquet} as Parquet. So Parquet takes {csv / parquet:.1f} times less than CSV.",
        f"- The revenue of a month: {faster['revenue_of_a_month']} times faster.",
        f"- The revenue of all months: {faster['revenue_of_all']} times faster.",
        f"- The number of sales: {faster['number_of_sales']} times faster.",
    ]


def _query_lines() -> list[str]:
    athena = prices()["athena"]
    return [
        "## A query on Athena",
        "",
        f"Athena charges ${athena['terabyte_scanned']:.2f} per terabyte that a query reads, and at"
        f" least {athena['least_megabytes']} MB. A query reads only the columns that it uses. The"
        " workgroup stops a query that reads more than `QueryLimitBytes` of the stack.",
        "",
        *_PRUNING,
        "",
        "| read | dollars |",
        "|---|---|",
        *(
            f"| {size / 1e6:,.0f} MB | ${query_dollars(size):.5f} |"
            for size in _SCANNED
        ),
    ]


def _sources() -> list[str]:
    names = {
        "glue": "Glue",
        "athena": "Athena",
        "s3": "S3",
        "cloudwatch": "CloudWatch",
        "lambda": "Lambda",
        "states": "Step Functions",
        "kms": "KMS",
    }
    return [f"[{name}]({prices()[key]['source']})" for key, name in names.items()]
