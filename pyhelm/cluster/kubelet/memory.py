"""What the simulated runtime remembers of a Pod: its containers, in microseconds of cluster time.

It is rebuilt from the Pod's status where it was lost, as a real kubelet does after a restart.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.clock import micros, parse_stamp

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object

WAITING = "waiting"  # has not begun, or begins again now
PULLING = "pulling"
PULL_FAILED = "pull-failed"
PULL_BACKOFF = "pull-backoff"
NEVER_PULL = "never-pull"
CONFIG_ERROR = "config-error"
STARTING = "starting"
RUNNING = "running"
CRASH_BACKOFF = "crash-backoff"
EXITED = "exited"


@dataclass(slots=True)
class Container:
    """One container.

    Attributes:
        phase: One of the words above.
        until: When the phase ends by itself.
        retry: When a failed pull is tried again.
        since: When it started.
        finished: When it ended last.
        pulls: Failed pulls in a row.
        exits: Steps of the restart back-off.
        restarts: ``restartCount``.
        began: Whether this start was counted: a container that never ran has no restart.
        started: ``started`` of its status: running, and the startup probe succeeded.
        failed_probes: Failed probes since it started, as far as events were recorded.
        message: Why it waits.
        last: ``lastState.terminated``.
        identity: Number of this run, part of its container id.
    """

    phase: str = WAITING
    until: int = 0
    retry: int = 0
    since: int = 0
    finished: int = 0
    exit_code: int = 0
    reason: str = ""
    pulls: int = 0
    exits: int = 0
    restarts: int = 0
    began: bool = False
    started: bool = False
    ready: bool = False
    failed_probes: int = 0
    message: str = ""
    last: dict[str, Any] | None = None


@dataclass(slots=True)
class PodMemory:
    """One Pod on a node.

    Attributes:
        start: When kubelet first saw it.
        sandbox: Whether volumes are mounted and the Pod has its network.
        mounts: Failed tries to mount.
        retry: When mounting is tried again.
        stopping: When its containers began to stop; 0: not.
        gone: When they have all stopped.
        finished: ``Succeeded`` or ``Failed`` once that is final.
    """

    start: int = 0
    ip: str = ""
    sandbox: bool = False
    mounts: int = 0
    retry: int = 0
    stopping: int = 0
    gone: int = 0
    finished: str = ""
    reason: str = ""
    message: str = ""
    containers: dict[str, Container] = field(default_factory=dict)

    def of(self, name: str) -> Container:
        """Return a container's memory, new where there is none."""
        found = self.containers.get(name)
        if found is None:
            found = self.containers[name] = Container()
        return found


def encode(memory: PodMemory) -> dict[str, Any]:
    """Return the memory as JSON."""
    return asdict(memory)


def decode(value: dict[str, Any]) -> PodMemory:
    """Return what ``encode`` wrote."""
    containers = {name: Container(**container) for name, container in value["containers"].items()}
    return PodMemory(**{**value, "containers": containers})


def recall(pod: Object) -> PodMemory:
    """Return the memory that a Pod's status implies."""
    status = pod.get("status") or {}
    memory = PodMemory()
    started = parse_stamp(status.get("startTime"))
    if started is None:
        return memory
    memory.start = micros(started)
    memory.ip = status.get("podIP") or ""
    memory.sandbox = bool(memory.ip)
    if status.get("phase") in {"Succeeded", "Failed"}:
        memory.finished = status["phase"]
    for entry in [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]:
        memory.containers[entry.get("name", "")] = _recall_container(entry)
    return memory


def _recall_container(entry: Object) -> Container:
    state = entry.get("state") or {}
    container = Container(
        restarts=entry.get("restartCount") or 0,
        last=(entry.get("lastState") or {}).get("terminated"),
    )
    container.began = container.restarts > 0 or container.last is not None
    container.exits = min(container.restarts, 6)
    if "running" in state:
        since = parse_stamp(state["running"].get("startedAt"))
        container.phase = RUNNING
        container.began = True
        container.since = micros(since) if since else 0
        container.started = bool(entry.get("started"))
        container.ready = bool(entry.get("ready"))
    elif "terminated" in state:
        ended = state["terminated"]
        since, finished = parse_stamp(ended.get("startedAt")), parse_stamp(ended.get("finishedAt"))
        container.phase = EXITED
        container.began = True
        container.since = micros(since) if since else 0
        container.finished = micros(finished) if finished else 0
        container.exit_code = ended.get("exitCode") or 0
        container.reason = ended.get("reason") or ""
    return container
