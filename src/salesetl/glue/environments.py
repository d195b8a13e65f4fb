"""An environment of jobs on AWS, as the outputs of its stack tell."""

import re

from salesetl.aws import aws_errors, client, error_code
from salesetl.errors import ArgumentError, AwsError
from salesetl.glue.settings import APPLICATION, Environment
from salesetl.pipelines import JOBS

_NAME = re.compile(r"[a-z][a-z0-9]{0,9}")


def stack_name(environment: str) -> str:
    """What the stack of an environment is called; ArgumentError if there can be none such."""
    if not _NAME.fullmatch(environment):
        raise ArgumentError(
            f"environment {environment!r}: up to ten lower-case letters and digits, such as dev"
        )
    return f"{APPLICATION}-{environment}"


def environment_of(name: str) -> Environment:
    """Read where the jobs of an environment run; AwsError if there is no stack of it here."""
    stack = stack_name(name)
    cloudformation = client("cloudformation")
    with aws_errors(stack):
        try:
            [found] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        except cloudformation.exceptions.ClientError as error:
            if error_code(error) != "ValidationError":
                raise
            region = cloudformation.meta.region_name
            raise AwsError(
                f"there is no stack {stack} in {region}; make infra-deploy ENV={name} creates it"
            ) from error
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}
    try:
        return Environment(
            name=name,
            raw=f"s3://{outputs['RawBucket']}",
            lake=f"s3://{outputs['ProcessedBucket']}/lake",
            scripts=f"s3://{outputs['ScriptsBucket']}",
            database=outputs["Database"],
            roles={job: outputs[f"{camel_case(job)}Role"] for job in JOBS},
        )
    except KeyError as error:
        raise AwsError(
            f"the stack {stack} has no output {error}; bring it up to date:"
            f" make infra-deploy ENV={name}"
        ) from error


def camel_case(job: str) -> str:
    """Write the name of a job as a template names its resources."""
    return "".join(map(str.capitalize, job.split("_")))
