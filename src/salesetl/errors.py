"""What can go wrong, as errors a person can act on: what happened, where, and what to do."""


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


class SetupError(SalesEtlError):
    """The machine lacks something that the job needs, or has the wrong one."""


class StackError(AwsError):
    """The infrastructure cannot be, or was not, brought to what its template says."""


def one_line(error: Exception) -> str:
    """Tell an error in one line; of one that is not ours its kind and what it says first.

    Two lines of it, because of an error in Java the first only says where it was called from.
    """
    if isinstance(error, SalesEtlError):
        return str(error)
    lines = [line.strip() for line in str(error).strip().splitlines()[:2]]
    return f"{type(error).__name__}: {' '.join(lines)}"


def exit_status(error: Exception) -> int:
    """Return the exit status for an error."""
    return error.exit_status if isinstance(error, SalesEtlError) else 1
