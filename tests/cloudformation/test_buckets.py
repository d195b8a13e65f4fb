"""A bucket is emptied whole, with all versions of its objects."""

import boto3

from salesetl.cloudformation.buckets import empty_bucket
from tests.faults import Proxy, first_time_each


def test_a_version_that_is_left_of_a_batch_is_deleted_alone(
    s3_root: str, s3_proxy: Proxy
) -> None:
    client, bucket = boto3.client("s3"), s3_root.removeprefix("s3://")
    client.put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
    )
    for content in (b"old", b"new"):
        client.put_object(Bucket=bucket, Key="sales", Body=content)
    client.delete_object(Bucket=bucket, Key="sales")
    s3_proxy.fault = first_time_each("partial")

    empty_bucket(bucket)

    client.delete_bucket(Bucket=bucket)
    assert s3_proxy.count("POST") == 1
