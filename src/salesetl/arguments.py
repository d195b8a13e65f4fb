"""The command line of a job: parsed from its options, by the rules of Glue."""

import argparse
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn, cast

from salesetl.errors import ArgumentError, nearest
from salesetl.model.options import Option

# What Glue adds to every job's command line, and what it keeps for itself.
_RESERVED = re.compile(
    r"JOB_NAME|JOB_ID|JOB_RUN_ID|SECURITY_CONFIGURATION|TempDir|job-language|scriptLocation|conf"
    r"|extra-.*|additional-python-modules|python-.*|spark-event-logs-path|datalake-formats"
    r"|job-bookmark-.*|continuation-option|encryption-type|redshift_tmp_dir|class"
    r"|(continuous|custom)-log.*|enable-.*|disable-.*|executor-.*|auto-tune-.*|user-jars-.*"
    r"|use-postgres-driver|write-shuffle-.*|glue-.*|metrics-.*|RedshiftTempDir"
    # Of a run in a workflow, and what customers may pass on for themselves.
    r"|WORKFLOW_.*|customer-.*"
)
_EXPECTED = "is not an argument; write arguments as --name value, see --help"


def parse_arguments(
    options: Iterable[Option], words: Sequence[str], *, is_partial: bool = False
) -> dict[str, Any]:
    """Return the values of the options that a command line gives.

    Required options may be missing only if `is_partial`. ArgumentError names an argument that is
    missing, given twice, unknown (with the nearest known one), or of another type. Arguments that
    Glue reserves are ignored.
    """
    known = list(options)
    words = [*_without_options_of_pip(words)]
    if "--" in words:
        raise ArgumentError(f"'--': {_EXPECTED}")
    given, others = _Parser(known).parse_known_args(words)
    for name in _names(others):
        if not _RESERVED.fullmatch(name):
            raise _unknown(name, [each.name for each in known])
    values = vars(given)
    if not is_partial:
        for each in known:
            if each.is_required and values.get(each.name, "") == "":
                raise ArgumentError(f"--{each.name} is required: {each.help}")
    return values


def help_text(name: str, promise: str, options: Iterable[Option]) -> str:
    """Describe a job and its arguments."""
    lines = [f"{name}: {promise}", "", "arguments, each as --name value:"]
    for each in options:
        default = f"default: {each.default}"
        if each.is_required or each.default is None:
            default = "required" if each.is_required else "optional"
        lines += [f"  --{each.name} ({each.kind}; {default})", f"      {each.help}"]
    return "\n".join(lines) + "\n"


def argument_texts(words: Sequence[str]) -> dict[str, str]:
    """Return the texts of arguments that were parsed before; a bare switch is `true`."""
    pairs: dict[str, str] = {}
    rest = list(words)
    while rest:
        name, has_value, value = rest.pop(0)[2:].partition("=")
        if not has_value:
            is_bare = not rest or rest[0].startswith("--")
            value = "true" if is_bare else rest.pop(0)
        pairs[name] = value
    return pairs


class _Parser(argparse.ArgumentParser):
    """A parser of options that raises what is wrong."""

    def __init__(self, options: Iterable[Option]) -> None:
        super().__init__(
            add_help=False, allow_abbrev=False, argument_default=argparse.SUPPRESS
        )
        self.options = {option.name: option for option in options}
        for name in self.options:
            self.add_argument(f"--{name}", action=_Once, nargs="?")

    def error(self, message: str) -> NoReturn:
        raise ArgumentError(message)


class _Once(argparse.Action):
    """Takes the value of an option, once; only a switch may stand without one."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        option = cast(_Parser, parser).options[self.dest]
        if hasattr(namespace, option.name):
            raise ArgumentError(f"--{option.name}: given twice; give it once")
        if values is None and option.inner_type is not bool:
            raise ArgumentError(f"--{option.name}: needs a value: {option.kind}")
        try:
            value = option.parse("true" if values is None else values)
        except ValueError as error:
            raise ArgumentError(
                f"--{option.name} {values!r}: must be {option.kind}; see --help"
            ) from error
        setattr(namespace, option.name, value)


def _without_options_of_pip(words: Iterable[str]) -> Iterator[str]:
    """Leave out what Glue passes on to pip, for it begins with dashes as an argument does."""
    rest = iter(words)
    for word in rest:
        if word == "--python-modules-installer-option":
            next(rest, None)
        else:
            yield word


def _names(words: Sequence[str]) -> Iterator[str]:
    """Yield the names of unknown arguments, past their values; ArgumentError at any other word."""
    may_be_value = False
    for word in words:
        if word.startswith("--"):
            name, has_value, _ = word[2:].partition("=")
            may_be_value = not has_value
            yield name
        elif may_be_value:
            may_be_value = False
        else:
            raise ArgumentError(f"{word!r}: {_EXPECTED}")


def _unknown(name: str, known: Iterable[str]) -> ArgumentError:
    meant = nearest(name, known)
    hint = f"; did you mean --{meant}?" if meant else "; see --help"
    return ArgumentError(f"--{name}: no such argument{hint}")
