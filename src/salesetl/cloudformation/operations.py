"""Build what those on call have in an environment: a dashboard, the chain, and alarms on rules."""

from collections.abc import Sequence
from typing import Any

from salesetl.cloudformation.alarms import failed_invocations_alarm
from salesetl.cloudformation.chain import chain_resources
from salesetl.cloudformation.dashboard import dashboard
from salesetl.glue.definitions import JobDefinition

# The rules of an environment, by their logical names.
_RULES = {
    "FailedRuns": "failed-runs",
    "LongRuns": "long-runs",
    "FailedQuality": "failed-quality",
    "ChainStart": "chain-start",
}


def operations(definitions: Sequence[JobDefinition]) -> dict[str, Any]:
    """Return the resources of an environment that follow from its jobs."""
    alarms = {
        f"{rule}Undelivered": failed_invocations_alarm(
            name, rule, f"EventBridge could not reach the target of its rule {name}"
        )
        for rule, name in _RULES.items()
    }
    alarms["ChainStartUndelivered"] |= {"Condition": "IsChainScheduled"}
    return {
        **alarms,
        "Dashboard": dashboard([each.name for each in definitions]),
        **chain_resources(definitions),
    }
