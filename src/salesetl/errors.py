"""What can go wrong, as errors a person can act on: what happened, where, and what to do."""

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from salesetl.refusals import is_of_engine, refusal, refusal_of

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
    """Too many rows were rejected, or there was nothing to load."""


class BooksError(SalesEtlError):
    """The accounts of a run do not balance; nothing was published."""


class LeaseError(SalesEtlError):
    """Another run is writing the same tables."""


class AwsError(SalesEtlError):
    """AWS refused a request, or could not be reached."""


class CatalogError(AwsError):
    """Tables cannot be registered in the Glue Data Catalog, or must not be."""


class PlaceError(SalesEtlError):
    """The operating system does not let a file be read or written where it was to be."""


class SetupError(SalesEtlError):
    """The machine lacks something that the job needs, or has the wrong one."""


class StackError(AwsError):
    """The infrastructure cannot be, or was not, brought to what its template says."""


@contextmanager
def naming(path: str, *, is_default: bool = False) -> Iterator[None]:
    """Name the path in what the system refuses in the block, which may name none or another.

    With `is_default`, only where none is named.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None or (is_default and error.filename is not None):
            raise
        raise PlaceError(refusal(error.errno, path)) from error


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like another, in any case; None if none is."""
    by_fold = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.4)
    return by_fold[found[0]] if found else None


def not_known(what: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is none of the known ones, with the nearest and all of them."""
    names = list(known)
    meant = nearest(name, names)
    hint = f"did you mean {meant}? Allowed" if meant else "allowed"
    return f"{what}; {hint}: {', '.join(names)}"


def understood(error: BaseException) -> SalesEtlError | None:
    """Return an error that a person can act on; None for one of which nothing more is known."""
    if isinstance(error, SalesEtlError):
        return error
    told = refusal_of(error)
    return None if told is None else PlaceError(told)


def one_line(error: BaseException) -> str:
    """Tell an error in one line; of one that is not understood its kind and what it says first.

    Two lines of it, because of an error in Java the first only says where it was called from. What
    an engine quotes may be a value that it has read, so that is left out.
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
