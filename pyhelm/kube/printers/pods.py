"""The table of Pods, whose STATUS column is worked out from phases, conditions and container states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyhelm.kube.objects import is_terminating, name_of
from pyhelm.kube.printers.table import Printer, age, columns, since

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pyhelm.kube.objects import Object


@dataclass(frozen=True, slots=True)
class PodSummary:
    """What ``kubectl get pods`` says of a Pod: ``last_restart`` is a timestamp, empty when there was none."""

    ready: int
    total: int
    reason: str
    restarts: int
    last_restart: str


def summarize(pod: Object) -> PodSummary:
    """Return the READY, STATUS and RESTARTS of a Pod (printPod)."""
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    phase = status.get("phase") or ""
    reason = status.get("reason") or phase
    if any(
        condition.get("type") == "PodScheduled" and condition.get("reason") == "SchedulingGated"
        for condition in status.get("conditions") or ()
    ):
        reason = "SchedulingGated"
    sidecars = {item["name"] for item in spec.get("initContainers") or () if item.get("restartPolicy") == "Always"}
    total = len(spec.get("containers") or ()) + len(sidecars)
    init = _summarize_init(spec, status, sidecars)
    ready, restarts, last_restart = init.ready, init.restarts, init.last_restart
    if init.reason:
        reason = init.reason
    if not init.reason or _condition(status, "Initialized"):
        main_reason, main_ready, restarts, last_restart = _summarize_main(status, reason, init)
        reason, ready = main_reason, ready + main_ready
    if is_terminating(pod):
        if status.get("reason") == "NodeLost":
            reason = "Unknown"
        elif phase not in {"Succeeded", "Failed"}:
            reason = "Terminating"
    return PodSummary(ready, total, reason, restarts, last_restart)


@dataclass(slots=True)
class _Init:
    ready: int = 0
    reason: str = ""
    restarts: int = 0
    last_restart: str = ""
    sidecar_restarts: int = 0
    last_sidecar_restart: str = ""


def _summarize_init(spec: Object, status: Object, sidecars: set[str]) -> _Init:
    result = _Init()
    for position, container in enumerate(status.get("initContainerStatuses") or ()):
        restarts, finished = container.get("restartCount", 0), _last_finish(container)
        result.restarts += restarts
        result.last_restart = max(result.last_restart, finished)
        sidecar = container.get("name") in sidecars
        if sidecar:
            result.sidecar_restarts += restarts
            result.last_sidecar_restart = max(result.last_sidecar_restart, finished)
        state = container.get("state") or {}
        terminated, waiting = state.get("terminated"), state.get("waiting") or {}
        if terminated and terminated.get("exitCode", 0) == 0:
            continue
        if sidecar and container.get("started"):
            result.ready += bool(container.get("ready"))
            continue
        if terminated:
            result.reason = "Init:" + _end(terminated)
        elif waiting.get("reason") and waiting["reason"] != "PodInitializing":
            result.reason = f"Init:{waiting['reason']}"
        else:
            result.reason = f"Init:{position}/{len(spec.get('initContainers') or ())}"
        break
    return result


def _summarize_main(status: Object, reason: str, init: _Init) -> tuple[str, int, int, str]:
    ready, restarts, last_restart = 0, init.sidecar_restarts, init.last_sidecar_restart
    running, error_reason = False, ""
    for container in reversed(status.get("containerStatuses") or ()):
        restarts += container.get("restartCount", 0)
        last_restart = max(last_restart, _last_finish(container))
        state = container.get("state") or {}
        if (state.get("waiting") or {}).get("reason"):
            reason = state["waiting"]["reason"]
        elif state.get("terminated"):
            reason = _end(state["terminated"])
            if state["terminated"].get("exitCode", 0) != 0:
                error_reason = reason
        elif container.get("ready") and state.get("running") is not None:
            running = True
            ready += 1
    if reason == "Completed":
        if running and _condition(status, "Ready"):
            reason = "Running"
        elif error_reason:
            reason = error_reason
        elif running:
            reason = "NotReady"
    return reason, ready, restarts, last_restart


def _end(terminated: Object) -> str:
    if terminated.get("reason"):
        return str(terminated["reason"])
    if terminated.get("signal"):
        return f"Signal:{terminated['signal']}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


def _last_finish(container: Object) -> str:
    terminated = (container.get("lastState") or {}).get("terminated") or {}
    return terminated.get("finishedAt") or ""


def _condition(status: Object, kind: str) -> bool:
    return any(
        condition.get("type") == kind and condition.get("status") == "True"
        for condition in status.get("conditions") or ()
    )


def _pod(pod: Object, now: datetime) -> Sequence[Any]:
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    summary = summarize(pod)
    restarts = str(summary.restarts)
    if summary.restarts and summary.last_restart:
        restarts = f"{restarts} ({since(summary.last_restart, now)} ago)"
    addresses = status.get("podIPs") or ()
    gates = spec.get("readinessGates") or ()
    passed = sum(_condition(status, gate.get("conditionType", "")) for gate in gates)
    return (
        name_of(pod),
        f"{summary.ready}/{summary.total}",
        summary.reason,
        restarts,
        age(pod, now),
        (addresses[0].get("ip") if addresses else "") or "<none>",
        spec.get("nodeName") or "<none>",
        status.get("nominatedNodeName") or "<none>",
        f"{passed}/{len(gates)}" if gates else "<none>",
    )


PRINTERS = {
    "Pod": Printer(
        columns(
            "Name",
            "Ready",
            "Status",
            "Restarts",
            "Age",
            wide=("IP", "Node", "Nominated Node", "Readiness Gates"),
        ),
        _pod,
    )
}
