"""Waiting for objects: until they are ready, gone, have run to their end, or have a condition.

Every wait is a loop of "look, then pause": the client decides what a pause is, so that an embedded cluster lets its
time run and a real one sleeps. What is not ready in time is reported with the Pods that hold it up, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from pyhelm.errors import ApiError, NotFoundError, NotReadyError, Unready
from pyhelm.kube import readiness
from pyhelm.kube.culprits import culprits_of
from pyhelm.kube.objects import ObjectKey, labels_of, metadata, name_of, namespace_of, uid_of
from pyhelm.kube.readiness import NOT_FOUND, JobFailedError, Readiness, Status
from pyhelm.kube.selectors import from_labels, from_object

if TYPE_CHECKING:
    from datetime import datetime

    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

Strategy = Literal["watcher", "legacy"]
Progress = Callable[[Sequence[Unready]], None]
"""Told what is still pending, each time that changed."""

_LEGACY_POLL = 2.0
_LEGACY_RETRIES = 30


class _Target(NamedTuple):
    resource: Resource
    key: ObjectKey


def wait_ready(
    client: Client,
    objects: Sequence[Object],
    *,
    timeout: float,
    strategy: Strategy = "watcher",
    jobs: bool = False,
    on_progress: Progress | None = None,
) -> None:
    """Block until every object is ready, as ``helm install --wait`` does.

    Args:
        client: The cluster.
        objects: Manifests or live objects; only kind, namespace and name count (and ``spec.paused`` of Deployments,
            which are not waited for).
        timeout: Seconds of cluster time; 0 means one look.
        strategy: ``watcher`` follows kstatus: what has failed for good is not waited for, and reported once the rest is
            ready. ``legacy`` polls every two seconds with Helm 3's rules.
        jobs: Wait until Jobs are complete, not only until they run.
        on_progress: Told what is still pending.

    Raises:
        NotReadyError: ``pending`` lists what was not ready, with its culprits.
        NotFoundError: The cluster does not serve a kind.
        ApiError: A read was refused.
    """
    targets = [_target(client, obj) for obj in objects if not _is_paused(obj, strategy)]
    if strategy == "legacy":
        _wait_legacy(client, targets, timeout=timeout, jobs=jobs, on_progress=on_progress)
        return

    def judge(target: _Target, obj: Object, now: datetime) -> Readiness:
        pods: Sequence[Object] = ()
        if target.resource.group == "apps" and target.resource.kind in {"ReplicaSet", "StatefulSet"}:
            pods = _selected_pods(client, obj)
        return readiness.status_of(obj, now=now, jobs=jobs, pods=pods)

    _wait(client, targets, judge, timeout=timeout, on_progress=on_progress)


def wait_completed(
    client: Client, objects: Sequence[Object], *, timeout: float, on_progress: Progress | None = None
) -> None:
    """Block until the Jobs and Pods among ``objects`` have succeeded, as Helm does for hooks (WatchUntilReady).

    Args:
        client: The cluster.
        objects: What was created; other kinds are done once they exist.
        timeout: Seconds of cluster time; 0 means one look.
        on_progress: Told what is still pending.

    Raises:
        NotReadyError: One failed, or did not end in time.
    """
    targets = [_target(client, obj) for obj in objects]
    _wait(
        client,
        targets,
        lambda _target, obj, _now: readiness.completion_of(obj),
        timeout=timeout,
        on_progress=on_progress,
    )


def wait_deleted(
    client: Client, objects: Sequence[Object], *, timeout: float, on_progress: Progress | None = None
) -> None:
    """Block until none of ``objects`` exists any more; one that was created anew under its name counts as gone.

    Args:
        client: The cluster.
        objects: Manifests or live objects; a ``metadata.uid``, where there is one, tells old from new.
        timeout: Seconds of cluster time; 0 means one look.
        on_progress: Told what is still there.

    Raises:
        NotReadyError: ``pending`` lists what still exists.
    """
    wanted = [(_target(client, obj), uid_of(obj)) for obj in objects]
    deadline = client.now() + timedelta(seconds=timeout)
    told: list[Unready] = []
    while True:
        pending: list[Unready] = []
        for target, uid in wanted:
            live = _read(client, target)
            if live is None or (uid and uid_of(live) != uid):
                continue
            state = readiness.status_of(live, now=client.now())
            pending.append(_unready(target, state, _held_by(live), trouble="still exists"))
        if not pending:
            return
        told = _tell(on_progress, pending, told)
        _pause_or_raise(client, deadline, pending, timeout)


def wait_condition(
    client: Client,
    resource: Resource,
    key: ObjectKey,
    condition: str,
    *,
    status: str = "True",
    timeout: float,
) -> Object:
    """Block until an object has a condition with a status, as ``kubectl wait --for=condition=…`` does; return it.

    Args:
        client: The cluster.
        resource: Of the object.
        key: Of the object, which may not exist yet.
        condition: The condition's type; case does not matter.
        status: What its status must be; case does not matter.
        timeout: Seconds of cluster time; 0 means one look.

    Raises:
        NotReadyError: It did not come in time.
    """
    target = _Target(resource, key)
    deadline = client.now() + timedelta(seconds=timeout)
    while True:
        live = _read(client, target)
        state = NOT_FOUND if live is None else Readiness(Status.IN_PROGRESS, f"no condition {condition}")
        for entry in ((live or {}).get("status") or {}).get("conditions") or ():
            if str(entry.get("type")).lower() == condition.lower():
                generation = metadata(live or {}).get("generation", 0)
                stale = entry.get("observedGeneration", generation) < generation
                if live is not None and not stale and str(entry.get("status")).lower() == status.lower():
                    return live
                state = Readiness(Status.IN_PROGRESS, f"condition {condition} is {entry.get('status')}")
        _pause_or_raise(client, deadline, [_unready(target, state)], timeout)


# --- loops ------------------------------------------------------------------------------------------------------------


def _wait(
    client: Client,
    targets: Sequence[_Target],
    judge: Callable[[_Target, Object, datetime], Readiness],
    *,
    timeout: float,
    on_progress: Progress | None,
) -> None:
    """Look until all is ready or has failed for good (statusWaiter.wait and its observer)."""
    deadline = client.now() + timedelta(seconds=timeout)
    told: list[Unready] = []
    while True:
        now = client.now()
        found: list[tuple[_Target, Object | None, Readiness]] = []
        for target in targets:
            live = _read(client, target)
            found.append((target, live, NOT_FOUND if live is None else judge(target, live, now)))
        unready = [entry for entry in found if not entry[2].ready]
        if not unready:
            return
        over = all(state.failed for _, _, state in unready)
        late = client.now() >= deadline
        if over or late:
            raise NotReadyError(_explained(client, unready), timeout, timed_out=not over)
        told = _tell(on_progress, [_unready(target, state) for target, _, state in unready], told)
        client.pause((deadline - client.now()).total_seconds())


def _wait_legacy(
    client: Client, targets: Sequence[_Target], *, timeout: float, jobs: bool, on_progress: Progress | None
) -> None:
    """Poll with the older rules; the first object that is not ready ends a look (legacyWaiter.waitForResources)."""
    deadline = client.now() + timedelta(seconds=timeout)
    errors = dict.fromkeys(range(len(targets)), 0)
    told: list[Unready] = []
    while True:
        blocked: tuple[_Target, Object | None, Readiness] | None = None
        for position, target in enumerate(targets):
            live: Object | None = None
            try:
                live = client.get(target.resource, target.key)
                ready = _legacy_ready(client, live, jobs=jobs)
            except (JobFailedError, ApiError) as error:
                if isinstance(error, ApiError) and (error.code < 500 or error.code == 501) and error.code != 429:
                    raise
                errors[position] += 1
                blocked = (target, live, Readiness(Status.FAILED, str(error)))
                if errors[position] > _LEGACY_RETRIES:
                    raise NotReadyError(_explained(client, [blocked]), timeout, timed_out=False) from error
                break
            errors[position] = 0
            if not ready:
                blocked = (target, live, readiness.status_of(live, now=client.now(), jobs=jobs))
                break
        if blocked is None:
            return
        if client.now() >= deadline:
            raise NotReadyError(_explained(client, [blocked]), timeout)
        told = _tell(on_progress, [_unready(blocked[0], blocked[2])], told)
        _sleep(client, min(deadline, client.now() + timedelta(seconds=_LEGACY_POLL)))


def _legacy_ready(client: Client, live: Object, *, jobs: bool) -> bool:
    match live.get("kind"):
        case "Deployment":
            sets = _selected(client, live, "apps/v1", "ReplicaSet")
            return readiness.legacy_ready(live, new_replica_set=readiness.find_new_replica_set(live, sets))
        case "ReplicaSet" | "ReplicationController":
            return readiness.legacy_ready(live, pods=_selected_pods(client, live))
    return readiness.legacy_ready(live, jobs=jobs)


def _sleep(client: Client, until: datetime) -> None:
    """Let time pass to a moment, however often something changes before."""
    while (left := (until - client.now()).total_seconds()) > 0:
        client.pause(left)


def _pause_or_raise(client: Client, deadline: datetime, pending: Sequence[Unready], timeout: float) -> None:
    left = (deadline - client.now()).total_seconds()
    if left <= 0:
        raise NotReadyError(pending, timeout)
    client.pause(left)


# --- reading ----------------------------------------------------------------------------------------------------------


def _target(client: Client, obj: Object) -> _Target:
    resource = client.catalog.for_object(obj)
    return _Target(resource, ObjectKey(namespace_of(obj) if resource.namespaced else "", name_of(obj)))


def _read(client: Client, target: _Target) -> Object | None:
    try:
        return client.get(target.resource, target.key)
    except NotFoundError:
        return None


def _selected_pods(client: Client, obj: Object) -> list[Object]:
    return _selected(client, obj, "v1", "Pod")


def _selected(client: Client, obj: Object, api_version: str, kind: str) -> list[Object]:
    selector = (obj.get("spec") or {}).get("selector")
    chosen = from_labels(selector) if obj.get("kind") == "ReplicationController" else from_object(selector)
    resource = client.catalog.for_kind(api_version, kind)
    found = client.list(resource, namespace_of(obj), labels=str(chosen)).items if chosen else []
    return [item for item in found if chosen.matches(labels_of(item))]


def _is_paused(obj: Object, strategy: Strategy) -> bool:
    return strategy == "watcher" and obj.get("kind") == "Deployment" and bool((obj.get("spec") or {}).get("paused"))


# --- telling ----------------------------------------------------------------------------------------------------------


def _unready(target: _Target, state: Readiness, culprits: Sequence[str] = (), *, trouble: str = "not ready") -> Unready:
    return Unready(
        kind=target.resource.kind,
        namespace=target.key.namespace,
        name=target.key.name,
        reason=str(state),
        culprits=tuple(culprits),
        trouble=trouble,
    )


def _explained(client: Client, unready: Sequence[tuple[_Target, Object | None, Readiness]]) -> list[Unready]:
    return [_unready(target, state, culprits_of(client, live) if live else ()) for target, live, state in unready]


def _held_by(obj: Object) -> list[str]:
    finalizers = metadata(obj).get("finalizers") or ()
    return [f"finalizers: {', '.join(finalizers)}"] if finalizers else []


def _tell(on_progress: Progress | None, pending: list[Unready], told: list[Unready]) -> list[Unready]:
    if on_progress is not None and pending != told:
        on_progress(pending)
    return pending
