"""A Pod's status as kubelet reports it, from what the runtime remembers (kubelet_pods.go, status/generate.go)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cluster.clock import from_micros, stamp
from pyhelm.cluster.kubelet import images
from pyhelm.cluster.kubelet.lifecycle import container_id, is_sidecar, restart_policy, terminated
from pyhelm.cluster.kubelet.memory import (
    CONFIG_ERROR,
    CRASH_BACKOFF,
    EXITED,
    NEVER_PULL,
    PULL_BACKOFF,
    PULL_FAILED,
    RUNNING,
    Container,
    PodMemory,
)
from pyhelm.kube.objects import is_terminating, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyhelm.kube.objects import Object

_REASONS = {
    PULL_FAILED: "ErrImagePull",
    PULL_BACKOFF: "ImagePullBackOff",
    NEVER_PULL: "ErrImageNeverPull",
    CONFIG_ERROR: "CreateContainerConfigError",
    CRASH_BACKOFF: "CrashLoopBackOff",
}
OWN_CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
"""Conditions that kubelet and scheduler set, in the order in which they are kept."""


def render(pod: Object, memory: PodMemory, now: int, host_ip: str) -> dict[str, Any]:
    """Return the Pod's status at ``now``; conditions of others and what is unchanged stay as they are."""
    spec: Object = pod["spec"]
    old = pod.get("status") or {}
    inits: list[Object] = spec.get("initContainers") or []
    regulars: list[Object] = spec.get("containers") or []
    done = _initialised(inits, memory)
    phase = memory.finished or _phase(pod, memory, inits, regulars, initialised=done)
    status: dict[str, Any] = {
        name: old[name] for name in ("nominatedNodeName", "resourceClaimStatuses", "resize") if name in old
    }
    status["phase"] = phase
    status["observedGeneration"] = metadata(pod).get("generation") or 1
    status["qosClass"] = old.get("qosClass") or qos_class(spec)
    status["hostIP"] = host_ip
    status["hostIPs"] = [{"ip": host_ip}]
    status["startTime"] = old.get("startTime") or stamp(from_micros(memory.start))
    if memory.sandbox and memory.ip:
        status["podIP"] = memory.ip
        status["podIPs"] = [{"ip": memory.ip}]
    if memory.reason:
        status["reason"] = memory.reason
    if memory.message:
        status["message"] = memory.message
    waiting = "ContainerCreating" if done else "PodInitializing"
    if inits:
        status["initContainerStatuses"] = [_init_status(pod, item, memory, inits) for item in inits]
    status["containerStatuses"] = [_container_status(pod, item, memory.of(item["name"]), waiting) for item in regulars]
    status["conditions"] = _conditions(pod, memory, phase, now, initialised=done)
    return status


def _initialised(inits: Iterable[Object], memory: PodMemory) -> bool:
    for item in inits:
        container = memory.of(item["name"])
        if is_sidecar(item):
            if not container.started and not memory.finished:
                return False
        elif container.phase != EXITED or container.exit_code:
            return False
    return True


def _phase(
    pod: Object, memory: PodMemory, inits: Sequence[Object], regulars: Sequence[Object], *, initialised: bool
) -> str:
    """Return the phase of a Pod that is not finished (kubelet getPhase)."""
    if not initialised and any(not is_sidecar(item) or not memory.of(item["name"]).began for item in inits):
        return "Pending"
    running = stopped = 0
    for item in regulars:
        container = memory.of(item["name"])
        if container.phase == RUNNING:
            running += 1
        elif container.began:
            stopped += 1
        else:
            return "Pending"
    if running or stopped:
        return "Running"
    return "Running" if restart_policy(pod) == "Always" and regulars == [] else "Pending"


def _init_status(pod: Object, item: Object, memory: PodMemory, inits: Sequence[Object]) -> dict[str, Any]:
    container = memory.of(item["name"])
    first_open = next(
        (
            other["name"]
            for other in inits
            if not (
                memory.of(other["name"]).started
                if is_sidecar(other)
                else memory.of(other["name"]).phase == EXITED and memory.of(other["name"]).exit_code == 0
            )
        ),
        None,
    )
    waiting = "PodInitializing" if first_open != item["name"] or not memory.sandbox else "ContainerCreating"
    status = _container_status(pod, item, container, waiting)
    if not is_sidecar(item) and container.phase == EXITED:
        status["ready"] = container.exit_code == 0
        status["started"] = False
    elif not is_sidecar(item):
        status["ready"] = False
    return status


