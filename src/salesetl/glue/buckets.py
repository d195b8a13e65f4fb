"""Emptying buckets, which CloudFormation deletes only when nothing is in them."""

from salesetl.glue.clients import client_of, plain_failures


def empty_bucket(bucket: str) -> None:
    """Delete all objects of a bucket with all their versions; they cannot be brought back."""
    client = client_of("s3")
    with plain_failures():
        pages = client.get_paginator("list_object_versions").paginate(Bucket=bucket)
        for page in pages:
            versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            objects = [
                {"Key": each["Key"], "VersionId": each["VersionId"]}
                for each in versions
            ]
            if objects:
                client.delete_objects(
                    Bucket=bucket, Delete={"Objects": objects, "Quiet": True}
                )
