"""A Pod's life as a state machine: what has happened by now, and when the next thing will.

``live`` moves a Pod's memory to the present and says what to tell; it writes nothing. Module ``status`` renders it.
The rules are kubelet's: kuberuntime_manager.go, image_manager.go, prober/worker.go, kubelet_pods.go.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pyhelm.cluster.clock import from_micros, stamp
from pyhelm.cluster.kubelet import images
from pyhelm.cluster.kubelet.behaviour import COMPLETION_SECONDS, Behaviour
from pyhelm.cluster.kubelet.memory import (
    CONFIG_ERROR,
    CRASH_BACKOFF,
    EXITED,
    NEVER_PULL,
    PULL_BACKOFF,
    PULL_FAILED,
    PULLING,
    RUNNING,
    STARTING,
    WAITING,
    Container,
    PodMemory,
)
from pyhelm.kube.objects import is_terminating, metadata, name_of, namespace_of, uid_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhelm.kube.objects import Object

SECOND = 1_000_000
START = SECOND // 5
"""Microseconds it takes to create and start a container."""
SHOW_PULL_ERROR = SECOND
"""Microseconds for which ErrImagePull is shown before the back-off is."""
BACKOFF_FIRST, BACKOFF_LAST = 10 * SECOND, 300 * SECOND
"""Between tries to pull, and between restarts."""
MOUNT_FIRST, MOUNT_LAST = SECOND // 2, 122 * SECOND
"""Between tries to mount a volume (exponentialbackoff)."""
CONFIG_RETRY = 12 * SECOND
"""Between tries to create a container whose configuration is missing: kubelet's sync period with its jitter."""
DEFAULT_GRACE = 30
PROBE_EVENTS = 10
"""Failed probes in a row that are told of."""
KILLED = 137


class Told(NamedTuple):
    """An event about a Pod; ``container`` is the field path's container, empty for the whole Pod."""

    type: str
    reason: str
    message: str
    container: str = ""
    init: bool = False


class World(Protocol):
    """What a Pod's life depends on besides itself."""

    def behaviour(self, pod: Object, container: Object) -> Behaviour:
        """Return how a container behaves."""

    def present(self, image: str, now: int) -> bool:
        """Tell whether the node has the image."""

    def arrival(self, image: str) -> int:
        """Return when a pull that is under way ends, 0 when there is none."""

    def arrive(self, image: str, moment: int) -> None:
        """Note that the node has the image from ``moment`` on."""

    def missing_volume(self, pod: Object) -> str:
        """Return why a volume cannot be mounted, empty when all can."""

    def missing_config(self, pod: Object, container: Object) -> str:
        """Return why a container's environment cannot be made, empty when it can."""


@dataclass(slots=True)
class Life:
    """What ``live`` found out.

    Attributes:
        events: What to tell, in order.
        due: When to look again, 0 for never.
        delete: The Pod is over: remove it.
    """

    events: list[Told] = field(default_factory=list)
    due: int = 0
    delete: bool = False

    def at(self, moment: int) -> None:
        """Look again at ``moment``, or earlier."""
        if moment and (not self.due or moment < self.due):
            self.due = moment


def live(pod: Object, memory: PodMemory, now: int, world: World) -> Life:
    """Move ``memory`` to ``now`` (microseconds); a Pod's containers change in the order of its spec."""
    return _Living(pod, memory, now, world).run()


def back_off(step: int, first: int = BACKOFF_FIRST, last: int = BACKOFF_LAST) -> int:
    """Return the wait after the ``step``-th failure (1 is the first)."""
    return min(first << min(step - 1, 40), last)


def is_sidecar(container: Object) -> bool:
    """Tell whether an init container keeps running beside the others."""
    return container.get("restartPolicy") == "Always"


def restart_policy(pod: Object) -> str:
    """Return ``spec.restartPolicy``, Always by default."""
    return pod["spec"].get("restartPolicy") or "Always"


