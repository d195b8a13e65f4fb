"""The command that estimates the cost of a job."""

import argparse
from collections.abc import Sequence

from salesetl.display import table_text
from salesetl.errors import ArgumentError
from salesetl.glue.costs import (
    LONGEST_MINUTES,
    Estimate,
    Size,
    crawler_dollars,
    estimate,
    has_packed,
    prices,
    query_dollars,
    size_of,
)
from salesetl.glue.definitions import GLUE_VERSIONS, job_definition
from salesetl.model.options import InputPath, options_of
from salesetl.readers.files import find_files
from salesetl.registry import pipeline_of_job
from salesetl.storage import StoredFile, normalized, storage_of


def estimate_cost(arguments: argparse.Namespace) -> str:
    """Return estimates of the time and cost of a run, and of storage and queries."""
    definition = job_definition(arguments.root, arguments.job)
    found = _inputs(arguments.job, arguments.inputs)
    size = size_of(found)
    defined = estimate(
        size.bytes, workers=definition.workers, worker_type=definition.worker_type
    )
    least = estimate(size.bytes, worker_type=definition.worker_type)
    runs = [
        _run_row(f"fewest workers for {LONGEST_MINUTES} minutes", least),
        _run_row("all workers of the definition", defined),
    ]
    header = ["workers", "number", "minutes", *(f"Glue {v}" for v in GLUE_VERSIONS)]
    return "\n".join(
        [
            f"{arguments.job}: {_size_text(size, has_packed(found))}",
            "",
            table_text(header, runs),
            "",
            *_lake_lines(arguments.output_path, size),
            "",
            f"prices of {prices()['as_of']} in us-east-1; times are estimates from docs/sizing.md,"
            " not measured on Glue",
            "",
        ]
    )


def _inputs(job: str, paths: Sequence[str]) -> list[StoredFile]:
    known = options_of(pipeline_of_job(job).options)
    names = [option.name for option in known if option.inner_type is InputPath]
    if not paths:
        raise ArgumentError(
            f"{job} reads {', '.join(names)}; pass the files that it would read"
        )
    return [file for path in paths for file in find_files(path)]


def _size_text(size: Size, is_guessed: bool) -> str:
    about = ", counting gzipped files as ten times their size" if is_guessed else ""
    return f"{size.files:,} files, {size.bytes / 1e9:,.3f} GB{about}, about {size.rows:,} rows"


def _run_row(name: str, job: Estimate) -> list[object]:
    dollars = [f"${each:.3f}" for each in job.dollars.values()]
    return [name, job.workers, f"{job.minutes:.1f}", *dollars]


def _lake_lines(output_path: str | None, size: Size) -> list[str]:
    s3 = prices()["s3"]
    lines = [
        f"a query on Athena: ${query_dollars(0):.5f} at least (10 MB)",
        f"storage of the input: ${size.bytes / 1e9 * s3['gigabyte_month']:.4f} a month",
        f"requests to read it: ${size.files / 1000 * s3['thousand_gets']:.6f} at least",
        f"a crawler: ${crawler_dollars():.3f} per DPU at least; jobs with --database need none",
    ]
    if output_path:
        root = normalized(output_path)
        held = sum(file.size for file in storage_of(root).files(root))
        lines += [
            f"storage of the lake, {held / 1e9:,.3f} GB:"
            f" ${held / 1e9 * s3['gigabyte_month']:.4f} a month",
            f"a query that reads the whole lake: ${query_dollars(held):.5f}",
        ]
    return lines
