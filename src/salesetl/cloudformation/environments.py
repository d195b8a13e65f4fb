"""Read an environment from the outputs of its stack."""

from salesetl.cloudformation.permissions import LAKE
from salesetl.cloudformation.stacks import Stack, stack_name
from salesetl.errors import AwsError
from salesetl.glue.settings import Environment
from salesetl.storage import join


def environment_of(name: str) -> Environment:
    """Return the buckets and roles of an environment; AwsError if its stack does not exist."""
    stack = Stack(stack_name(name))
    outputs = stack.outputs()
    if not outputs:
        raise AwsError(
            f"there is no stack {stack.name} in {stack.region}; create it with"
            f" make infra-deploy ENV={name}"
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
            f"the stack {stack.name} has no output {error}; update it with"
            f" make infra-deploy ENV={name}"
        ) from error
