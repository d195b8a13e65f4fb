"""How jobs are defined on Glue, and what running them costs, as Markdown."""

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

# What `make athena-check` sees on Trino.
_PRUNING = (
    "Months that a filter leaves out are not read, if it is on columns made of partitions:",
    "",
    "- `order_year`, `order_month` and `order_month_start` of orders, in `stg_orders`,"
    " `stg_order_items` and all views that have the column but those below; `year` and `month` of"
    " sales. A filter on `order_date`, `order_timestamp` or `date` alone reads that column of all"
    " months.",
    "- Views with `is_complete_month` also read `order_date` of all orders, and no other column,"
    " for the first and the last day.",
    "- `monthly_churn`, `revenue_mom` and `cohort_retention` look at the months before or after,"
    " and read all of them whatever the filter is.",
    "- `top_sales_of_last_month` and `sales_of_last_day` look up their month, and then read its"
    " partition only; other queries of sales are of the whole table.",
    "- Quarantine has a partition a run. With partition projection a query must name the"
    " `run_id`.",
)


def definitions_section(definitions: Sequence[JobDefinition]) -> str:
    """Lay out the definitions of jobs, a row each."""
    lines = [
        "",
        "## On Glue",
        "",
        "As `jobs/*.toml` say. A run is told of when it takes longer than `told after`, and"
        " ended at `timeout`; alarms come above the share of rejected rows, and after so long"
        " without success.",
        "",
        "| job | Glue | workers | told after | timeout | retries | at once | schedule (UTC) |"
        " rejected | fresh within |",
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
    """Lay out what runs, queries and storage cost."""
    glue, athena, s3 = (prices()[name] for name in ("glue", "athena", "s3"))
    return "\n".join(
        [
            "# Costs",
            "",
            "Made by `make docs` from the prices in `src/salesetl/glue/prices.toml` (us-east-1,"
            f" {prices()['as_of']}) and from the rate that `make bench-scale` measured last"
            " ([sizing](sizing.md)). `salesetl cost JOB FILES` tells it of your own files, and"
            " `make run-job` ends with what the run did cost.",
            "",
            *_run_lines(),
            "",
            *_query_lines(),
            "",
            "## Storage, catalogue, crawler",
            "",
            f"- Storage on S3: ${s3['gigabyte_month']} a GB and month; of what was replaced, for"
            " as many days as the stack's `NoncurrentDays` says.",
            f"- A thousand requests: ${s3['thousand_puts']} to write or list,"
            f" ${s3['thousand_gets']} to read.",
            "- Jobs register their tables themselves. A crawler would cost"
            f" ${crawler_dollars():.3f} a DPU and run at least, for"
            f" {glue['crawler_least_minutes']} minutes are charged.",
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
        f"Extrapolated, not measured on Glue: {measured['rows_a_second_and_core']:,} sales a second"
        f" and core, {START_MINUTES:.0f} minute to start, and the fewest G.1X workers that end"
        f" within {LONGEST_MINUTES} minutes; one of them is the driver. Glue charges at least a"
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
        f"${athena['terabyte_scanned']:.2f} a terabyte that is read, and"
        f" {athena['least_megabytes']} MB at least. Columns that a query does not ask for are not"
        " read. The workgroup ends a query that reads more than the stack's `QueryLimitBytes`.",
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
