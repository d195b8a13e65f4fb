"""What the Data Catalog refuses, told so that a person or a second try can act on it."""

from collections.abc import Iterator
from contextlib import contextmanager

from salesetl.errors import CatalogError, SetupError

# Somebody else was there between look and change.
CHANGED_MEANWHILE = (
    "AlreadyExistsException",
    "ConcurrentModificationException",
    "EntityNotFoundException",
    "VersionMismatchException",
)
_CREDENTIALS = (
    "ExpiredTokenException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
)


class ChangedMeanwhileError(Exception):
    """Somebody else has changed the same thing; to be read and planned again."""


@contextmanager
def told_plainly(database: str) -> Iterator[None]:
    """Turn what AWS raises into ChangedMeanwhileError, or into CatalogError with a remedy."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise SetupError("the Data Catalog needs boto3: pip install boto3") from error
    try:
        yield
    except ClientError as error:
        told = error.response["Error"]
        if told["Code"] in CHANGED_MEANWHILE:
            raise ChangedMeanwhileError(told.get("Message", "")) from error
        raise CatalogError(_plain(database, told)) from error
    except BotoCoreError as error:
        raise CatalogError(
            f"database {database}: {error}; check the region and the credentials of AWS"
        ) from error


def _plain(database: str, told: dict[str, str]) -> str:
    """Tell in one line what the Data Catalog refused, and what to do."""
    code, message = told["Code"], told.get("Message", "")
    remedy = "put that right and try again"
    if code == "AccessDeniedException":
        remedy = "allow the role these actions of Glue (and of Lake Formation, if it is in use)"
    elif code in _CREDENTIALS:
        remedy = "check the credentials and the region of AWS"
    return f"database {database}: {code}: {message.rstrip('.')}; {remedy}"
