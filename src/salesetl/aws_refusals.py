"""Errors of AWS as one line that a person can act on.

They come from boto3, or from the file system S3A of Spark, which has them only in its text.
"""

import re

_LOG_IN = "log in again, or set AWS_PROFILE"
_NOT_VALID = f"the credentials are not valid; {_LOG_IN}"
_NOT_ALLOWED = "not allowed: {message}"
_OTHER_REGION = "the bucket is in another region{region}; set AWS_REGION to it"

# By the name of the exception, or the code in the answer of the service.
_TOLD = {
    "NoCredentialsError": f"there are no credentials; {_LOG_IN}",
    "PartialCredentialsError": f"the credentials are not whole; {_LOG_IN}",
    "ProfileNotFound": "{message}; check AWS_PROFILE",
    "SSOTokenLoadError": f"the login is over; {_LOG_IN}",
    "TokenRetrievalError": f"the login is over; {_LOG_IN}",
    "UnauthorizedSSOTokenError": f"the login is over; {_LOG_IN}",
    "NoRegionError": "no region is chosen; set AWS_REGION",
    "EndpointConnectionError": "{message}; check the network and AWS_ENDPOINT_URL",
    "ConnectTimeoutError": "{message}; check the network and AWS_ENDPOINT_URL",
    "ExpiredToken": f"the login is over; {_LOG_IN}",
    "ExpiredTokenException": f"the login is over; {_LOG_IN}",
    "InvalidAccessKeyId": _NOT_VALID,
    "InvalidClientTokenId": _NOT_VALID,
    "InvalidSignatureException": _NOT_VALID,
    "MissingAuthenticationTokenException": _NOT_VALID,
    "SignatureDoesNotMatch": _NOT_VALID,
    "UnrecognizedClientException": _NOT_VALID,
    "AccessDenied": _NOT_ALLOWED,
    "AccessDeniedException": _NOT_ALLOWED,
    # Answers to HEAD have no body and so no code.
    "400": f"the request is not valid; perhaps the login is over: {_LOG_IN}",
    "403": "not allowed",
    "NoSuchKey": "is not there, or not any more; run again when the delivery is whole",
    "PreconditionFailed": "was replaced while it was read; run again",
    "NoSuchBucket": "there is no such bucket",
    "301": _OTHER_REGION,
    "PermanentRedirect": _OTHER_REGION,
    "AuthorizationHeaderMalformed": _OTHER_REGION,
    "IllegalLocationConstraintException": _OTHER_REGION,
}

# As the two generations of S3A write an answer of S3; a HEAD has a status in place of a code.
_IN_S3A = re.compile(
    r"Error Code: (?P<code>\w+)[^;]*;"
    r"|\(Service: S3, Status Code: (?P<status>\d+)[^)]*\)(?::(?!null)(?P<named>\w+))?"
)
_NO_CREDENTIALS = re.compile("NoAuthWithAWSException|NoAwsCredentialsException")


def aws_refusal(code: str, message: str = "", region: str = "") -> str | None:
    """Explain an error code of a service, with the remedy; None if the code is not known."""
    text = _TOLD.get(code)
    if text is None:
        return None
    told = text.format(message=message, region=region and f", {region}")
    return told.removesuffix(": ")


def s3a_refusal(text: str) -> tuple[int, str] | None:
    """Return the place in an error text of Spark where S3 refuses something, and explain it."""
    if found := _NO_CREDENTIALS.search(text):
        return found.start(), str(aws_refusal("NoCredentialsError"))
    if not (found := _IN_S3A.search(text)):
        return None
    code = found["code"] or found["named"] or found["status"]
    told = aws_refusal(code) or f"S3 answers {code} again and again; run again"
    return found.start(), told
