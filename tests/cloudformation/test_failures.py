"""Changes that lose data, or are rejected, are told so."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from salesetl.cloudformation.changes import Change, ChangeSet
from salesetl.errors import StackError


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
