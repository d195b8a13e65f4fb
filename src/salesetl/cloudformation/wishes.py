"""What a stack should become, as parameters of its template."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salesetl import aws
from salesetl.errors import ArgumentError

_RELEASE = re.compile(r"/releases/([^/]+)/")


@dataclass(frozen=True)
class Wish:
    """What a stack should become: its template, the parameters that are given, the release."""

    template: str
    parameters: Mapping[str, str]
    release: str | None = None


def parameters_of(
    client: Any, wish: Wish, env: str, stack: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """Return a value for each parameter; what is not given stays as it is in the stack.

    ArgumentError for a parameter that the template has not, or if a new stack has no release.
    """
    checked = client.get_template_summary(TemplateBody=wish.template)
    known = [each["ParameterKey"] for each in checked["Parameters"]]
    _check_names(wish.parameters, known)
    given = {**wish.parameters, "Env": env, **_release(client, wish, env, stack)}
    former = {each["ParameterKey"] for each in (stack or {}).get("Parameters", [])}
    return [
        (
            {"ParameterKey": name, "ParameterValue": given[name]}
            if name in given
            else {"ParameterKey": name, "UsePreviousValue": True}
        )
        for name in known
        if name in given or name in former
    ]


def running_releases(client: Any, stack: str) -> set[str]:
    """Return the releases that the jobs of a stack run."""
    pages = client.get_paginator("list_stack_resources").paginate(StackName=stack)
    found = [each for page in pages for each in page["StackResourceSummaries"]]
    glue, scripts = aws.client("glue"), []
    for each in found:
        if each["ResourceType"] == "AWS::Glue::Job":
            job = glue.get_job(JobName=each["PhysicalResourceId"])["Job"]
            scripts.append(job["Command"]["ScriptLocation"])
    return {release for text in scripts for release in _RELEASE.findall(text)}


def _release(
    client: Any, wish: Wish, env: str, stack: dict[str, Any] | None
) -> dict[str, str]:
    if stack:
        running = running_releases(client, stack["StackName"])
        # Where jobs run several, the stack keeps what it was told; a deploy then sees to it.
        return {"Release": running.pop()} if len(running) == 1 else {}
    if not wish.release:
        raise ArgumentError(
            f"--release: there is no stack for {env} yet, and it must know what its jobs run"
        )
    return {"Release": wish.release}


def _check_names(given: Mapping[str, str], known: Sequence[str]) -> None:
    for name in given:
        if name in ("Env", "Release"):
            raise ArgumentError(f"--parameter {name}: say it by --{name.lower()}")
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = (
                f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            )
            raise ArgumentError(f"--parameter {name}: there is none such; {hint}")
