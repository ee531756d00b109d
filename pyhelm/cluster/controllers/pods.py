"""What controllers of Pods have in common: predicates, Pods from templates, and which Pod goes first."""

from __future__ import annotations

from functools import cmp_to_key
from math import log2
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.clock import parse_stamp
from pyhelm.kube.objects import annotations_of, is_terminating, metadata, uid_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pyhelm.kube.objects import Object

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
FINISHED = ("Succeeded", "Failed")
_PHASE_ORDER = {"Pending": 0, "": 0, "Unknown": 1, "Running": 2}


def phase_of(pod: Object) -> str:
    """Return ``status.phase``, empty when there is none yet."""
    return (pod.get("status") or {}).get("phase") or ""


def is_active(pod: Object) -> bool:
    """Tell whether a Pod counts: not finished and not going away (controller.IsPodActive)."""
    return phase_of(pod) not in FINISHED and not is_terminating(pod)


def still_terminating(pod: Object) -> bool:
    """Tell whether a Pod is going away and not finished (controller.IsPodTerminating)."""
    return phase_of(pod) not in FINISHED and is_terminating(pod)


def condition_of(obj: Object, name: str) -> Object | None:
    """Return the status condition of that type."""
    for condition in (obj.get("status") or {}).get("conditions") or ():
        if condition.get("type") == name:
            found: Object = condition
            return found
    return None


def ready_since(pod: Object) -> datetime | None:
    """Return since when a Pod is ready, None when it is not."""
    condition = condition_of(pod, "Ready")
    if condition is None or condition.get("status") != "True":
        return None
    return parse_stamp(condition.get("lastTransitionTime"))


def is_ready(pod: Object) -> bool:
    """Tell whether a Pod's Ready condition is true."""
    condition = condition_of(pod, "Ready")
    return condition is not None and condition.get("status") == "True"


def available_in(pod: Object, min_ready_seconds: int, now: datetime) -> float | None:
    """Return in how many seconds a ready Pod counts as available: 0 for now, None when it is not ready."""
    if not is_ready(pod):
        return None
    if min_ready_seconds == 0:
        return 0.0
    since = ready_since(pod)
    if since is None:
        return None
    return max(0.0, min_ready_seconds - (now - since).total_seconds())


def is_available(pod: Object, min_ready_seconds: int, now: datetime) -> bool:
    """Tell whether a Pod was ready for long enough (podutil.IsPodAvailable)."""
    return available_in(pod, min_ready_seconds, now) == 0.0


def pod_from_template(template: Object, owner: Object, reference: Object) -> Object:
    """Return a Pod to create for ``owner``, named by the server (controller.GetPodFromTemplate)."""
    meta = template.get("metadata") or {}
    pod_metadata: dict[str, Any] = {
        "generateName": f"{metadata(owner).get('name', '')}-",
        "namespace": metadata(owner).get("namespace", ""),
        "ownerReferences": [reference],
    }
    for field in ("labels", "annotations"):
        if meta.get(field):
            pod_metadata[field] = dict(meta[field])
    if meta.get("finalizers"):
        pod_metadata["finalizers"] = list(meta["finalizers"])
    return {"apiVersion": "v1", "kind": "Pod", "metadata": pod_metadata, "spec": template.get("spec") or {}}


def deletion_cost(pod: Object) -> int:
    """Return the Pod's deletion cost annotation, 0 when absent or malformed."""
    try:
        return int(annotations_of(pod).get(DELETION_COST, "0"))
    except ValueError:
        return 0


def choose_for_deletion(pods: Sequence[Object], related: Iterable[Object], count: int, now: datetime) -> list[Object]:
    """Return the ``count`` Pods that a ReplicaSet deletes first (controller.ActivePodsWithRanks).

    Args:
        pods: The active Pods to choose from.
        related: Pods of all ReplicaSets of the same owner: a node with more of them loses one first.
    """
    if count >= len(pods):
        return list(pods)
    per_node: dict[str, int] = {}
    for pod in related:
        if is_active(pod):
            node = pod.get("spec", {}).get("nodeName") or ""
            per_node[node] = per_node.get(node, 0) + 1
    ranked = [_Rank(pod, per_node.get(pod.get("spec", {}).get("nodeName") or "", 0), now) for pod in pods]
    ranked.sort(key=cmp_to_key(_compare))
    return [rank.pod for rank in ranked[:count]]


class _Rank:
    """What a Pod is compared by, read once."""

    __slots__ = ("age", "assigned", "cost", "phase", "pod", "ready", "ready_age", "related", "restarts", "uid")

    def __init__(self, pod: Object, related: int, now: datetime) -> None:
        self.pod = pod
        self.uid = uid_of(pod)
        self.assigned = bool(pod.get("spec", {}).get("nodeName"))
        self.phase = _PHASE_ORDER.get(phase_of(pod), 2)
        self.ready = is_ready(pod)
        self.cost = deletion_cost(pod)
        self.related = related
        self.ready_age = _age(ready_since(pod), now)
        self.restarts = _restarts(pod)
        self.age = _age(parse_stamp(metadata(pod).get("creationTimestamp")), now)


def _age(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else (now - since).total_seconds() * 1e9


def _bucket(age: float) -> int:
    return int(log2(age)) if age > 0 else -1


def _restarts(pod: Object) -> tuple[int, int]:
    """Return the highest restart counts of containers and of sidecars."""
    status = pod.get("status") or {}
    regular = max((entry.get("restartCount") or 0 for entry in status.get("containerStatuses") or ()), default=0)
    sidecars = {
        container.get("name")
        for container in pod.get("spec", {}).get("initContainers") or ()
        if container.get("restartPolicy") == "Always"
    }
    return regular, max(
        (
            entry.get("restartCount") or 0
            for entry in status.get("initContainerStatuses") or ()
            if entry.get("name") in sidecars
        ),
        default=0,
    )


def _compare(one: _Rank, other: _Rank) -> int:
    """Return below 0 when ``one`` is deleted before ``other``."""
    if one.assigned != other.assigned:
        return 1 if one.assigned else -1
    if one.phase != other.phase:
        return one.phase - other.phase
    if one.ready != other.ready:
        return 1 if one.ready else -1
    if one.cost != other.cost:
        return one.cost - other.cost
    if one.related != other.related:
        return other.related - one.related
    if one.ready and one.ready_age != other.ready_age:
        return _younger_first(one, other, one.ready_age, other.ready_age)
    if one.restarts != other.restarts:
        return 1 if one.restarts < other.restarts else -1
    if one.age != other.age:
        return _younger_first(one, other, one.age, other.age)
    return 0


def _younger_first(one: _Rank, other: _Rank, age: float | None, other_age: float | None) -> int:
    """Compare ages by powers of two, then by uid (controller.logarithmicRankDiff)."""
    if age is None or other_age is None:
        return -1 if age is None else 1
    difference = _bucket(age) - _bucket(other_age)
    if difference:
        return difference
    return -1 if one.uid < other.uid else 1
