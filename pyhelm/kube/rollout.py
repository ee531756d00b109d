"""Rollouts as kubectl sees them: their status in words, their history, and going back.

Source of the rules: kubectl's ``polymorphichelpers`` (status viewers, history viewers, rollbackers).
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyhelm.errors import RolloutError
from pyhelm.kube.client import PatchType, WriteOptions
from pyhelm.kube.objects import (
    Object,
    ObjectKey,
    annotations_of,
    controller_of,
    key_of,
    metadata,
    name_of,
    namespace_of,
    uid_of,
)
from pyhelm.kube.selectors import format_selector

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyhelm.kube.client import Client
    from pyhelm.kube.resources import Resource

CHANGE_CAUSE = "kubernetes.io/change-cause"
REVISION = "deployment.kubernetes.io/revision"
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
HASH_LABEL = "pod-template-hash"

_NOT_ROLLED_BACK = {
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    "deprecated.deployment.rollback.to",
}
_RUNS_PODS = {"CronJob", "Job", "Pod", "ReplicaSet", "ReplicationController"}
_UNDO = WriteOptions(field_manager="kubectl-rollout")


@dataclass(frozen=True, slots=True)
class Progress:
    """How a rollout stands: ``message`` is kubectl's line, ``done`` ends the waiting."""

    message: str
    done: bool


@dataclass(frozen=True, slots=True)
class Revision:
    """One entry of a rollout's history.

    Attributes:
        source: The ReplicaSet or ControllerRevision that keeps it.
        template: Its Pod template, without the hash.
        labelled: Its Pod template as history shows it: with hash and change cause.
    """

    number: int
    change_cause: str
    template: Object
    source: Object
    labelled: Object


def progress(obj: Object, *, revision: int = 0) -> Progress:
    """Tell how the rollout of a Deployment, DaemonSet or StatefulSet stands.

    Args:
        revision: A Deployment's revision that must be the one rolling out; 0 for any.

    Raises:
        RolloutError: It failed (its progress deadline passed), or the kind has no rollouts.
    """
    viewers = {"Deployment": _deployment, "DaemonSet": _daemon_set, "StatefulSet": _stateful_set}
    viewer = viewers.get(obj.get("kind", ""))
    if viewer is None:
        raise RolloutError(f"no status viewer has been implemented for {obj.get('kind', '')}")
    if revision and obj["kind"] == "Deployment":
        running = int(annotations_of(obj).get(REVISION) or 0)
        if running != revision:
            raise RolloutError(f"desired revision ({revision}) is different from the running revision ({running})")
    return viewer(name_of(obj), obj.get("spec") or {}, obj.get("status") or {}, metadata(obj).get("generation", 0))


def _deployment(name: str, spec: Object, status: Object, generation: int) -> Progress:
    if generation > status.get("observedGeneration", 0):
        return Progress("Waiting for deployment spec update to be observed...", done=False)
    for condition in status.get("conditions") or ():
        if condition.get("type") == "Progressing" and condition.get("reason") == "ProgressDeadlineExceeded":
            raise RolloutError(f'deployment "{name}" exceeded its progress deadline')
    wanted, updated = spec.get("replicas", 1), status.get("updatedReplicas", 0)
    total, available = status.get("replicas", 0), status.get("availableReplicas", 0)
    waiting = f'Waiting for deployment "{name}" rollout to finish: '
    if updated < wanted:
        return Progress(f"{waiting}{updated} out of {wanted} new replicas have been updated...", done=False)
    if total > updated:
        return Progress(f"{waiting}{total - updated} old replicas are pending termination...", done=False)
    if available < updated:
        return Progress(f"{waiting}{available} of {updated} updated replicas are available...", done=False)
    return Progress(f'deployment "{name}" successfully rolled out', done=True)


def _daemon_set(name: str, spec: Object, status: Object, generation: int) -> Progress:
    _require_rolling(spec)
    if generation > status.get("observedGeneration", 0):
        return Progress("Waiting for daemon set spec update to be observed...", done=False)
    wanted, updated = status.get("desiredNumberScheduled", 0), status.get("updatedNumberScheduled", 0)
    available = status.get("numberAvailable", 0)
    waiting = f'Waiting for daemon set "{name}" rollout to finish: '
    if updated < wanted:
        return Progress(f"{waiting}{updated} out of {wanted} new pods have been updated...", done=False)
    if available < wanted:
        return Progress(f"{waiting}{available} of {wanted} updated pods are available...", done=False)
    return Progress(f'daemon set "{name}" successfully rolled out', done=True)


