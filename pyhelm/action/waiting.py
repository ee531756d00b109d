"""Wait for a release's objects: to be ready, to be gone, or (hooks) to have run to their end.

Every wait is a loop of "look, then pause"; the cluster decides what a pause is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.action.environment import WaitStrategy
from pyhelm.action.progress import Waiting
from pyhelm.errors import NotFoundError, NotReadyError, Unready

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyhelm.action.environment import Environment
    from pyhelm.action.objects import Target
    from pyhelm.kube.objects import Object

DEFAULT_TIMEOUT = 30.0
"""Seconds that a timeout of 0 stands for (DefaultStatusWatcherTimeout)."""


def await_ready(
    env: Environment, targets: Sequence[Target], *, timeout: float, strategy: WaitStrategy, jobs: bool
) -> None:
    """Wait until objects are ready, unless only hooks are waited for.

    Args:
        env: The cluster.
        targets: What is waited for.
        timeout: Seconds of cluster time.
        strategy: What to wait for.
        jobs: Wait for Jobs to complete too.

    Raises:
        NotReadyError: Some were not ready in time, or failed for good.
    """
    if strategy is WaitStrategy.HOOK_ONLY or not targets:
        return
    from pyhelm.kube import wait

    start = env.now()

    def tell(pending: Sequence[Unready]) -> None:
        env.tell(Waiting(tuple(pending), (env.now() - start).total_seconds()))

    objects = [target.object for target in targets]
    wait.wait_ready(env.cluster, objects, timeout=timeout or DEFAULT_TIMEOUT, jobs=jobs, on_progress=tell)


def await_deleted(env: Environment, targets: Sequence[Target], *, timeout: float) -> None:
    """Wait until objects are gone.

    Raises:
        NotReadyError: Some still exist.
    """

    def look() -> tuple[list[Unready], bool]:
        pending = []
        for target in targets:
            live = _live(env, target)
            if live is not None:
                reason = "still exists. status: Terminating, message: Resource scheduled for deletion"
                pending.append(Unready(target.kind, target.key.namespace, target.key.name, reason))
        return pending, True

    _poll(env, look, timeout)


def await_hook(env: Environment, targets: Sequence[Target], *, timeout: float) -> None:
    """Wait until a hook's Jobs and Pods have succeeded; other kinds are ready once they exist (WatchUntilReady).

    Raises:
        NotReadyError: One failed, or did not end in time.
    """

    def look() -> tuple[list[Unready], bool]:
        pending = []
        running = False
        for target in targets:
            status, message = _hook_status(_live(env, target), target)
            if status != "Current":
                reason = f"status: {status}, message: {message}"
                pending.append(Unready(target.kind, target.key.namespace, target.key.name, reason))
            running |= status not in {"Current", "Failed"}
        return pending, running

    _poll(env, look, timeout)


def _poll(env: Environment, look: Callable[[], tuple[list[Unready], bool]], timeout: float) -> None:
    """Look until nothing is pending, or what is will not change any more, or time is up."""
    timeout = timeout or DEFAULT_TIMEOUT
    start = env.now()
    while True:
        pending, may_change = look()
        if not pending:
            return
        elapsed = (env.now() - start).total_seconds()
        if not may_change or elapsed >= timeout:
            raise NotReadyError(pending, timeout, timed_out=may_change)
        env.tell(Waiting(tuple(pending), elapsed))
        env.cluster.pause(timeout - elapsed)


def _live(env: Environment, target: Target) -> Object | None:
    try:
        return env.cluster.get(target.resource, target.key)
    except NotFoundError:
        return None


def _hook_status(obj: Object | None, target: Target) -> tuple[str, str]:
    """Return kstatus' word for a hook's object, and why (``internal/statusreaders``)."""
    if obj is None:
        return "NotFound", "Resource not found"
    status = obj.get("status") or {}
    if target.resource.group == "batch" and target.kind == "Job":
        return _job_status(obj, status)
    if target.resource.group == "" and target.kind == "Pod":
        name = target.key.name
        phase = status.get("phase")
        if phase == "Succeeded":
            return "Current", f"pod {name} succeeded"
        if phase == "Failed":
            return "Failed", f"pod {name} failed"
        return "InProgress", "Pod in progress"
    return "Current", "Resource is current"


def _job_status(job: Object, status: Object) -> tuple[str, str]:
    spec = job.get("spec") or {}
    completions = spec.get("completions", spec.get("parallelism", 1))
    for condition in status.get("conditions") or ():
        if condition.get("status") != "True":
            continue
        if condition.get("type") == "Complete":
            return "Current", f"Job Completed. succeeded: {status.get('succeeded', 0)}/{completions}"
        if condition.get("type") == "Failed":
            return "Failed", f"Job Failed. failed: {status.get('failed', 0)}/{completions}"
    return "InProgress", "Job in progress"
