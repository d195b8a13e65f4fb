"""Estimate what an environment with one pipeline of sales costs in a month, by service."""

from collections.abc import Mapping
from dataclasses import dataclass

from salesetl.glue.costs import (
    crawler_dollars,
    estimate,
    formats,
    prices,
    query_dollars,
    throughput,
)

_DAYS = 30
_YEAR = 365
_GLUE = "5.1"
_GIGABYTE = 1e9
# Assumed usage; not measured.
_REQUESTS_A_RUN = 500
_QUERIES_A_DAY = 50
_QUERY_COLUMNS_SHARE = 0.2
_LOG_BYTES_A_RUN = 5e6
METRICS = 11
ALARMS = 7
_TRANSITIONS_A_RUN = 6
_FILES_A_DAY = 24
_FUNCTION_SECONDS, _FUNCTION_GIGABYTES = 15, 2
LAKE_VERSION_DAYS = 7


@dataclass(frozen=True)
class Month:
    """A month's dollars by service, of runs that read what is new, or everything."""

    incremental: Mapping[str, float]
    full: Mapping[str, float]


def assumptions(rows_a_day: int) -> list[str]:
    """Say what the estimate of a month assumes, a sentence each."""
    return [
        f"{rows_a_day:,} sales a day, a year of them kept as CSV in the bucket of raw data and as"
        " Parquet in the lake.",
        'A run of the job a day. It reads the sales of the day (`input_mode = "new"`), or all of'
        " the year.",
        "The files of the current month are replaced every day, and kept for"
        f" {LAKE_VERSION_DAYS} days as noncurrent versions. A run that reads everything replaces"
        " the same files, because months that are as they were are not written.",
        f"{_QUERIES_A_DAY} queries a day of a month's partition and a fifth of its columns;"
        f" {_REQUESTS_A_RUN} requests to S3, {_LOG_BYTES_A_RUN / 1e6:.0f} MB of logs and"
        f" {_TRANSITIONS_A_RUN} steps of the chain a run.",
        f"{METRICS} metrics, {ALARMS} alarms, a dashboard and the key of the alarms; free tiers"
        " are not taken off.",
        f"The function, where it loads {_FILES_A_DAY} files a day instead of the job, runs"
        f" {_FUNCTION_SECONDS} s for each with {_FUNCTION_GIGABYTES} GB.",
    ]


def month(rows_a_day: int) -> Month:
    """Estimate a month in which as many rows arrive every day."""
    size = rows_a_day * throughput()["bytes_a_row"]
    common = _common(rows_a_day)
    return Month(
        {"Glue, job": _DAYS * _run(size), **common},
        {"Glue, job": _DAYS * _run(size * _YEAR), **common},
    )


def alternatives(rows_a_day: int) -> dict[str, float]:
    """Estimate what else can be had, or be done without, in a month."""
    amazon = prices()
    raw = _YEAR * rows_a_day * throughput()["bytes_a_row"] / _GIGABYTE
    s3, function = amazon["s3"], amazon["lambda"]
    seconds = _DAYS * _FILES_A_DAY * _FUNCTION_SECONDS * _FUNCTION_GIGABYTES
    invoked = _DAYS * _FILES_A_DAY / 1e6 * function["million_requests"]
    saved = s3["gigabyte_month"] - s3["glacier_instant_gigabyte_month"]
    return {
        "Lambda in place of the job": seconds * function["gigabyte_second"] + invoked,
        "a crawler a day, which the job makes unnecessary": _DAYS * crawler_dollars(),
        "raw files in Glacier Instant Retrieval, saved": raw * saved,
    }


def _common(rows_a_day: int) -> dict[str, float]:
    amazon = prices()
    s3, watch = amazon["s3"], amazon["cloudwatch"]
    day_of_parquet = rows_a_day * formats()["parquet_bytes_a_row"] / _GIGABYTE
    raw = _YEAR * rows_a_day * throughput()["bytes_a_row"] / _GIGABYTE
    # On average the current month has half of its days.
    noncurrent = LAKE_VERSION_DAYS * _DAYS / 2 * day_of_parquet
    scanned = _DAYS * day_of_parquet * _GIGABYTE * _QUERY_COLUMNS_SHARE
    requests = _DAYS * _REQUESTS_A_RUN / 1000
    watched = METRICS * watch["metric_month"] + ALARMS * watch["alarm_month"]
    logs = _DAYS * _LOG_BYTES_A_RUN / _GIGABYTE * watch["log_gigabyte"]
    return {
        "S3, raw files": raw * s3["gigabyte_month"],
        "S3, lake": _YEAR * day_of_parquet * s3["gigabyte_month"],
        "S3, noncurrent versions of the lake": noncurrent * s3["gigabyte_month"],
        "S3, requests": requests * s3["thousand_puts"],
        "Athena": _DAYS * _QUERIES_A_DAY * query_dollars(round(scanned)),
        "CloudWatch": watched + logs + watch["dashboard_month"],
        "Step Functions": _DAYS
        * _TRANSITIONS_A_RUN
        / 1000
        * amazon["states"]["thousand_transitions"],
        "KMS": amazon["kms"]["key_month"],
    }


def _run(size: float) -> float:
    return estimate(size).dollars[_GLUE]
