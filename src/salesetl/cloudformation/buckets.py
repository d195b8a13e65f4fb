"""Emptying buckets, which CloudFormation deletes only when nothing is in them."""

from salesetl.aws import aws_errors, client


def empty_bucket(bucket: str) -> None:
    """Delete all objects of a bucket with all their versions; they cannot be brought back."""
    s3 = client("s3")
    with aws_errors(bucket):
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
        for page in pages:
            versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            objects = [
                {"Key": each["Key"], "VersionId": each["VersionId"]}
                for each in versions
            ]
            if not objects:
                continue
            answer = s3.delete_objects(
                Bucket=bucket, Delete={"Objects": objects, "Quiet": True}
            )
            for left in answer.get("Errors", []):
                # Asked for alone, it is tried again, or the error says why it stays.
                s3.delete_object(
                    Bucket=bucket, Key=left["Key"], VersionId=left["VersionId"]
                )
