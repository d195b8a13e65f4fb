"""What the arguments of jobs mean, for a terminal and for a page."""

import inspect
from collections.abc import Callable, Mapping

from salesetl.arguments import Argument, arguments_of, type_name
from salesetl.local import EMBEDDED_INPUT_BYTES, EngineChoice
from salesetl.runs import RunReport

Job = Callable[..., RunReport]

ENGINE = Argument(
    name="engine",
    type=EngineChoice,
    is_required=False,
    default="auto",
    help="what the job runs on here: Spark, DuckDB in this process, or auto, which is DuckDB for"
    f" local input up to {EMBEDDED_INPUT_BYTES // 2**30} GiB and half the memory; on Glue it is"
    " always Spark",
)
"""The argument that every job has beside its own."""


def help_text(name: str, run: Job) -> str:
    """Describe a job and its arguments."""
    lines = [(inspect.getdoc(run) or "").partition("\n")[0], "", "arguments:"]
    for argument in [*arguments_of(run).values(), ENGINE]:
        default = "required" if argument.is_required else f"default: {argument.default}"
        kind = type_name(argument.type)
        lines += [f"  --{argument.name} ({kind}; {default})", f"      {argument.help}"]
    lines += [
        "  --verbose",
        "      show the stack trace of an error",
    ]
    return f"{name}: " + "\n".join(lines) + "\n"


def jobs_page(jobs: Mapping[str, Job]) -> str:
    """Describe jobs and their arguments as a Markdown page."""
    lines = [
        "# Jobs and their arguments",
        "",
        "Made from the jobs' `run` functions by `make docs`.",
        "",
    ]
    for name, run in jobs.items():
        promise = (inspect.getdoc(run) or "").partition("\n")[0]
        lines += [
            f"## {name}",
            "",
            promise,
            "",
            "| argument | value | default | meaning |",
            "|---|---|---|---|",
        ]
        lines += [_row(argument) for argument in arguments_of(run).values()]
    lines += [
        "",
        "## All jobs",
        "",
        "| argument | value | default | meaning |",
        "|---|---|---|---|",
        _row(ENGINE),
        "| `--verbose` | | | show the stack trace of an error |",
    ]
    return "\n".join(lines) + "\n"


def _row(argument: Argument) -> str:
    default = "required" if argument.is_required else argument.default
    return f"| `--{argument.name}` | {type_name(argument.type)} | {default} | {argument.help} |"
