"""Empty buckets, because CloudFormation deletes only empty buckets."""

from salesetl.aws import aws_errors, client


def empty_bucket(bucket: str) -> None:
    """Delete all objects of a bucket with all their versions. They cannot be restored."""
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
                # Try each one again alone; if that fails too, the error says why.
                s3.delete_object(
                    Bucket=bucket, Key=left["Key"], VersionId=left["VersionId"]
                )
