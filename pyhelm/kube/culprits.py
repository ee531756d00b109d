"""Why a workload is not ready: the Pods that hold it up, and what their containers, conditions and events say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.errors import ApiError
from pyhelm.kube.objects import metadata, name_of, namespace_of, uid_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object

MAX_PODS = 3
"""Pods that are told of one by one; of more there is only the number."""

# What each kind owns, on the way to its Pods.
_OWNED = {
    "Deployment": ("apps/v1", "ReplicaSet"),
    "ReplicaSet": ("v1", "Pod"),
    "ReplicationController": ("v1", "Pod"),
    "StatefulSet": ("v1", "Pod"),
    "DaemonSet": ("v1", "Pod"),
    "Job": ("v1", "Pod"),
    "CronJob": ("batch/v1", "Job"),
}

_PROGRESS = frozenset({"ContainerCreating", "PodInitializing", "NodePorts", ""})


def culprits_of(client: Client, obj: Object) -> tuple[str, ...]:
    """Return lines such as ``Pod web-x: container app: ImagePullBackOff: Back-off pulling image "app:9"``.

    Reads the objects that ``obj`` owns, down to its Pods, and their events; reads that are refused are left out.
    """
    try:
        return tuple(dict.fromkeys(_culprits(client, obj)))
    except ApiError:
        return ()


def pod_troubles(pod: Object) -> list[str]:
    """Return what a Pod says of itself: unschedulable, waiting, failing or unready containers; empty if all is well."""
    status = pod.get("status") or {}
    if status.get("phase") == "Succeeded":
        return []
    if metadata(pod).get("deletionTimestamp"):
        return ["terminating"]
    conditions = {item.get("type"): item for item in status.get("conditions") or ()}
    scheduled = conditions.get("PodScheduled") or {}
    if scheduled.get("status") == "False":
        return [_joined(scheduled.get("reason"), scheduled.get("message"))]
    found = [
        f"{word} {container.get('name')}: {trouble}"
        for field, word in (("initContainerStatuses", "init container"), ("containerStatuses", "container"))
        for container in status.get(field) or ()
        if (trouble := _container_trouble(container, init=field == "initContainerStatuses"))
    ]
    if found:
        telling = [line for line in found if not line.endswith(("not ready", "not started"))]
        return telling or found
    if status.get("phase") == "Failed":
        return [_joined(status.get("reason") or "Failed", status.get("message"))]
    ready = conditions.get("Ready") or {}
    if ready.get("status") == "True":
        return []
    gate = ready.get("message") if ready.get("reason") == "ReadinessGatesNotReady" else ""
    return [gate or (status.get("phase") or "Pending").lower()]


def _culprits(client: Client, obj: Object) -> Iterator[str]:
    kind = obj.get("kind") or ""
    if kind == "Pod":
        yield from _pod_lines(client, obj)
        return
    for condition in (obj.get("status") or {}).get("conditions") or ():
        if condition.get("type") in {"ReplicaFailure", "Failed"} and condition.get("status") == "True":
            yield f"{kind} {name_of(obj)}: {_joined(condition.get('reason'), condition.get('message'))}"
    if kind not in _OWNED:
        yield from _event_lines(client, obj, latest=1)
        return
    owned = _owned_by(client, obj, *_OWNED[kind])
    if kind == "Deployment":
        owned = [item for item in owned if (item.get("spec") or {}).get("replicas", 1)]
    if _OWNED[kind][1] != "Pod":
        for item in owned:
            yield from _culprits(client, item)
        return
    troubled = [pod for pod in owned if pod_troubles(pod)]
    for pod in troubled[:MAX_PODS]:
        yield from _pod_lines(client, pod)
    if len(troubled) > MAX_PODS:
        yield f"{len(troubled) - MAX_PODS} more Pods of {kind} {name_of(obj)} are not ready"
    if not owned:
        yield from _event_lines(client, obj, latest=1)


def _pod_lines(client: Client, pod: Object) -> Iterator[str]:
    troubles = pod_troubles(pod)
    for trouble in troubles:
        yield f"Pod {name_of(pod)}: {trouble}"
    vague = all(trouble.endswith(("not ready", "not started", "pending", "running")) for trouble in troubles)
    waiting = any(trouble.endswith(("ContainerCreating", "PodInitializing")) for trouble in troubles)
    if troubles and (vague or waiting):
        yield from _event_lines(client, pod, latest=2)


def _event_lines(client: Client, obj: Object, *, latest: int) -> Iterator[str]:
    """Yield the last warnings about an object."""
    resource = client.catalog.for_kind("v1", "Event")
    fields = f"involvedObject.uid={uid_of(obj)},type=Warning"
    events = client.list(resource, namespace_of(obj) or "default", fields=fields).items
    events.sort(key=lambda event: event.get("lastTimestamp") or event.get("eventTime") or "")
    for event in events[-latest:]:
        yield f"{obj.get('kind')} {name_of(obj)}: {_joined(event.get('reason'), event.get('message'))}"


def _owned_by(client: Client, owner: Object, api_version: str, kind: str) -> Sequence[Object]:
    uid = uid_of(owner)
    found = client.list(client.catalog.for_kind(api_version, kind), namespace_of(owner)).items
    return [item for item in found if any(ref.get("uid") == uid for ref in metadata(item).get("ownerReferences") or ())]


def _container_trouble(container: Object, *, init: bool) -> str:
    state = container.get("state") or {}
    if (waiting := state.get("waiting")) is not None:
        last = (container.get("lastState") or {}).get("terminated")
        reason, message = waiting.get("reason") or "", waiting.get("message")
        if reason in _PROGRESS:
            return reason or "not started"
        said = _joined(reason, message)
        return f"{said} (last exit: {_exit(last)})" if last else said
    if (ended := state.get("terminated")) is not None:
        if init and not ended.get("exitCode"):
            return ""
        return _exit(ended)
    if not container.get("ready") and not init:
        restarts = container.get("restartCount") or 0
        return f"running after {restarts} restarts, not ready" if restarts else "running, not ready"
    return ""


def _exit(ended: Object) -> str:
    text = f"{ended.get('reason') or 'Terminated'}, exit code {ended.get('exitCode', 0)}"
    return f"{text}: {message}" if (message := ended.get("message")) else text


def _joined(reason: str | None, message: str | None) -> str:
    return ": ".join(part for part in (reason, message) if part)