class _Living:
    def __init__(self, pod: Object, memory: PodMemory, now: int, world: World) -> None:
        self.pod = pod
        self.spec: Object = pod["spec"]
        self.memory = memory
        self.now = now
        self.world = world
        self.life = Life()
        self.init = False

    def run(self) -> Life:
        memory = self.memory
        if not memory.start:
            memory.start = self.now
        if is_terminating(self.pod):
            self.terminate()
        elif not memory.finished:
            if self.past_deadline():
                self.stop_all(
                    "Failed", "DeadlineExceeded", "Pod was active on the node longer than the specified deadline"
                )
            elif self.mounted():
                self.containers()
        return self.life

    def tell(self, event_type: str, reason: str, message: str, container: str = "") -> None:
        self.life.events.append(Told(event_type, reason, message, container, self.init))

    # --- the whole Pod ---

    def past_deadline(self) -> bool:
        deadline = self.spec.get("activeDeadlineSeconds")
        if deadline is None:
            return False
        end = self.memory.start + int(deadline) * SECOND
        if self.now >= end:
            self.tell("Normal", "DeadlineExceeded", "Pod was active on the node longer than the specified deadline")
            return True
        self.life.at(end)
        return False

    def mounted(self) -> bool:
        memory = self.memory
        if memory.sandbox:
            return True
        if self.now < memory.retry:
            self.life.at(memory.retry)
            return False
        missing = self.world.missing_volume(self.pod)
        if missing:
            memory.mounts += 1
            memory.retry = self.now + back_off(memory.mounts, MOUNT_FIRST, MOUNT_LAST)
            self.tell("Warning", "FailedMount", missing)
            self.life.at(memory.retry)
            return False
        memory.sandbox = True
        return True

    def containers(self) -> None:
        """Run init containers one after the other, then all others."""
        memory = self.memory
        self.init = True
        for spec in self.spec.get("initContainers") or ():
            container = memory.of(spec.get("name", ""))
            self.advance(spec, container)
            if is_sidecar(spec):
                if not container.started:
                    self.init = False
                    return
            elif container.phase != EXITED or container.exit_code != 0:
                self.init = False
                if container.phase == EXITED:
                    self.stop_all("Failed", "", "")
                return
        self.init = False
        regular = [(spec, memory.of(spec.get("name", ""))) for spec in self.spec.get("containers") or ()]
        for spec, container in regular:
            self.advance(spec, container)
        if all(container.phase == EXITED for _, container in regular):
            failed = any(container.exit_code for _, container in regular)
            self.stop_all("Failed" if failed else "Succeeded", "", "")

    def stop_all(self, phase: str, reason: str, message: str) -> None:
        """End the Pod for good: what still runs is killed."""
        memory = self.memory
        for spec, container in self.every():
            if container.phase == RUNNING:
                self.end(container, 0 if is_sidecar(spec) else KILLED)
        memory.finished, memory.reason, memory.message = phase, reason, message
        self.life.due = 0

    def every(self) -> Iterator[tuple[Object, Container]]:
        for spec in [*(self.spec.get("initContainers") or ()), *(self.spec.get("containers") or ())]:
            yield spec, self.memory.of(spec.get("name", ""))

    def terminate(self) -> None:
        """Stop gracefully, then ask for removal."""
        memory = self.memory
        running = [(spec, container) for spec, container in self.every() if container.phase == RUNNING]
        grace = metadata(self.pod).get("deletionGracePeriodSeconds")
        limit = (DEFAULT_GRACE if grace is None else int(grace)) * SECOND
        if not memory.stopping:
            memory.stopping = self.now
            wait = 0
            for spec, _ in running:
                self.tell("Normal", "Killing", f"Stopping container {spec.get('name', '')}", spec.get("name", ""))
                wait = max(wait, self.stop_time(spec))
            memory.gone = self.now + min(wait, limit)
        memory.gone = min(memory.gone, memory.stopping + limit)
        if self.now < memory.gone:
            self.life.at(memory.gone)
            return
        for spec, container in running:
            self.end(container, KILLED if self.stop_time(spec) > limit else 0)
        if not memory.finished:
            failed = any(container.exit_code for _, container in self.every() if container.phase == EXITED)
            memory.finished = "Failed" if failed else "Succeeded"
        self.life.delete = True

    def stop_time(self, spec: Object) -> int:
        seconds = self.world.behaviour(self.pod, spec).stop_seconds
        sleep = ((spec.get("lifecycle") or {}).get("preStop") or {}).get("sleep") or {}
        return int(min(seconds, 1e9) * SECOND) + int(sleep.get("seconds") or 0) * SECOND

    # --- one container ---

    def advance(self, spec: Object, container: Container) -> None:
        """Let a container pass through all phases that are over."""
        for _ in range(20):
            before = container.phase, container.until
            if container.phase == WAITING:
                self.begin(spec, container)
            elif container.phase == RUNNING:
                self.watch(spec, container)
            elif container.phase == EXITED:
                self.after_exit(spec, container)
            elif self.now >= container.until:
                self.finish_phase(spec, container)
            if (container.phase, container.until) == before:
                break
        if container.phase not in {RUNNING, EXITED, WAITING}:
            self.life.at(container.until)

    def enter(self, container: Container, phase: str, until: int, message: str = "") -> None:
        container.phase, container.until, container.message = phase, until, message

    def begin(self, spec: Object, container: Container) -> None:
        """Get the image, as the pull policy says."""
        name, image = spec.get("name", ""), spec.get("image") or ""
        policy = spec.get("imagePullPolicy") or (
            "Always" if images.normalise(image).endswith(":latest") else "IfNotPresent"
        )
        present = self.world.present(image, self.now)
        if policy == "Never" and not present:
            message = f'Container image "{image}" is not present with pull policy of Never'
            self.tell("Warning", "ErrImageNeverPull", message, name)
            self.tell("Warning", "Failed", "Error: ErrImageNeverPull", name)
            self.enter(container, NEVER_PULL, self.now + CONFIG_RETRY, message)
        elif present and policy != "Always":
            self.tell(
                "Normal",
                "Pulled",
                f'Container image "{image}" already present on machine and can be accessed by the pod',
                name,
            )
            self.create(spec, container)
        else:
            self.tell("Normal", "Pulling", f'Pulling image "{image}"', name)
            behaviour = self.world.behaviour(self.pod, spec)
            seconds = behaviour.pull_seconds
            arrival = self.now + int(min(seconds, 1e9) * SECOND)
            under_way = self.world.arrival(image)
            if present:
                arrival = self.now + START
            elif under_way > self.now:
                arrival = under_way
            elif not behaviour.deny:
                self.world.arrive(image, arrival)
            container.retry = self.now
            self.enter(container, PULLING, arrival)

    def finish_phase(self, spec: Object, container: Container) -> None:
        name, image = spec.get("name", ""), spec.get("image") or ""
        if container.phase == PULLING:
            self.pulled(spec, container)
        elif container.phase == PULL_FAILED:
            reason = f'Back-off pulling image "{image}"'
            self.tell("Normal", "BackOff", reason, name)
            self.tell("Warning", "Failed", "Error: ImagePullBackOff", name)
            self.enter(container, PULL_BACKOFF, container.retry, f"{reason}: ErrImagePull: {images.pull_error(image)}")
        elif container.phase == STARTING:
            self.start(spec, container)
        elif container.phase == CRASH_BACKOFF:
            self.enter(container, WAITING, 0)
        else:
            # The back-off of a pull is over, or it is time to try again whether the configuration is there.
            self.enter(container, WAITING, 0)

    def pulled(self, spec: Object, container: Container) -> None:
        name, image = spec.get("name", ""), spec.get("image") or ""
        if self.world.behaviour(self.pod, spec).deny:
            self.world.arrive(image, 0)
            error = images.pull_error(image)
            self.tell("Warning", "Failed", f'Failed to pull image "{images.with_tag(image)}": {error}', name)
            self.tell("Warning", "Failed", "Error: ErrImagePull", name)
            container.pulls += 1
            container.retry = self.now + back_off(container.pulls)
            self.enter(container, PULL_FAILED, self.now + SHOW_PULL_ERROR, error)
            return
        container.pulls = 0
        took = go_duration(self.now - container.retry)
        self.tell(
            "Normal",
            "Pulled",
            f'Successfully pulled image "{image}" in {took} ({took} including waiting). '
            f"Image size: {images.image_size(image)} bytes.",
            name,
        )
        self.world.arrive(image, self.now)
        self.create(spec, container)

    def create(self, spec: Object, container: Container) -> None:
        missing = self.world.missing_config(self.pod, spec)
        if missing:
            self.tell("Warning", "Failed", f"Error: {missing}", spec.get("name", ""))
            self.enter(container, CONFIG_ERROR, self.now + CONFIG_RETRY, missing)
        else:
            self.enter(container, STARTING, self.now + START)

    def start(self, spec: Object, container: Container) -> None:
        name = spec.get("name", "")
        self.tell("Normal", "Created", "Container created", name)
        self.tell("Normal", "Started", "Container started", name)
        if container.began:
            container.restarts += 1
        container.began = True
        container.since = self.now
        container.failed_probes = 0
        container.started = container.ready = False
        self.enter(container, RUNNING, 0)

    def watch(self, spec: Object, container: Container) -> None:
        """A running container: does it end, is it started, is it ready?"""
        behaviour = self.world.behaviour(self.pod, spec)
        exit_after = behaviour.exit_after
        completes = restart_policy(self.pod) != "Always" or (self.init and not is_sidecar(spec))
        if exit_after is None and completes and not is_sidecar(spec):
            exit_after = COMPLETION_SECONDS
        if exit_after is not None and not math.isinf(exit_after):
            end = container.since + int(exit_after * SECOND)
            if self.now >= end:
                self.end(container, behaviour.exit_code)
                return
            self.life.at(end)
        self.probe(spec, container, behaviour.ready_after)

    def probe(self, spec: Object, container: Container, ready_after: float) -> None:
        answers = container.since + int(min(ready_after, 1e9) * SECOND)
        startup = spec.get("startupProbe")
        started = container.since
        if startup:
            first, period = _timing(startup, container.since)
            passed = _passes(first, period, answers) + period * (_times(startup, "successThreshold", 1) - 1)
            fails = first + period * (_times(startup, "failureThreshold", 3) - 1)
            if passed > fails:
                self.complain(spec, container, "Startup", startup, first, period, fails)
                if self.now >= fails and not container.started:
                    name = spec.get("name", "")
                    self.tell("Normal", "Killing", f"Container {name} failed startup probe, will be restarted", name)
                    self.end(container, KILLED)
                    return
                self.life.at(fails)
                return
            if self.now < passed:
                self.complain(spec, container, "Startup", startup, first, period, passed - 1)
                self.life.at(passed)
                return
            started = passed
        container.started = True
        readiness = spec.get("readinessProbe")
        if readiness:
            first, period = _timing(readiness, container.since)
            first = _passes(first, period, started) if startup else first
            ready = _passes(first, period, answers) + period * (_times(readiness, "successThreshold", 1) - 1)
        else:
            ready = max(started, answers)
        if self.now >= ready:
            container.ready = True
            return
        container.ready = False
        if readiness:
            self.complain(spec, container, "Readiness", readiness, first, period, ready - 1)
        if ready_after != math.inf:
            self.life.at(ready)

    def complain(
        self, spec: Object, container: Container, kind: str, probe: Object, first: int, period: int, last: int
    ) -> None:
        """Tell of failed probes, and be back for the next one."""
        reached = min(self.now, last)
        failed = min(PROBE_EVENTS, (reached - first) // period + 1) if reached >= first else 0
        answers_late = first <= last
        while container.failed_probes < failed:
            container.failed_probes += 1
            name = spec.get("name", "")
            self.tell("Warning", "Unhealthy", f"{kind} probe failed: {self.failure(probe, spec)}", name)
        upcoming = first + period * container.failed_probes
        if answers_late and container.failed_probes < PROBE_EVENTS and self.now < upcoming <= last:
            self.life.at(upcoming)

    def failure(self, probe: Object, spec: Object) -> str:
        """Return what a probe says when nothing answers."""
        for kind in ("httpGet", "tcpSocket", "grpc"):
            target = probe.get(kind)
            if target is None:
                continue
            address = f"{target.get('host') or self.memory.ip}:{_port(target.get('port'), spec)}"
            refused = f"dial tcp {address}: connect: connection refused"
            if kind == "httpGet":
                scheme, path = str(target.get("scheme") or "HTTP").lower(), target.get("path") or "/"
                return f'Get "{scheme}://{address}{path if path.startswith("/") else "/" + path}": {refused}'
            if kind == "grpc":
                return f'timeout: failed to connect service "{address}" within 1s: context deadline exceeded'
            return refused
        return "command exited with 1"

    def end(self, container: Container, exit_code: int) -> None:
        container.finished = self.now
        container.exit_code = exit_code
        container.reason = "Completed" if exit_code == 0 else "Error"
        container.started = container.ready = False
        self.enter(container, EXITED, 0)

    def after_exit(self, spec: Object, container: Container) -> None:
        """Restart, wait, or stay ended, as the restart policy says."""
        policy = restart_policy(self.pod)
        if is_sidecar(spec):
            policy = "Always"
        elif self.init:
            policy = "Never" if policy == "Never" else "OnFailure"
        if policy == "Never" or (policy == "OnFailure" and container.exit_code == 0):
            return
        container.last = terminated(self.pod, spec, container)
        if container.finished - container.since >= 2 * BACKOFF_LAST:
            container.exits = 0
        container.exits += 1
        if container.exits == 1:
            self.enter(container, WAITING, 0)
            return
        wait = back_off(container.exits - 1)
        name, pod = spec.get("name", ""), pod_text(self.pod)
        self.tell("Warning", "BackOff", f"Back-off restarting failed container {name} in pod {pod}", name)
        message = f"back-off {go_duration(wait)} restarting failed container={name} pod={pod}"
        self.enter(container, CRASH_BACKOFF, container.finished + wait, message)


def pod_text(pod: Object) -> str:
    """Return a Pod as kubelet writes it in messages: name_namespace(uid)."""
    return f"{name_of(pod)}_{namespace_of(pod)}({uid_of(pod)})"


def go_duration(microseconds: int) -> str:
    """Return a duration as Go prints it, to the millisecond (1.5s, 200ms, 2m40s)."""
    milliseconds = microseconds // 1000
    if milliseconds < 1000:
        return f"{milliseconds}ms" if milliseconds else "0s"
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest:03d}".rstrip("0") if rest else ""
    text = f"{seconds}{fraction}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return f"{hours}h{text}" if hours else text


