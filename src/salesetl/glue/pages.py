"""Write the definitions of jobs and the costs of running them as Markdown."""

from collections.abc import Sequence

from salesetl.glue.costs import (
    LONGEST_MINUTES,
    START_MINUTES,
    crawler_dollars,
    estimate,
    prices,
    query_dollars,
    throughput,
)
from salesetl.glue.definitions import GLUE_VERSIONS, JobDefinition

_SALES = (100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)
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
        "These are the settings in `jobs/*.toml`. A notification is sent when a run takes longer"
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
    glue, athena, s3 = (prices()[name] for name in ("glue", "athena", "s3"))
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
            *_query_lines(),
            "",
            "## Storage, catalog, crawler",
            "",
            f"- Storage on S3: ${s3['gigabyte_month']} per GB and month. Replaced and deleted"
            " objects cost the same for `NoncurrentDays` of the stack.",
            f"- Requests to S3: ${s3['thousand_puts']} per thousand to write or list,"
            f" ${s3['thousand_gets']} per thousand to read.",
            "- Jobs register their tables themselves. A crawler would cost at least"
            f" ${crawler_dollars():.3f} per DPU and run, because Glue charges at least"
            f" {glue['crawler_least_minutes']} minutes.",
            f"- Sources: [Glue]({glue['source']}), [Athena]({athena['source']}),"
            f" [S3]({s3['source']}).",
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
