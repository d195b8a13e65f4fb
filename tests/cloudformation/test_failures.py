"""Changes that lose data, or are rejected, are reported."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from salesetl.cloudformation.change_sets import Change, ChangeSet
from salesetl.errors import StackError

REASON = "The following validation failed: use the DescribeEvents API"


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
    # What no emulator does: AWS looks at names before it makes a change set, and reports that elsewhere.
    with (
        answering(events=rejection()) as client,
        pytest.raises(StackError, match=r"RawBucket \(AWS::S3::Bucket\): it is there$"),
    ):
        ChangeSet(client, {"StackName": "salesetl-dev"}, is_new=True)


def test_who_may_not_see_events_sees_what_the_change_set_says() -> None:
    with (
        answering(events=None) as client,
        pytest.raises(StackError, match=f"^salesetl-dev: {REASON}$"),
    ):
        ChangeSet(client, {"StackName": "salesetl-dev"}, is_new=True)


def test_who_may_not_delete_stacks_can_plan_a_new_one() -> None:
    with (
        answering(events=rejection(), may_delete=False) as client,
        pytest.raises(StackError, match="it is there$"),
    ):
        ChangeSet(client, {"StackName": "salesetl-dev"}, is_new=True)


def rejection() -> dict[str, str]:
    """Return the event that says why a change set was rejected."""
    return {
        "LogicalResourceId": "RawBucket",
        "ResourceType": "AWS::S3::Bucket",
        "ValidationStatus": "FAILED",
        "ValidationStatusReason": "it is there",
    }


@contextmanager
def answering(
    events: dict[str, str] | None, *, may_delete: bool = True
) -> Iterator[Any]:
    """Yield a client whose change set of a new stack is rejected, by the names of both.

    Without events, these may not be seen. Without `may_delete`, no stack may be deleted.
    """
    client = boto3.client(
        "cloudformation",
        "eu-central-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    # Roles may do this to a stack of a name; the id of a change set has none.
    at = {"StackName": "salesetl-dev", "ChangeSetName": PlainName()}
    arn = "arn:aws:cloudformation:eu-central-1:123456789012"
    made = {"Id": f"{arn}:changeSet/x/1", "StackId": f"{arn}:stack/salesetl-dev/1"}
    failed = {"StackName": "salesetl-dev", "Status": "FAILED", "StatusReason": REASON}
    with Stubber(client) as answers:
        answers.add_response(
            "create_change_set", made, at | {"ChangeSetType": "CREATE"}
        )
        answers.add_response("describe_change_set", failed, at)
        if events is None:
            answers.add_client_error("describe_events", "AccessDenied", "no", 403)
        else:
            answers.add_response("describe_events", {"OperationEvents": [events]}, at)
        answers.add_response("delete_change_set", {}, at)
        stack = {"StackName": made["StackId"]}
        empty = {
            "StackName": "salesetl-dev",
            "CreationTime": datetime.now(UTC),
            "StackStatus": "REVIEW_IN_PROGRESS",
        }
        answers.add_response("describe_stacks", {"Stacks": [empty]}, stack)
        if may_delete:
            answers.add_response("delete_stack", {}, stack)
        else:
            answers.add_client_error(
                "delete_stack", "AccessDenied", "no", 403, expected_params=stack
            )
        yield client
        answers.assert_no_pending_responses()


class PlainName:
    """Is equal to every name that is no ARN."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and ":" not in other
