"""The arguments of a job, taken from the keyword-only parameters of its `run` function."""

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from types import NoneType
from typing import Any, Literal, NewType, get_args, get_origin, get_type_hints

from salesetl.errors import ArgumentError
from salesetl.spelling import nearest

InputPath = NewType("InputPath", str)
"""A path that a job reads from; the sizes of these decide how large a session is started."""

# What Glue adds to every job's command line, and what it keeps for itself.
_RESERVED = re.compile(
    r"JOB_NAME|JOB_ID|JOB_RUN_ID|SECURITY_CONFIGURATION|TempDir|job-language|scriptLocation|conf"
    r"|extra-.*|additional-python-modules|python-.*|spark-event-logs-path|datalake-formats"
    r"|job-bookmark-.*|continuation-option|encryption-type|redshift_tmp_dir|class"
    r"|(continuous|custom)-log.*|enable-.*|disable-.*|executor-.*|auto-tune-.*|user-jars-.*"
    r"|use-postgres-driver|write-shuffle-.*|glue-.*|metrics-.*|RedshiftTempDir"
)
_HELP = re.compile(r"^ *(\w+): (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Argument:
    """One argument of a job: its name, type, default and meaning."""

    name: str
    type: Any
    is_required: bool
    default: Any
    help: str

    def parse(self, text: str) -> Any:
        """Turn the text of a command line into the argument's value."""
        try:
            return _parse(text, self.type)
        except ValueError as error:
            raise ArgumentError(
                f"--{self.name} {text!r}: not {type_name(self.type)}; see --help"
            ) from error


def arguments_of(run: Callable[..., Any]) -> dict[str, Argument]:
    """Describe the arguments of a job by name; the lines `name: text` of its docstring help."""
    hints = get_type_hints(run)
    told = dict(_HELP.findall(inspect.getdoc(run) or ""))
    return {
        name: Argument(
            name=name,
            type=hints[name],
            is_required=parameter.default is inspect.Parameter.empty,
            default=parameter.default,
            help=told.get(name, ""),
        )
        for name, parameter in inspect.signature(run).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }


def parse_arguments(
    run: Callable[..., Any],
    words: Sequence[str],
    *,
    others: Sequence[Argument] = (),
    is_partial: bool = False,
) -> dict[str, Any]:
    """Read a job's arguments from a command line, and others that are given with them.

    The required ones may only lack if `is_partial`.

    ArgumentError names an argument that is missing, given twice, not known (with the nearest that
    is), or not of its type. Arguments that Glue keeps for itself are passed over.
    """
    arguments = arguments_of(run) | {argument.name: argument for argument in others}
    values: dict[str, Any] = {}
    for name, text in split_words(words):
        if name not in arguments:
            if _RESERVED.fullmatch(name):
                continue
            raise _unknown(name, arguments)
        if name in values:
            raise ArgumentError(f"--{name}: given twice; give it once")
        argument = arguments[name]
        if text is None and argument.type is not bool:
            raise ArgumentError(
                f"--{name}: needs a value; it is {type_name(argument.type)}"
            )
        values[name] = True if text is None else argument.parse(text)
    if not is_partial:
        _check_required(arguments.values(), values)
    return values


def _check_required(arguments: Iterable[Argument], values: dict[str, Any]) -> None:
    for argument in arguments:
        if argument.is_required and values.get(argument.name, "") == "":
            raise ArgumentError(f"--{argument.name} is required: {argument.help}")


def _unknown(name: str, known: Iterable[str]) -> ArgumentError:
    meant = nearest(name, known)
    hint = f"; did you mean --{meant}?" if meant else "; see --help"
    return ArgumentError(f"--{name}: no such argument{hint}")


def split_words(words: Sequence[str]) -> list[tuple[str, str | None]]:
    """Split `--name value`, `--name=value` and a bare `--name` into names and values."""
    pairs: list[tuple[str, str | None]] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--") or word == "--":
            raise ArgumentError(f"{word!r}: expected --name value; see --help")
        name, has_value, value = word[2:].partition("=")
        if has_value:
            pairs.append((name, value))
        else:
            pairs.append(
                (name, rest.pop(0) if rest and not rest[0].startswith("--") else None)
            )
    return pairs


def type_name(hint: Any) -> str:
    """Describe a type for a person."""
    inner = _without_none(hint)
    if get_origin(inner) is Literal:
        return " or ".join(get_args(inner))
    names = {
        date: "a date like 2025-12-31",
        bool: "true or false",
        int: "a whole number",
    }
    return names.get(inner, "a number from 0 to 1" if inner is float else "text")


def _without_none(hint: Any) -> Any:
    options = [option for option in get_args(hint) if option is not NoneType]
    return options[0] if NoneType in get_args(hint) else hint


def _parse(text: str, hint: Any) -> Any:
    inner = _without_none(hint)
    if get_origin(inner) is Literal:
        if text not in get_args(inner):
            raise ValueError(text)
        return text
    if inner is date:
        return date.fromisoformat(text)
    if inner is bool:
        return (
            {"true": True, "false": False}[text.lower()]
            if text.lower() in ("true", "false")
            else _refuse(text)
        )
    if inner is float:
        ratio = float(text)
        return ratio if 0 <= ratio <= 1 else _refuse(text)
    return inner(text)


def _refuse(text: str) -> Any:
    raise ValueError(text)
