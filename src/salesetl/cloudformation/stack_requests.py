"""What a stack should become, as parameters of its template."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salesetl.cloudformation.jobs import running_releases
from salesetl.errors import ArgumentError


@dataclass(frozen=True)
class StackRequest:
    """What a stack should become: its template, the parameters that are given, the release."""

    template: str
    parameters: Mapping[str, str]
    release: str | None = None


def parameters_of(
    client: Any, request: StackRequest, env: str, stack: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """Return a value for each parameter; what is not given stays as it is in the stack.

    ArgumentError for a parameter that the template has not, or if a new stack has no release.
    """
    checked = client.get_template_summary(TemplateBody=request.template)
    known = [each["ParameterKey"] for each in checked["Parameters"]]
    _check_names(request.parameters, known)
    given = {**request.parameters, "Env": env, **_release(client, request, env, stack)}
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


def release_to_take_over(client: Any, stack: dict[str, Any]) -> str | None:
    """Return the release that all jobs of a stack run, where the stack knows another."""
    running = running_releases(client, stack["StackName"])
    return running.pop() if len(running) == 1 and running != _known(stack) else None


def release_only(stack: dict[str, Any], release: str) -> dict[str, Any]:
    """Return a request to change nothing of a stack but the release that it knows."""
    parameters = [
        {"ParameterKey": each["ParameterKey"], "UsePreviousValue": True}
        for each in stack.get("Parameters", [])
        if each["ParameterKey"] != "Release"
    ]
    return {
        "UsePreviousTemplate": True,
        "Parameters": [
            *parameters,
            {"ParameterKey": "Release", "ParameterValue": release},
        ],
    }


def _known(stack: dict[str, Any]) -> set[str]:
    return {
        each["ParameterValue"]
        for each in stack.get("Parameters", [])
        if each["ParameterKey"] == "Release"
    }


def _release(
    client: Any, request: StackRequest, env: str, stack: dict[str, Any] | None
) -> dict[str, str]:
    if stack:
        running = running_releases(client, stack["StackName"])
        # Where jobs run several, the stack keeps what it was told; a deploy then sees to it.
        return {"Release": running.pop()} if len(running) == 1 else {}
    if not request.release:
        raise ArgumentError(
            f"--release: there is no stack for {env} yet, and it must know what its jobs run"
        )
    return {"Release": request.release}


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