def _stateful_set(_name: str, spec: Object, status: Object, generation: int) -> Progress:
    _require_rolling(spec)
    observed = status.get("observedGeneration", 0)
    if not observed or generation > observed:
        return Progress("Waiting for statefulset spec update to be observed...", done=False)
    wanted, ready = spec.get("replicas", 1), status.get("readyReplicas", 0)
    updated, revision = status.get("updatedReplicas", 0), status.get("updateRevision", "")
    if ready < wanted:
        return Progress(f"Waiting for {wanted - ready} pods to be ready...", done=False)
    partition = ((spec.get("updateStrategy") or {}).get("rollingUpdate") or {}).get("partition")
    if partition is not None:
        if updated < wanted - partition:
            counts = f"{updated} out of {wanted - partition}"
            return Progress(
                f"Waiting for partitioned roll out to finish: {counts} new pods have been updated...", done=False
            )
        return Progress(f"partitioned roll out complete: {updated} new pods have been updated...", done=True)
    if revision != status.get("currentRevision", ""):
        return Progress(
            f"waiting for statefulset rolling update to complete {updated} pods at revision {revision}...", done=False
        )
    return Progress(
        f"statefulset rolling update complete {status.get('currentReplicas', 0)} pods at revision "
        f"{status.get('currentRevision', '')}...",
        done=True,
    )


def _require_rolling(spec: Object) -> None:
    if (spec.get("updateStrategy") or {}).get("type", "RollingUpdate") != "RollingUpdate":
        raise RolloutError("rollout status is only available for RollingUpdate strategy type")


def follow(
    client: Client, resource: Resource, key: ObjectKey, *, revision: int = 0, timeout: float = 0
) -> Iterator[Progress]:
    """Yield how the rollout stands each time that changes, until it is done.

    Args:
        timeout: Seconds of cluster time; 0 waits for as long as it takes.

    Raises:
        RolloutError: It failed, or the time is up.
        NotFoundError: No such object.
    """
    start = client.now()
    last = None
    while True:
        now = progress(client.get(resource, key), revision=revision)
        if now != last:
            yield now
            last = now
        if now.done:
            return
        passed = (client.now() - start).total_seconds()
        if timeout and passed >= timeout:
            raise RolloutError("timed out waiting for the condition")
        client.pause(timeout - passed if timeout else 60.0)


def history(client: Client, resource: Resource, key: ObjectKey) -> list[Revision]:
    """Return the revisions that can be gone back to, oldest first."""
    return _history(client, resource, client.get(resource, key))


def _history(client: Client, resource: Resource, obj: Object) -> list[Revision]:
    if resource.kind == "Deployment":
        found = [_kept_by_replica_set(item) for item in _replica_sets(client, obj) if _number(item)]
    elif resource.kind in {"DaemonSet", "StatefulSet"}:
        found = [_kept_by_revision(item) for item in _controller_revisions(client, obj)]
    else:
        raise _unsupported(resource, "history", "history viewer")
    return sorted(found, key=lambda entry: entry.number)


def _unsupported(resource: Resource, wanted: str, worker: str) -> RolloutError:
    name = f"{resource.kind}.{resource.group}" if resource.group else resource.kind
    if resource.kind in _RUNS_PODS:
        return RolloutError(f'no {worker} has been implemented for "{name}"')
    return RolloutError(
        f'error retrieving {wanted} for "{name}", no visitor method exists for {{{resource.group} {resource.kind}}}'
    )


def _number(replica_set: Object) -> str:
    number = annotations_of(replica_set).get(REVISION, "")
    return number if number.isdigit() else ""


def _kept_by_replica_set(item: Object) -> Revision:
    cause = annotations_of(item).get(CHANGE_CAUSE, "")
    template = item["spec"]["template"]
    labelled = template
    if cause:
        shown = {**annotations_of(template), CHANGE_CAUSE: cause}
        labelled = {**template, "metadata": {**metadata(template), "annotations": shown}}
    # Where only the template carries a cause, history shows that one.
    cause = cause or annotations_of(template).get(CHANGE_CAUSE, "")
    return Revision(int(_number(item)), cause, _without_hash(template), item, labelled)


def _kept_by_revision(item: Object) -> Revision:
    template = _without_directive(((item.get("data") or {}).get("spec") or {}).get("template") or {})
    return Revision(item.get("revision", 0), annotations_of(item).get(CHANGE_CAUSE, ""), template, item, template)


