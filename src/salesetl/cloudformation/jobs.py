"""The jobs of a stack as Glue has them: which releases they run, and which runs are under way."""

import re
from typing import Any

from salesetl import aws

JOB = "AWS::Glue::Job"
_RELEASE = re.compile(r"/releases/([^/]+)/")
_UNDER_WAY = ("WAITING", "STARTING", "RUNNING", "STOPPING")


def running_releases(client: Any, stack: str) -> set[str]:
    """Return the releases that the jobs of a stack run."""
    glue = aws.client("glue")
    scripts = [
        glue.get_job(JobName=name)["Job"]["Command"]["ScriptLocation"]
        for name in _job_names(client, stack)
    ]
    return {release for text in scripts for release in _RELEASE.findall(text)}


def runs_under_way(client: Any, stack: str) -> list[str]:
    """Return the runs of the jobs of a stack that have not ended, each as a name of job and run."""
    return [
        f"{name} ({run['Id']})"
        for name in _job_names(client, stack)
        for run in _runs(name)
        if run["JobRunState"] in _UNDER_WAY
    ]


def _job_names(client: Any, stack: str) -> list[str]:
    pages = client.get_paginator("list_stack_resources").paginate(StackName=stack)
    found = [each for page in pages for each in page["StackResourceSummaries"]]
    # One that could not be made has no name.
    return [
        each["PhysicalResourceId"]
        for each in found
        if each["ResourceType"] == JOB and each.get("PhysicalResourceId")
    ]


def _runs(job: str) -> list[dict[str, Any]]:
    glue = aws.client("glue")
    try:
        pages = glue.get_paginator("get_job_runs").paginate(JobName=job)
        return [run for page in pages for run in page["JobRuns"]]
    except glue.exceptions.EntityNotFoundException:
        # Somebody has removed it by hand, or an earlier attempt to delete the stack has.
        return []
