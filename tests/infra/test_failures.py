"""What AWS refuses is told in one line that says what to do."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from salesetl.errors import SetupError, StackError
from salesetl.glue.changes import Change, ChangeSet
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


def test_a_change_set_that_is_rejected_names_the_resource_and_leaves_nothing() -> None:
    # What no emulator does: AWS looks at names before it makes a change set, and tells elsewhere.
    client = boto3.client(
        "cloudformation",
        "eu-central-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    answers = Stubber(client)
    for operation, answer in rejected_change_set().items():
        answers.add_response(operation, answer)

    with (
        answers,
        pytest.raises(StackError, match=r"RawBucket \(AWS::S3::Bucket\): it is there$"),
    ):
        ChangeSet(client, {"StackName": "salesetl-dev"}, 0, is_new=True)

    answers.assert_no_pending_responses()


def rejected_change_set() -> dict[str, dict[str, Any]]:
    """Return the answers to the requests that are made, in their order."""
    rejected = {
        "LogicalResourceId": "RawBucket",
        "ResourceType": "AWS::S3::Bucket",
        "ValidationStatus": "FAILED",
        "ValidationStatusReason": "it is there",
    }
    reason = "The following validation failed: use the DescribeEvents API"
    return {
        "create_change_set": {"Id": "changes", "StackId": "stack"},
        "describe_change_set": {
            "StackName": "salesetl-dev",
            "Status": "FAILED",
            "StatusReason": reason,
        },
        "describe_events": {"OperationEvents": [rejected]},
        "delete_change_set": {},
        "delete_stack": {},
    }
