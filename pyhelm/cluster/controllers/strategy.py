"""What a Deployment asks for, in Pods and seconds; ``replicas_of`` is for everything that has replicas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.kube import intstr
from pyhelm.kube.objects import metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyhelm.kube.objects import Object

INT32_MAX = 2**31 - 1
"""Stands for no limit, where a field is an int32."""


def replicas_of(obj: Object) -> int:
    """Return ``spec.replicas``, 1 when absent."""
    value = obj["spec"].get("replicas")
    return 1 if value is None else int(value)


def is_rolling(deployment: Object) -> bool:
    """Tell whether the strategy is RollingUpdate, as it is by default."""
    return ((deployment["spec"].get("strategy") or {}).get("type") or "RollingUpdate") == "RollingUpdate"


def fenceposts(deployment: Object) -> tuple[int, int]:
    """Return maxSurge and maxUnavailable in Pods (ResolveFenceposts)."""
    rolling = (deployment["spec"].get("strategy") or {}).get("rollingUpdate") or {}
    return intstr.fenceposts(rolling.get("maxSurge"), rolling.get("maxUnavailable"), replicas_of(deployment))


def max_surge(deployment: Object) -> int:
    """Return how many Pods there may be above ``replicas``."""
    return fenceposts(deployment)[0] if is_rolling(deployment) else 0


def max_unavailable(deployment: Object) -> int:
    """Return how many Pods may be unavailable."""
    replicas = replicas_of(deployment)
    if not is_rolling(deployment) or replicas == 0:
        return 0
    return min(fenceposts(deployment)[1], replicas)


def progress_deadline(deployment: Object) -> int | None:
    """Return ``progressDeadlineSeconds``, None when there is none."""
    value = deployment["spec"].get("progressDeadlineSeconds")
    return None if value is None or value == INT32_MAX else int(value)


def is_complete(deployment: Object, status: Mapping[str, Any]) -> bool:
    """Tell whether everything is new and available (DeploymentComplete)."""
    replicas = replicas_of(deployment)
    return bool(
        (status.get("updatedReplicas") or 0) == replicas
        and (status.get("replicas") or 0) == replicas
        and (status.get("availableReplicas") or 0) == replicas
        and (status.get("observedGeneration") or 0) >= (metadata(deployment).get("generation") or 0)
    )
