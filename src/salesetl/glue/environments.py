"""An environment of jobs on AWS, as the outputs of its stack tell."""

from salesetl.cloudformation.permissions import LAKE
from salesetl.cloudformation.stacks import Stack, stack_name
from salesetl.errors import AwsError
from salesetl.glue.settings import Environment
from salesetl.storage import join


def environment_of(name: str) -> Environment:
    """Read where the jobs of an environment run; AwsError if there is no stack of it here."""
    stack = Stack(stack_name(name))
    outputs = stack.outputs()
    if not outputs:
        raise AwsError(
            f"there is no stack {stack.name} in {stack.region}; make infra-deploy ENV={name}"
            " creates it"
        )
    try:
        return Environment(
            name=name,
            raw=f"s3://{outputs['RawBucket']}",
            lake=join(f"s3://{outputs['ProcessedBucket']}", LAKE),
            scripts=f"s3://{outputs['ScriptsBucket']}",
            job_roles=outputs["JobRoles"],
        )
    except KeyError as error:
        raise AwsError(
            f"the stack {stack.name} has no output {error}; bring it up to date:"
            f" make infra-deploy ENV={name}"
        ) from error
