"""What a simulated container wrote: a few lines about its own life, made from the Pod's status when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.errors import BadRequestError
from pyhelm.kube.objects import name_of

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object


def log_of(pod: Object, container: str, *, previous: bool, tail: int | None) -> str:
    """Return a container's log.

    Raises:
        BadRequestError: No such container, several to choose from, it has not started yet, or has no earlier run.
    """
    name = container or _only_container(pod)
    spec = _spec_of(pod, name)
    status = _status_of(pod, name)
    state = (status or {}).get("state") or {}
    if previous:
        ended = ((status or {}).get("lastState") or {}).get("terminated")
        if not ended:
            message = f'previous terminated container "{name}" in pod "{name_of(pod)}" not found'
            raise BadRequestError(message)
        return _shorten(_run_lines(pod, spec, ended, ready=False), tail)
    if "running" in state:
        lines = _run_lines(pod, spec, state["running"], ready=bool((status or {}).get("ready")))
    elif "terminated" in state:
        lines = _run_lines(pod, spec, state["terminated"], ready=False)
    else:
        reason = (state.get("waiting") or {}).get("reason") or "ContainerCreating"
        ended = ((status or {}).get("lastState") or {}).get("terminated")
        if ended:
            return _shorten(_run_lines(pod, spec, ended, ready=False), tail)
        if reason == "ErrImagePull":
            text = "image can't be pulled"
        elif reason == "ImagePullBackOff":
            text = "trying and failing to pull image"
        else:
            text = reason
        message = f'container "{name}" in pod "{name_of(pod)}" is waiting to start: {text}'
        raise BadRequestError(message)
    return _shorten(lines, tail)


def _run_lines(pod: Object, spec: Object, run: dict[str, Any], *, ready: bool) -> list[str]:
    name, image = spec.get("name", ""), spec.get("image", "")
    lines = [f"{run.get('startedAt', '')} container {name} started from image {image} (simulated, nothing runs)"]
    command = [*(spec.get("command") or ()), *(spec.get("args") or ())]
    if command:
        lines.append(f"{run.get('startedAt', '')} command: {' '.join(str(word) for word in command)}")
    for port in spec.get("ports") or ():
        protocol = port.get("protocol") or "TCP"
        lines.append(f"{run.get('startedAt', '')} listening on {port.get('containerPort')}/{protocol}")
    if ready:
        moment = next(
            (
                condition.get("lastTransitionTime", "")
                for condition in (pod.get("status") or {}).get("conditions") or ()
                if condition.get("type") == "ContainersReady" and condition.get("status") == "True"
            ),
            run.get("startedAt", ""),
        )
        lines.append(f"{moment} ready")
    if "finishedAt" in run:
        lines.append(f"{run['finishedAt']} exited with code {run.get('exitCode', 0)}")
    return lines


def _shorten(lines: list[str], tail: int | None) -> str:
    if tail is not None and tail >= 0:
        lines = lines[len(lines) - tail :] if tail < len(lines) else lines
    return "".join(f"{line}\n" for line in lines)


def _only_container(pod: Object) -> str:
    names = [item.get("name", "") for item in pod["spec"].get("containers") or ()]
    if len(names) == 1:
        return str(names[0])
    inits = [item.get("name", "") for item in pod["spec"].get("initContainers") or ()]
    choice = f"a container name must be specified for pod {name_of(pod)}, choose one of: [{' '.join(names)}]"
    if inits:
        choice += f" or one of the init containers: [{' '.join(inits)}]"
    raise BadRequestError(choice)


def _spec_of(pod: Object, name: str) -> Object:
    spec = pod["spec"]
    for item in [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]:
        if item.get("name") == name:
            found: Object = item
            return found
    message = f"container {name} is not valid for pod {name_of(pod)}"
    raise BadRequestError(message)


def _status_of(pod: Object, name: str) -> Object | None:
    status = pod.get("status") or {}
    for entry in [*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())]:
        if entry.get("name") == name:
            found: Object = entry
            return found
    return None
