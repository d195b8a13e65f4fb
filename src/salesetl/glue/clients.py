"""Clients of AWS, whose failures are told in one line each."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from salesetl.errors import SetupError, StackError

_CREDENTIALS = (
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
)


def client_of(service: str) -> Any:
    """Return a client with the credentials and region of the environment; SetupError without."""
    try:
        import boto3
    except ImportError as error:
        raise SetupError("AWS is reached by boto3: pip install boto3") from error
    with plain_failures():
        return boto3.client(service)


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn what boto3 raises in the block into an error that says what to do."""
    from botocore import exceptions as aws

    try:
        yield
    except aws.NoRegionError as error:
        raise SetupError("no region: set AWS_REGION, such as eu-central-1") from error
    except (aws.NoCredentialsError, aws.PartialCredentialsError) as error:
        raise SetupError(
            "no credentials of AWS: run aws sso login, or set AWS_PROFILE"
        ) from error
    except aws.ProfileNotFound as error:
        raise SetupError(f"{error}; set AWS_PROFILE to one that there is") from error
    except aws.ClientError as error:
        raise _told(error.response.get("Error", {}), error.operation_name) from error
    except aws.BotoCoreError as error:
        raise SetupError(f"AWS cannot be reached: {error}") from error


def _told(error: dict[str, str], operation: str) -> SetupError | StackError:
    code, message = error.get("Code", ""), " ".join(error.get("Message", "").split())
    if code in _CREDENTIALS:
        return SetupError(
            f"AWS refuses the credentials ({message}): sign in again, or set AWS_PROFILE"
        )
    return StackError(f"{operation}: {message or code}")
