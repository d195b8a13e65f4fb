"""Errors of AWS become one line that says what, where and what to do."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
import requests
from botocore.exceptions import ClientError, ProfileNotFound

from salesetl.aws import aws_errors, client
from salesetl.cloudformation.environments import environment_of
from salesetl.errors import AwsError
from salesetl.storage import storage_of


@pytest.fixture
def checked_credentials(s3_root: str, s3_server: str) -> Iterator[str]:
    """Let the server check who asks, as AWS does; a path on it."""
    requests.post(f"{s3_server}/moto-api/reset-auth", data=b"0", timeout=10)
    yield f"{s3_root}/lake"
    requests.post(f"{s3_server}/moto-api/reset-auth", data=b"inf", timeout=10)


def test_credentials_that_are_not_valid_are_one_line(checked_credentials: str) -> None:
    path = checked_credentials

    with pytest.raises(AwsError) as refusal:
        storage_of(path).read(f"{path}/x.csv")

    told = "the credentials are not valid; log in again, or set AWS_PROFILE"
    assert str(refusal.value) == f"{path}/x.csv: {told}"


def test_the_lack_of_credentials_is_one_line(
    s3_root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "nowhere")

    with pytest.raises(AwsError, match="^x: there are no credentials; log in again"):
        with aws_errors("x"):
            boto3.session.Session().client("sts").get_caller_identity()


def test_the_lack_of_a_region_is_one_line(
    s3_root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "nowhere")

    with pytest.raises(AwsError, match="^glue: no region is chosen; set AWS_REGION$"):
        client("glue")


def test_the_region_is_that_of_the_variable_which_others_look_at(
    s3_root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client("glue").meta.region_name == "us-east-1"

    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    over_the_other = client("glue").meta.region_name
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    alone = client("glue").meta.region_name

    assert over_the_other == alone == "eu-west-1"


def test_refused_requests_are_made_again_unless_the_environment_says_otherwise(
    s3_root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = client("s3").meta.config

    monkeypatch.setenv("AWS_RETRY_MODE", "standard")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "3")
    asked = client("s3").meta.config

    assert ours.retries == {"mode": "adaptive", "total_max_attempts": 10}
    assert asked.retries == {"mode": "standard", "total_max_attempts": 3}


def test_a_server_that_is_not_there_is_one_line(
    s3_root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    with pytest.raises(AwsError, match="check the network and AWS_ENDPOINT_URL$"):
        storage_of(s3_root).files(s3_root)


def test_a_bucket_that_is_not_there_is_one_line(s3_root: str) -> None:
    for path in ("s3://no-such-bucket-here/lake", "s3://no-such-bucket-here"):
        with pytest.raises(AwsError) as refusal:
            storage_of(path).files(path)
        assert str(refusal.value) == f"{path}: there is no such bucket"

        with pytest.raises(AwsError, match="there is no such bucket"):
            storage_of(path).write(f"{path}/x", b"")
        with pytest.raises(AwsError, match="there is no such bucket"):
            storage_of(path).update(f"{path}/x", lambda old: b"")


def test_an_upload_fails_of_the_request_that_was_refused(
    s3_root: str, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"1")
    path = "s3://no-such-bucket-here/file"

    with pytest.raises(AwsError, match="there is no such bucket") as refusal:
        storage_of(path).upload(str(file), path)

    # The error of `upload_file` has forgotten it now and then.
    assert isinstance(refusal.value.__cause__, ClientError)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("PermanentRedirect", "the bucket is in another region, eu-west-1; set AWS_"),
        ("AuthorizationHeaderMalformed", "the bucket is in another region, eu-west-1"),
        ("AccessDeniedException", "not allowed: No, you may not"),
        ("ExpiredToken", "the login is over; log in again"),
        ("ThrottlingException", "ThrottlingException: No, you may not"),
    ],
)
def test_what_a_service_answers_is_one_line(code: str, told: str) -> None:
    answer = {
        "Error": {
            "Code": code,
            "Message": "No,\n you may not",
        },
        "ResponseMetadata": {"HTTPHeaders": {"x-amz-bucket-region": "eu-west-1"}},
    }

    with pytest.raises(AwsError) as refusal, aws_errors("s3://bucket/lake"):
        raise ClientError(answer, "GetObject")

    assert str(refusal.value).startswith(f"s3://bucket/lake: {told}")


def test_braces_in_what_aws_says_are_left_alone() -> None:
    with pytest.raises(
        AwsError, match=r"\(\{code\}\) could not be found; check AWS_PROFILE"
    ):
        with aws_errors("glue"):
            raise ProfileNotFound(profile="{code}")


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(ZeroDivisionError), aws_errors("x"):
        _ = 1 / 0


def test_an_environment_without_a_stack_names_the_command_that_creates_it(
    s3_root: str,
) -> None:
    with pytest.raises(AwsError) as refusal:
        environment_of("nothere")

    assert str(refusal.value) == (
        "there is no stack salesetl-nothere in us-east-1; create it with"
        " make infra-deploy ENV=nothere"
    )


def test_an_environment_whose_stack_is_older_names_the_command_that_updates_it(
    s3_root: str,
) -> None:
    template = """{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"RawBucket": {"Value": "raw"}}}"""
    boto3.client("cloudformation").create_stack(
        StackName="salesetl-older", TemplateBody=template
    )

    with pytest.raises(
        AwsError, match="has no output 'ProcessedBucket'; update it with"
    ):
        environment_of("older")