def container_id(pod: Object, spec: Object, run: int) -> str:
    """Return the id that the simulated runtime gives a container's run."""
    identity = f"{uid_of(pod)}/{spec.get('name', '')}/{run}"
    return f"containerd://{sha256(identity.encode()).hexdigest()}"


def terminated(pod: Object, spec: Object, container: Container) -> dict[str, Any]:
    """Return ``state.terminated`` of a container that ended."""
    return {
        "exitCode": container.exit_code,
        "reason": container.reason,
        "startedAt": stamp(from_micros(container.since)),
        "finishedAt": stamp(from_micros(container.finished)),
        "containerID": container_id(pod, spec, container.restarts),
    }


def _timing(probe: Object, since: int) -> tuple[int, int]:
    """Return when a probe runs first, and its period."""
    return since + int(probe.get("initialDelaySeconds") or 0) * SECOND, _times(probe, "periodSeconds", 10) * SECOND


def _times(probe: Object, field_name: str, default: int) -> int:
    return max(1, int(probe.get(field_name) or default))


def _passes(first: int, period: int, answers: int) -> int:
    """Return the first probe at or after ``answers``."""
    if answers <= first:
        return first
    return first + -(-(answers - first) // period) * period


def _port(port: Any, spec: Object) -> Any:
    for entry in spec.get("ports") or ():
        if entry.get("name") == port:
            return entry.get("containerPort")
    return port
