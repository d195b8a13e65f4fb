"""Clients of AWS, and their errors as errors that a person can act on."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from salesetl.aws_refusals import aws_refusal
from salesetl.errors import AwsError, SetupError

Content = TypeVar("Content")

# As many files at once as keep a store busy that answers each request after a while.
FILES_AT_ONCE = 32
# With the pauses between them, they outlast half a minute in which S3 refuses everything.
_ATTEMPTS = 10
_SECONDS_TO_CONNECT = 10
# A client may be used by many threads, but not made by two at the same time.
_MAKING = threading.Lock()
# What the body of an answer that breaks off is read again for; the client itself does not.
_BROKEN_OFF = ("IncompleteReadError", "ReadTimeoutError", "ResponseStreamingError")


def client(service: str, region: str | None = None) -> Any:
    """Return a client of a service, with the credentials and region of the environment.

    A region that is given stands over that. AWS_REGION stands over AWS_DEFAULT_REGION and the
    profile, as it does in other tools of AWS.
    A request that the service refuses because of too many, or does not answer, is made again. Then
    all threads that share the client slow down together, unless AWS_RETRY_MODE says otherwise;
    AWS_MAX_ATTEMPTS says how often one is made.
    """
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise SetupError(
            "AWS is reached by boto3: pip install 'salesetl[aws]'"
        ) from error
    # What is given here would stand over the variables.
    asked = os.environ
    mode = {} if asked.get("AWS_RETRY_MODE") else {"mode": "adaptive"}
    attempts = (
        {} if asked.get("AWS_MAX_ATTEMPTS") else {"total_max_attempts": _ATTEMPTS}
    )
    config = Config(
        retries=mode | attempts,
        connect_timeout=_SECONDS_TO_CONNECT,
        # One more for the renewal of the lease.
        max_pool_connections=FILES_AT_ONCE + 1,
    )
    with aws_errors(service), _MAKING:
        # boto3 itself does not look at AWS_REGION.
        region = region or os.environ.get("AWS_REGION") or None
        return boto3.client(service, region_name=region, config=config)


def read_through(read: Callable[[], Content]) -> Content:
    """Return what `read` returns; call it again if the connection breaks during the answer."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return read()
        except Exception as error:
            if type(error).__name__ not in _BROKEN_OFF:
                raise
    return read()


def upload(s3: Any, file: str, bucket: str, key: str, config: Any = None) -> None:
    """Put a file of this machine, in parts if it is large; raises what a request failed of.

    The client's own `upload_file` raises another error, and does not always tell of what.
    """
    from boto3.s3.transfer import TransferConfig, create_transfer_manager

    with create_transfer_manager(s3, config or TransferConfig()) as transfers:
        transfers.upload(file, bucket, key).result()


@contextmanager
def aws_errors(what: str) -> Iterator[None]:
    """Turn an error of AWS into an AwsError that names `what` it was about."""
    try:
        yield
    except Exception as error:
        if not type(error).__module__.startswith(("botocore", "boto3", "s3transfer")):
            raise
        raise AwsError(f"{what}: {_told(error)}") from error


def error_code(error: BaseException) -> str:
    """Return the error code of a service, or the name of the error."""
    answer = getattr(error, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", type(error).__name__))


def _told(error: BaseException) -> str:
    answer = getattr(error, "response", None) or {}
    message = answer.get("Error", {}).get("Message") or str(error)
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    region = headers.get("x-amz-bucket-region", "")
    code, message = error_code(error), " ".join(str(message).split())
    return aws_refusal(code, message, region) or f"{code}: {message}"
