"""Starts a job from its command line: on a laptop, by spark-submit and on Glue.

The only module that knows how a job runs on Glue. `--JOB_NAME` on the command line means Glue.
"""

import inspect
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from salesetl.arguments import help_text, parse_arguments
from salesetl.destinations.parquet_lake import ParquetLake
from salesetl.display import report_text
from salesetl.errors import (
    ArgumentError,
    exit_status,
    one_line,
    understood,
)
from salesetl.local import LocalOptions, local_engine
from salesetl.metrics import metric_lines
from salesetl.model.options import Option, options_of
from salesetl.model.pipeline import Pipeline
from salesetl.runner.paths import check_apart, input_bytes
from salesetl.runner.runner import run, run_into
from salesetl.runner.start import MakeDestination
from salesetl.runs import RunReport
from salesetl.secrets import ScrubbingFormatter, scrubbed
from salesetl.stopping import Stopped, stoppable, stopped_by

logger = logging.getLogger(__name__)


def launch(pipeline: Pipeline, argv: Sequence[str] | None = None) -> None:
    """Run a pipeline with the arguments of the command line, print its report, and exit.

    The exit status is 0 only after success. A failure that a person can act on is one line on
    standard error; `--verbose` adds the stack trace.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if asks_for_help(words):
        sys.stdout.write(job_help(pipeline))
        return
    # Glue passes every argument with a value.
    is_verbose = "--verbose" in words and words[words.index("--verbose") + 1 :][:1] != [
        "false"
    ]
    _set_up_logging(is_verbose)
    if "--JOB_NAME" in words:
        with _shown_by_glue(pipeline.job):
            _run_on_glue(pipeline, words)
        return
    with stoppable():
        _run_here(pipeline, words, is_verbose=is_verbose)


def asks_for_help(words: Sequence[str]) -> bool:
    """Tell whether a command line asks for the help of its job."""
    return "--help" in words or "-h" in words


def job_help(pipeline: Pipeline) -> str:
    """Return the help of a job."""
    promise = (inspect.getdoc(pipeline.options) or "").partition("\n")[0]
    return help_text(pipeline.job, promise, job_options(pipeline))


def job_options(pipeline: Pipeline) -> list[Option]:
    """Return the options of a pipeline, and those that every job has."""
    return [*options_of(pipeline.options), *options_of(LocalOptions)]


def _run_here(pipeline: Pipeline, words: Sequence[str], *, is_verbose: bool) -> None:
    try:
        values = _checked_arguments(pipeline, words)
        report = run_locally(pipeline, values)
    except (Exception, Stopped) as error:
        if is_verbose:
            logger.exception("%s failed", pipeline.job)
        if stop := stopped_by(error):
            sys.stderr.write(f"{pipeline.job}: {stop}; nothing was published\n")
            raise SystemExit(stop.exit_status) from None
        hint = "" if understood(error) else "; --verbose shows the stack trace"
        told = scrubbed(one_line(error))
        sys.stderr.write(f"{pipeline.job}: error: {told}{hint}\n")
        raise SystemExit(exit_status(error)) from None
    sys.stdout.write(report_text(report))


def _checked_arguments(pipeline: Pipeline, words: Sequence[str]) -> dict[str, Any]:
    """Return the arguments of a job that is what was deployed, if it is told what that is."""
    values = parse_arguments(job_options(pipeline), words)
    if release := values.pop("release", None):
        from salesetl.glue.verifying import check_release

        check_release(release, pipeline.job)
    return values


def _set_up_logging(is_verbose: bool) -> None:
    handler = logging.StreamHandler(sys.stderr)
    # What py4j logs of a failure, some of it under no name of its own, comes as an exception too.
    handler.addFilter(lambda record: "/py4j/" not in record.pathname)
    handler.setFormatter(ScrubbingFormatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(
        level=logging.DEBUG if is_verbose else logging.INFO, handlers=[handler]
    )
    for noisy in ("botocore", "boto3", "urllib3", "s3transfer", "sqlglot"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def run_locally(
    pipeline: Pipeline,
    values: Mapping[str, Any],
    make_destination: MakeDestination = ParquetLake,
) -> RunReport:
    """Run a pipeline on this machine; `values` are its options and those of LocalOptions."""
    local = {each.name: each.default for each in options_of(LocalOptions)}
    own = {name: value for name, value in values.items() if name not in local}
    local |= {name: value for name, value in values.items() if name in local}
    paths = [
        str(value)
        for key, value in own.items()
        if key.endswith("_path") and value is not None
    ]
    # Once more where the run starts; here before an engine does.
    check_apart(own, own["output_path"], ())
    size = input_bytes(own)
    with local_engine(
        local["engine"], pipeline.job, paths, size, is_verbose=local["verbose"]
    ) as opened:
        return run_into(make_destination, pipeline, opened, **own)


@contextmanager
def _shown_by_glue(name: str) -> Iterator[None]:
    """Let an error end the job, for Glue shows and mails its text: without credentials."""
    try:
        yield
    except Exception as error:
        if known := understood(error):
            raise type(known)(scrubbed(str(known))) from None
        logger.exception("%s failed", name)
        raise RuntimeError(scrubbed(one_line(error))) from None


def _run_on_glue(pipeline: Pipeline, words: Sequence[str]) -> None:
    from awsglue.job import Job
    from awsglue.utils import getResolvedOptions

    from salesetl.session import glue_session

    values = _checked_arguments(pipeline, words)
    if values.pop("engine", "auto") == "duckdb":
        raise ArgumentError("--engine duckdb: jobs on Glue run on Spark; leave it out")
    values.pop("verbose", None)
    resolved = getResolvedOptions(["job", *words], ["JOB_NAME"])
    spark = glue_session()
    job = Job(spark)
    job.init(resolved["JOB_NAME"], resolved)
    report = run(pipeline, spark, **values)
    job.commit()
    sys.stdout.write(f"{report_text(report)}{report.event_line()}\n")
    sys.stdout.write(metric_lines(report, resolved["JOB_NAME"]))
