"""Errors that a person can act on. Each says what is wrong, where, and what to do."""

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from salesetl.refusals import is_of_engine, refusal, refusal_of

# How a traceback tells such an error, which a worker of Spark has raised.
_OF_A_WORKER = re.compile(r"^salesetl\.errors\.\w+: (.+)$", re.MULTILINE)
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")


class SalesEtlError(Exception):
    """A failure whose one-line message names the place and the remedy."""

    exit_status = 1


class ArgumentError(SalesEtlError):
    """A job argument is missing, unknown or cannot be read."""

    exit_status = 2


class InputError(SalesEtlError):
    """A source file or its profile cannot be read as its contract says."""


class QualityError(SalesEtlError):
    """Too many rows were rejected, there was nothing to load, or rows come far too late."""


class BooksError(SalesEtlError):
    """Rows or amounts of a run do not add up; nothing was published."""


class LeaseError(SalesEtlError):
    """Another run is writing the same tables."""


class AwsError(SalesEtlError):
    """AWS refused a request, or could not be reached."""


class CatalogError(AwsError):
    """Tables cannot or must not be registered in the Glue Data Catalog."""


class PlaceError(SalesEtlError):
    """The operating system refuses to read or write a file."""


class SetupError(SalesEtlError):
    """Something that the job needs is not installed, or has the wrong version."""


class ModelError(SalesEtlError):
    """A model or a test of dbt failed; what is served is as it was."""


class WarehouseError(SalesEtlError):
    """A warehouse refused a statement, or was lost; what it has is as it was."""


class StackError(AwsError):
    """The infrastructure cannot be changed to what its template says."""


@contextmanager
def naming(path: str, *, is_default: bool = False) -> Iterator[None]:
    """Turn an error of the system in the block into a PlaceError that names `path`.

    With `is_default`, an error that names a path itself stays as it is.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None or (is_default and error.filename is not None):
            raise
        raise PlaceError(refusal(error.errno, path)) from error


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most similar to `name`, ignoring case; None if none is."""
    by_fold = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.4)
    return by_fold[found[0]] if found else None


def not_known(what: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is unknown, with the nearest known name and all known names."""
    names = list(known)
    meant = nearest(name, names)
    hint = f"did you mean {meant}? Allowed" if meant else "allowed"
    return f"{what}; {hint}: {', '.join(names)}"


def understood(error: BaseException) -> SalesEtlError | None:
    """Return the error as one that a person can act on, or None if its cause is not known."""
    if isinstance(error, SalesEtlError):
        return error
    if is_of_engine(error) and (found := _OF_A_WORKER.search(str(error))):
        return SalesEtlError(found[1])
    told = refusal_of(error)
    return None if told is None else PlaceError(told)


@contextmanager
def understandable() -> Iterator[None]:
    """Turn an error in the block into one that a person can act on, if its cause is known.

    For workers of Spark, of whose errors the driver has only the text.
    """
    try:
        yield
    except Exception as error:
        known = understood(error)
        if known is None or known is error:
            raise
        raise known from error


def one_line(error: BaseException) -> str:
    """Describe an error in one line; for an unknown error, its type and its first two lines.

    Two lines, because the first line of a Java error only says where it was called. Quoted text of
    an engine is left out, because it may be a value of a row.
    """
    if known := understood(error):
        # The name of a column or of a file may hold the end of a line.
        return " ".join(str(known).splitlines())
    lines = [line.strip() for line in str(error).strip().splitlines()[:2]]
    text = " ".join(lines)
    if is_of_engine(error):
        text = _QUOTED.sub("'…'", text)
    return f"{type(error).__name__}: {text}"


def exit_status(error: BaseException) -> int:
    """Return the exit status for an error."""
    return error.exit_status if isinstance(error, SalesEtlError) else 1
