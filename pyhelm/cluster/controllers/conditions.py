"""Status conditions and counts, as the apps controllers keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object


def find(conditions: list[Object], name: str) -> Object | None:
    """Return the condition of that type."""
    for condition in conditions:
        if condition.get("type") == name:
            return condition
    return None


def without(conditions: list[Object], name: str) -> list[Object]:
    """Return the conditions but that type."""
    return [condition for condition in conditions if condition.get("type") != name]


def put(conditions: list[Object], condition: Object) -> list[Object]:
    """Return the conditions with ``condition`` last; untouched where status and reason are the same already.

    The transition time stays while the status does (deploymentutil.SetDeploymentCondition).
    """
    current = find(conditions, condition["type"])
    if current is not None and current.get("status") == condition["status"]:
        if current.get("reason") == condition.get("reason"):
            return conditions
        if "lastTransitionTime" in condition:
            condition = {**condition, "lastTransitionTime": current.get("lastTransitionTime")}
    return [*without(conditions, condition["type"]), condition]


def compact(status: dict[str, Any], keep: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a status as it is encoded: without zeros, empty lists and absent values, except the fields of ``keep``."""
    return {name: value for name, value in status.items() if value or (name in keep and value is not None)}
