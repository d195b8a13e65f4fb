"""Write the parts of the environment's template that follow from the jobs.

The rest of the template is written by hand. Each part is between two marker lines.
"""

import json
from collections.abc import Mapping, Sequence
from textwrap import indent
from typing import Any

import yaml

from salesetl.cloudformation.operations import operations
from salesetl.cloudformation.permissions import LAKE
from salesetl.cloudformation.template import substituted
from salesetl.errors import InputError
from salesetl.glue.definitions import JobDefinition
from salesetl.registry import pipeline_of_job


def with_generated_parts(template: str, definitions: Sequence[JobDefinition]) -> str:
    """Return the template with each generated part as it follows from the jobs.

    InputError names the part whose marker lines are missing.
    """
    namespaces = [pipeline_of_job(each.name).name for each in definitions]
    parts: Mapping[str, Any] = {
        "the rules for staging and quarantine": _expiry_rules(namespaces),
        "the roles of the jobs": [_role_arn(each.name) for each in definitions],
        "the dashboard and the chain": operations(definitions),
    }
    for name, content in parts.items():
        template = _with_part(template, name, content)
    return template


def _with_part(template: str, name: str, content: Any) -> str:
    first, last = f"# Made by `make docs`: {name}.\n", f"# End of {name}.\n"
    head, begin, rest = template.partition(first)
    _, end, tail = rest.partition(last)
    if not (begin and end):
        raise InputError(
            f"infra/salesetl.yaml: a marker line around {name} is missing; put back"
            f" {first.strip()!r} and {last.strip()!r}"
        )
    # The copy shares no objects, because CloudFormation does not allow YAML aliases.
    copied = json.loads(json.dumps(substituted(content)))
    text = yaml.safe_dump(copied, sort_keys=False, width=100)
    before = head.rpartition("\n")[2]
    return head + begin + indent(text, before) + before + end + tail


def _expiry_rules(namespaces: Sequence[str]) -> list[dict[str, Any]]:
    """Delete what killed runs left in staging, and rejected rows after a time."""
    staging = [
        {
            "Id": f"staging-{name}",
            "Status": "Enabled",
            "Prefix": f"{LAKE}/{name}/_staging/",
            "ExpirationInDays": 7,
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        }
        for name in namespaces
    ]
    quarantine = [
        {
            "Id": f"quarantine-{name}",
            "Status": "Enabled",
            "Prefix": f"{LAKE}/{name}/quarantine/",
            "ExpirationInDays": "${QuarantineDays}",
        }
        for name in namespaces
    ]
    return staging + quarantine


def _role_arn(job: str) -> str:
    account = "arn:${AWS::Partition}:iam::${AWS::AccountId}"
    return f"{account}:role/salesetl-${{Env}}-${{AWS::Region}}-job-{job}"