def newest_replica_set(deployment: Object, replica_sets: Sequence[Object]) -> Object | None:
    """Return the oldest ReplicaSet with the Deployment's present template, or None (findNewReplicaSet)."""
    template = _bare(_without_hash((deployment.get("spec") or {}).get("template") or {}))
    in_order = sorted(replica_sets, key=lambda item: (metadata(item).get("creationTimestamp", ""), name_of(item)))
    return next((item for item in in_order if _bare(_template(item)) == template), None)


def _bare(value: Any) -> Any:
    """Return a value without what is empty, which means the same as absent."""
    if isinstance(value, dict):
        pairs = ((key, _bare(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item not in (None, {}, [])}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def revision_to_undo(client: Client, resource: Resource, obj: Object, to_revision: int = 0) -> Revision:
    """Return the revision that an undo goes back to; 0 for the one before the present.

    Raises:
        RolloutError: There is none.
    """
    if resource.kind not in {"Deployment", "DaemonSet", "StatefulSet"}:
        raise _unsupported(resource, "rollbacker", "rollbacker")
    if to_revision < 0:
        raise RolloutError(f"unable to find specified revision {to_revision} in history")
    entries = _history(client, resource, obj)
    if to_revision:
        chosen = next((entry for entry in entries if entry.number == to_revision), None)
        if chosen is None:
            raise RolloutError(f"unable to find specified revision {to_revision} in history")
        return chosen
    if len(entries) < 2:
        missing = (
            f'no rollout history found for deployment "{name_of(obj)}"'
            if resource.kind == "Deployment"
            else "no last revision to roll back to"
        )
        raise RolloutError(missing)
    return entries[-2]


def undo(client: Client, resource: Resource, key: ObjectKey, *, to_revision: int = 0, dry_run: bool = False) -> str:
    """Go back to a former template; return what happened (``rolled back``, or why it was skipped).

    Args:
        to_revision: The revision to go back to; 0 for the one before the present.

    Raises:
        RolloutError: No such revision, nothing to go back to, or the rollout is paused.
    """
    obj = client.get(resource, key)
    chosen = revision_to_undo(client, resource, obj, to_revision)
    deployment = resource.kind == "Deployment"
    if deployment and obj["spec"].get("paused"):
        raise RolloutError(
            "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"
        )
    if _bare(chosen.template) == _bare(_without_hash(obj["spec"]["template"])):
        return f"skipped rollback (current template already matches revision {to_revision})"
    if not deployment:
        _patch(client, resource, key_of(obj), PatchType.STRATEGIC, chosen.source["data"], dry_run=dry_run)
        return "rolled back"
    kept = {name: value for name, value in annotations_of(obj).items() if name in _NOT_ROLLED_BACK}
    restored = {name: value for name, value in annotations_of(chosen.source).items() if name not in _NOT_ROLLED_BACK}
    patch = [
        {"op": "replace", "path": "/spec/template", "value": chosen.template},
        {"op": "replace", "path": "/metadata/annotations", "value": {**kept, **restored}},
    ]
    _patch(client, resource, key_of(obj), PatchType.JSON, patch, dry_run=dry_run)
    return "rolled back"


def _patch(
    client: Client, resource: Resource, key: ObjectKey, patch_type: PatchType, body: Any, *, dry_run: bool
) -> None:
    options = WriteOptions(dry_run=dry_run, field_manager=_UNDO.field_manager)
    client.patch(resource, key, patch_type, body, options=options)


def _replica_sets(client: Client, deployment: Object) -> list[Object]:
    resource = client.catalog.for_kind("apps/v1", "ReplicaSet")
    selector = format_selector(deployment["spec"].get("selector"))
    return _owned(client, resource, deployment, selector)


def _controller_revisions(client: Client, owner: Object) -> list[Object]:
    resource = client.catalog.for_kind("apps/v1", "ControllerRevision")
    return _owned(client, resource, owner, format_selector(owner["spec"].get("selector")))


def _owned(client: Client, resource: Resource, owner: Object, selector: str) -> list[Object]:
    items = client.list(resource, namespace_of(owner), labels=selector).items
    return [item for item in items if (controller_of(item) or {}).get("uid") == uid_of(owner)]


def _template(replica_set: Object) -> Object:
    return _without_hash(replica_set["spec"]["template"])


def _without_hash(template: Object) -> Object:
    copy = deepcopy(template)
    labels = metadata(copy).get("labels") or {}
    labels.pop(HASH_LABEL, None)
    return copy


def _without_directive(template: Object) -> Object:
    copy: Object = json.loads(json.dumps(template))
    copy.pop("$patch", None)
    return copy