def _container_status(pod: Object, item: Object, container: Container, waiting: str) -> dict[str, Any]:
    image = item.get("image") or ""
    ran = container.began
    run = container.restarts
    state: dict[str, Any]
    if container.phase == RUNNING:
        state = {"running": {"startedAt": stamp(from_micros(container.since))}}
    elif container.phase == EXITED:
        state = {"terminated": terminated(pod, item, container)}
    elif container.phase in _REASONS:
        state = {"waiting": {"reason": _REASONS[container.phase]}}
        if container.message:
            state["waiting"]["message"] = container.message
    elif container.last is not None:
        state = {"terminated": container.last}
    else:
        state = {"waiting": {"reason": waiting}}
    last = container.last if "terminated" not in state else None
    return {
        "name": item["name"],
        "state": state,
        "lastState": {"terminated": last} if last else {},
        "ready": container.phase == RUNNING and container.ready,
        "restartCount": run,
        "image": images.normalise(image) if ran else image,
        "imageID": images.image_id(image) if ran else "",
        **({"containerID": container_id(pod, item, run)} if ran else {}),
        "started": container.phase == RUNNING and container.started,
    }


def _conditions(pod: Object, memory: PodMemory, phase: str, now: int, *, initialised: bool) -> list[Object]:
    spec: Object = pod["spec"]
    old: list[Object] = (pod.get("status") or {}).get("conditions") or []
    known = {condition.get("type", ""): condition for condition in old}
    over = phase in {"Succeeded", "Failed"}
    found: list[tuple[str, bool, str, str]] = []
    found.append(("PodReadyToStartContainers", memory.sandbox and not over, "", ""))
    if initialised or (over and phase == "Succeeded"):
        found.append(("Initialized", True, "PodCompleted" if phase == "Succeeded" else "", ""))
    else:
        unfinished = [
            item["name"]
            for item in spec.get("initContainers") or ()
            if not (
                memory.of(item["name"]).started
                if is_sidecar(item)
                else memory.of(item["name"]).phase == EXITED and memory.of(item["name"]).exit_code == 0
            )
        ]
        text = f"containers with incomplete status: [{' '.join(unfinished)}]"
        found.append(("Initialized", False, "ContainersNotInitialized", text))
    counted = [item for item in spec.get("initContainers") or () if is_sidecar(item)]
    counted += spec.get("containers") or []
    unready = [
        item["name"]
        for item in counted
        if memory.of(item["name"]).phase != RUNNING or not memory.of(item["name"]).ready
    ]
    if phase == "Succeeded":
        containers = (False, "PodCompleted", "")
    elif phase == "Failed":
        containers = (False, "PodFailed", "")
    elif unready:
        containers = (False, "ContainersNotReady", f"containers with unready status: [{' '.join(unready)}]")
    else:
        containers = (True, "", "")
    ready = containers
    if containers[0]:
        gate = _closed_gate(spec, known)
        if gate:
            ready = (False, "ReadinessGatesNotReady", gate)
    found.append(("Ready", *ready))
    found.append(("ContainersReady", *containers))
    found.append(("PodScheduled", True, "", ""))
    generation = metadata(pod).get("generation") or 1
    conditions = []
    for name, value, reason, message in found:
        text = "True" if value else "False"
        before = known.get(name)
        same = before is not None and before.get("status") == text
        condition: Object = {
            "type": name,
            "observedGeneration": generation,
            "status": text,
            "lastTransitionTime": before["lastTransitionTime"] if same and before else stamp(from_micros(now)),
        }
        if reason:
            condition["reason"] = reason
        if message:
            condition["message"] = message
        conditions.append(condition)
    conditions.extend(condition for condition in old if condition.get("type") not in OWN_CONDITIONS)
    return conditions


def _closed_gate(spec: Object, known: dict[str, Object]) -> str:
    """Return why a readiness gate keeps the Pod from being ready, empty when none does."""
    messages = []
    for gate in spec.get("readinessGates") or ():
        name = gate.get("conditionType", "")
        condition = known.get(name)
        if condition is None:
            messages.append(f'corresponding condition of pod readiness gate "{name}" does not exist.')
        elif condition.get("status") != "True":
            messages.append(
                f'the status of pod readiness gate "{name}" is not "True", but {condition.get("status", "")}'
            )
    return ", ".join(messages)


def qos_class(spec: Object) -> str:
    """Return Guaranteed, Burstable or BestEffort (qos.ComputePodQOS)."""
    requests_any = limits_any = False
    guaranteed = True
    for item in [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]:
        resources = item.get("resources") or {}
        requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
        for name in ("cpu", "memory"):
            requests_any = requests_any or name in requests
            limits_any = limits_any or name in limits
            if name not in limits or requests.get(name, limits[name]) != limits[name]:
                guaranteed = False
    if not requests_any and not limits_any:
        return "BestEffort"
    return "Guaranteed" if guaranteed else "Burstable"


def is_steady(pod: Object, memory: PodMemory) -> bool:
    """Tell whether a Pod's status says all there is to remember."""
    if is_terminating(pod):
        return False
    if memory.finished:
        return True
    if not memory.sandbox:
        return False
    return all(
        container.phase == EXITED or (container.phase == RUNNING and container.started and container.ready)
        for container in memory.containers.values()
    ) and not any(container.exits for container in memory.containers.values())
