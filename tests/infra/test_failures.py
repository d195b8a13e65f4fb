"""What AWS refuses is told in one line that says what to do."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from salesetl.errors import SetupError, StackError
from salesetl.glue.changes import Change
from salesetl.glue.clients import plain_failures


def refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeStacks")


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId"])
def test_credentials_that_are_refused_are_to_be_renewed(code: str) -> None:
    with (
        pytest.raises(SetupError, match="refuses the credentials .*: sign in again"),
        plain_failures(),
    ):
        raise refusal(code, "The security token is expired")


def test_a_refusal_names_what_was_asked_for() -> None:
    with (
        pytest.raises(StackError, match="^DescribeStacks: not authorized to do this$"),
        plain_failures(),
    ):
        raise refusal("AccessDenied", "not authorized\nto do this")


def test_an_address_that_does_not_answer_is_told() -> None:
    with (
        pytest.raises(SetupError, match="AWS cannot be reached: .*http://127.0.0.1:1"),
        plain_failures(),
    ):
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("action", "kind", "loses"),
    [
        ("replace", "AWS::S3::Bucket", True),
        ("replace?", "AWS::S3::Bucket", True),
        ("remove", "AWS::Glue::Database", True),
        ("modify", "AWS::S3::Bucket", False),
        ("replace", "AWS::Glue::Trigger", False),
    ],
)
def test_what_holds_data_is_not_lost_unnoticed(
    action: str, kind: str, loses: bool
) -> None:
    change = Change(action, "Thing", kind)

    assert change.loses_data == loses
    assert change.line().endswith("*** LOSES DATA ***") == loses
