"""What the Data Catalog refuses, told so that a person or a second try can act on it."""

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
    """Somebody else has changed the same thing; to be read and planned again."""


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
