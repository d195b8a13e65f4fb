"""Errors of the Data Catalog, for a person or a second try to act on."""

from collections.abc import Iterator
from contextlib import contextmanager

from salesetl.aws import aws_errors, error_code

# Somebody else was there between look and change.
CHANGED_MEANWHILE = (
    "AlreadyExistsException",
    "ConcurrentModificationException",
    "EntityNotFoundException",
    "VersionMismatchException",
)


class ChangedMeanwhileError(Exception):
    """Another process has changed the same thing; read and plan again."""


@contextmanager
def told_plainly(database: str) -> Iterator[None]:
    """Turn what AWS raises into ChangedMeanwhileError, or into AwsError with a remedy."""
    with aws_errors(f"database {database}"):
        try:
            yield
        except Exception as error:
            if error_code(error) not in CHANGED_MEANWHILE:
                raise
            raise ChangedMeanwhileError(str(error)) from error
