"""Launching a job: the same command line on a laptop, by spark-submit and on Glue.

The only module that knows how a job runs on Glue, which it does when it is given `--JOB_NAME`.
"""

import inspect
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from salesetl.arguments import InputPath, arguments_of, parse_arguments
from salesetl.display import report_text
from salesetl.errors import (
    ArgumentError,
    InputError,
    exit_status,
    one_line,
    understood,
)
from salesetl.local import local_engine
from salesetl.manual import ENGINE, Job, help_text
from salesetl.pipelines.paths import check_apart
from salesetl.readers.files import find_files, unpacked_bytes
from salesetl.runs import RunReport
from salesetl.secrets import ScrubbingFormatter, scrubbed
from salesetl.stopping import Stopped, stoppable, stopped_by

logger = logging.getLogger(__name__)


def launch(run: Job, argv: Sequence[str] | None = None) -> None:
    """Run a job with the arguments of the command line, print its report, and exit.

    The exit status is 0 only after success. A failure that a person can act on is one line on
    standard error; `--verbose` adds the stack trace.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    name = Path(inspect.getfile(run)).stem
    if "--help" in words or "-h" in words:
        sys.stdout.write(help_text(name, run))
        return
    is_verbose, words = _take_verbose(words)
    _set_up_logging(is_verbose)
    if "--JOB_NAME" in words:
        with _shown_by_glue(name):
            _run_on_glue(run, words)
        return
    with stoppable():
        _run_here(run, name, words, is_verbose=is_verbose)


def _run_here(run: Job, name: str, words: Sequence[str], *, is_verbose: bool) -> None:
    try:
        values = parse_arguments(run, words, others=[ENGINE])
        report = run_locally(run, values, is_verbose=is_verbose)
    except (Exception, Stopped) as error:
        if is_verbose:
            logger.exception("%s failed", name)
        if stop := stopped_by(error):
            sys.stderr.write(f"{name}: {stop}; nothing was published\n")
            raise SystemExit(stop.exit_status) from None
        hint = "" if understood(error) else "; --verbose shows the stack trace"
        told = scrubbed(one_line(error))
        sys.stderr.write(f"{name}: error: {told}{hint}\n")
        raise SystemExit(exit_status(error)) from None
    sys.stdout.write(report_text(report))


def _take_verbose(words: list[str]) -> tuple[bool, list[str]]:
    # Glue passes every argument with a value.
    if "--verbose" not in words:
        return False, words
    place = words.index("--verbose")
    value = words[place + 1 : place + 2]
    after = place + (2 if value in (["true"], ["false"]) else 1)
    return value != ["false"], words[:place] + words[after:]


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
    run: Job, values: Mapping[str, Any], *, is_verbose: bool = False
) -> RunReport:
    """Run a job on this machine, with its arguments given as values, `engine` among them."""
    own = dict(values)
    engine = own.pop(ENGINE.name, ENGINE.default)
    name = Path(inspect.getfile(run)).stem
    paths = [str(value) for key, value in own.items() if key.endswith("_path")]
    # Once more where the run opens; here before an engine starts.
    check_apart(own, own["output_path"], ())
    size = input_bytes(run, own)
    with local_engine(engine, name, paths, size, is_verbose=is_verbose) as opened:
        return run(opened, **own)


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


def _run_on_glue(run: Job, words: Sequence[str]) -> None:
    from awsglue.job import Job as GlueJob
    from awsglue.utils import getResolvedOptions

    from salesetl.session import glue_session

    values = parse_arguments(run, words, others=[ENGINE])
    if values.pop(ENGINE.name, ENGINE.default) == "duckdb":
        raise ArgumentError("--engine duckdb: on Glue jobs run on Spark; leave it out")
    resolved = getResolvedOptions(["job", *words], ["JOB_NAME"])
    spark = glue_session()
    job = GlueJob(spark)
    job.init(resolved["JOB_NAME"], resolved)
    report = run(spark, **values)
    job.commit()
    sys.stdout.write(f"{report_text(report)}{report.event_line()}\n")


def input_bytes(run: Job, values: dict[str, Any]) -> int:
    """Sum up the sizes, unpacked, of the files that a job will read; what is not there has none."""
    size = 0
    for argument in arguments_of(run).values():
        if argument.type is InputPath and argument.name in values:
            try:
                files = find_files(values[argument.name], allow_empty=True)
            except InputError:
                continue
            size += sum(map(unpacked_bytes, files))
    return size
