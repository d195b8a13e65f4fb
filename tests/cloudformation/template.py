"""The templates as plain dictionaries, and what their policies come to.

A resource of a pipeline's template is named as `sales.Role`, one of generated events as
`ingest.Stream`, one of the environment's as `DeployRole`.
"""

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from salesetl.cloudformation.requests import (
    ENVIRONMENT_TEMPLATE,
    INGEST_TEMPLATE,
    template_path,
)
from salesetl.registry import namespaces

ROOT = Path(__file__).parents[2]
PATHS = {"": ROOT / ENVIRONMENT_TEMPLATE, "ingest": ROOT / INGEST_TEMPLATE} | {
    name: ROOT / template_path(name) for name in namespaces()
}

# What stands for the account, and for resources that policies name.
VALUES = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::AccountId": "123456789012",
    "Env": "dev",
    "Release": "0.5.0-0123456789ab",
    "Schedules": "off",
    "FunctionPackage": "functions/1.zip",
    "WorkGroup": "salesetl-dev",
    "GitHubRepository": "owner/name",
    "KmsKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/1",
}


# YAML with the short tags of CloudFormation, read as its long functions.
_Loader = type("_Loader", (yaml.SafeLoader,), {})


def _function(loader: Any, suffix: str, node: Any) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    raise ValueError(f"!{suffix} of a mapping")


yaml.add_multi_constructor("!", _function, _Loader)


def load(text: str) -> dict[str, Any]:
    """Read a template."""
    template: dict[str, Any] = yaml.load(text, _Loader)
    return template


TEMPLATES = {name: load(path.read_text()) for name, path in PATHS.items()}
RESOURCES: dict[str, dict[str, Any]] = {
    ".".join(filter(None, (pipeline, name))): resource
    for pipeline, template in TEMPLATES.items()
    for name, resource in template["Resources"].items()
}


def bucket(kind: str) -> str:
    """Return the name of a bucket, such as that of `raw` data."""
    return f"salesetl-dev-{kind}-123456789012-eu-central-1"


def database(pipeline: str) -> str:
    """Return the name of the database of a pipeline."""
    return f"salesetl_dev_{pipeline}"


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    """Return the properties of all resources of a type, by name."""
    return {
        name: resource["Properties"]
        for name, resource in RESOURCES.items()
        if resource["Type"] == kind
    }


def filled(value: Any, values: dict[str, str] | None = None) -> Any:
    """Fill in functions as with every option on."""
    known = VALUES | (values or {})
    if isinstance(value, list):
        return [filled(each, values) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) != 1:
        return {key: filled(each, values) for key, each in value.items()}
    [(name, inner)] = value.items()
    if name == "Ref":
        return known.get(inner, inner)
    if name == "Fn::GetAtt":
        return _attribute(inner)
    if name == "Fn::Sub":
        text, own = (inner, {}) if isinstance(inner, str) else inner
        return _substituted(text, known | filled(own, values))
    if name == "Fn::If":
        return filled(inner[1], values)
    if name == "Fn::Split":
        return filled(inner[1], values).split(inner[0])
    if name == "Fn::Select":
        return filled(inner[1], values)[int(inner[0])]
    return {name: filled(inner, values)}


def _substituted(text: str, known: dict[str, str]) -> str:
    def found(match: re.Match[str]) -> str:
        name = match[1]
        return _attribute(name) if "." in name else known.get(name, name)

    return re.sub(r"\$\{([A-Za-z0-9:.]+)\}", found, text)


def _attribute(name: str) -> str:
    resource = name.removesuffix(".Arn")
    if not resource.endswith("Bucket"):
        return resource
    return f"arn:aws:s3:::{bucket(resource.removesuffix('Bucket').lower())}"


def statements() -> list[tuple[str, dict[str, Any]]]:
    """Return every statement of every policy with the name of its resource."""
    found = []
    for name, resource in RESOURCES.items():
        own = {"Database": database(name.partition(".")[0])}
        properties = resource["Properties"]
        documents = [
            properties.get("PolicyDocument"),
            properties.get("KeyPolicy"),
            *(each["PolicyDocument"] for each in properties.get("Policies", [])),
        ]
        for document in filter(None, documents):
            found += [(name, each) for each in filled(document, own)["Statement"]]
    return found


def allows(role: str, action: str, resource: str, prefix: str | None = None) -> bool:
    """Tell whether a role may do something; `prefix` is what a listing asks for.

    None is a request that has none, such as a GET: no condition on it is then met.
    """
    for name, statement in statements():
        conditions = statement.get("Condition", {}).get("StringLike", {})
        prefixes = conditions.get("s3:prefix")
        if (
            name == role
            and statement["Effect"] == "Allow"
            and _matches(action, statement["Action"])
            and _matches(resource, statement["Resource"])
            and (not prefixes or prefix is not None and _matches(prefix, prefixes))
        ):
            return True
    return False


def listed(entry: str | list[str]) -> list[str]:
    """Return what stands alone or in a list as a list."""
    return [entry] if isinstance(entry, str) else entry


def _matches(text: str, patterns: str | list[str]) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in listed(patterns))
