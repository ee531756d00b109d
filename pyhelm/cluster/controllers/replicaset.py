"""Keep each ReplicaSet at its number of Pods.

Flow: key -> read -> claim Pods -> plan (pure) -> create or delete -> status. Follows pkg/controller/replicaset of
Kubernetes; reads are never stale here, so there are no expectations to keep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pyhelm.cluster.clock import stamp
from pyhelm.cluster.controllers import conditions, selection
from pyhelm.cluster.controllers.base import DONE, Result, Trigger
from pyhelm.cluster.controllers.ownership import (
    MANAGER,
    Orphans,
    OwnerTrigger,
    claim,
    controlled_by,
    controller_reference,
    own_key,
    owned,
    settle,
)
from pyhelm.cluster.controllers.podcontrol import PodControl
from pyhelm.cluster.controllers.pods import (
    available_in,
    choose_for_deletion,
    is_active,
    is_ready,
    pod_from_template,
    still_terminating,
)
from pyhelm.cluster.controllers.strategy import replicas_of
from pyhelm.errors import ApiError
from pyhelm.kube.objects import controller_of, is_terminating, key_of, labels_of, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pyhelm.cluster.controllers.base import Context
    from pyhelm.kube.objects import Object, ObjectKey

BURST = 500
"""Pods created or deleted in one sync at most."""
SLOW_START = 1
"""Size of the first batch of creations; it doubles while all goes well."""


class Plan(NamedTuple):
    """What a ReplicaSet should do: create ``missing`` Pods, or delete ``surplus`` of those it has."""

    missing: int = 0
    surplus: int = 0


def plan(replicaset: Object, active_pods: int) -> Plan:
    """Return how many Pods to create or delete now (manageReplicas)."""
    if is_terminating(replicaset):
        return Plan()
    difference = active_pods - replicas_of(replicaset)
    return Plan(missing=min(-difference, BURST)) if difference < 0 else Plan(surplus=min(difference, BURST))


def next_status(
    replicaset: Object, pods: Sequence[Object], terminating: int, failure: str | None, now: datetime
) -> tuple[dict[str, Any], float | None]:
    """Return the status, and in how many seconds the next ready Pod counts as available (calculateStatus).

    Args:
        replicaset: As stored.
        pods: Its active Pods, as they were before this sync.
        terminating: How many more of its Pods are going away.
        failure: Why creating or deleting Pods failed, None when it did not.
        now: The cluster's time.
    """
    old = replicaset.get("status") or {}
    min_ready = replicaset["spec"].get("minReadySeconds") or 0
    wanted = labels_of(replicaset["spec"].get("template") or {}).items()
    ready = available = labeled = 0
    waits = []
    for pod in pods:
        if wanted <= labels_of(pod).items():
            labeled += 1
        if is_ready(pod):
            ready += 1
            left = available_in(pod, min_ready, now)
            if left == 0:
                available += 1
            elif left is not None:
                waits.append(left)
    known: list[Object] = old.get("conditions") or []
    current = conditions.find(known, "ReplicaFailure")
    if failure is not None and current is None:
        difference = len(pods) - replicas_of(replicaset)
        reason = "FailedCreate" if difference < 0 else "FailedDelete" if difference > 0 else ""
        condition = {
            "type": "ReplicaFailure",
            "status": "True",
            "lastTransitionTime": stamp(now),
            "reason": reason,
            "message": failure,
        }
        known = [*known, condition]
    elif failure is None and current is not None:
        known = conditions.without(known, "ReplicaFailure")
    status = {
        "replicas": len(pods),
        "fullyLabeledReplicas": labeled,
        "readyReplicas": ready,
        "availableReplicas": available,
        "terminatingReplicas": terminating,
        "observedGeneration": metadata(replicaset).get("generation") or 0,
        "conditions": known,
    }
    return conditions.compact(status, keep=("replicas", "terminatingReplicas")), min(waits, default=None)


class ReplicaSetController:
    """The replica set controller."""

    name = "replicaset-controller"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._lister = context.lister
        self._clock = context.clock
        catalog = context.client.catalog
        self._replicasets = catalog.for_kind("apps/v1", "ReplicaSet")
        self._pods = catalog.for_kind("v1", "Pod")
        self._orphans = Orphans(self._lister, self._pods)
        self._control = PodControl(context, self.name)

    def triggers(self) -> Sequence[Trigger]:
        owners = OwnerTrigger(self._lister, self._replicasets, self._orphans)
        return (Trigger(self._replicasets, own_key), Trigger(self._pods, owners.keys))

    def keys(self) -> Iterable[ObjectKey]:
        return (key_of(replicaset) for replicaset in self._lister.scan(self._replicasets))

    def reconcile(self, key: ObjectKey) -> Result:
        replicaset = self._lister.peek(self._replicasets, key)
        if replicaset is None:
            return DONE
        selector = replicaset["spec"].get("selector")
        mine = owned(self._lister, replicaset, "Pod")
        orphans = self._orphans.within(key.namespace)
        active = [pod for pod in [*mine, *orphans] if is_active(pod)]
        pods = settle(self._client, self._pods, replicaset, claim(replicaset, selector, active))
        terminating = sum(1 for pod in mine if still_terminating(pod) and selection.matches(selector, labels_of(pod)))
        failure: ApiError | None = None
        change = plan(replicaset, len(pods))
        try:
            if change.missing:
                self._create(replicaset, change.missing)
            elif change.surplus:
                self._delete(replicaset, pods, change.surplus)
        except ApiError as error:
            failure = error
        status, wait = next_status(
            replicaset, pods, terminating, failure.message if failure else None, self._clock.now()
        )
        if status != (replicaset.get("status") or {}):
            self._client.update(
                self._replicasets, {**replicaset, "status": status}, subresource="status", options=MANAGER
            )
        if failure is not None:
            raise failure
        return Result(wait)

    def _create(self, replicaset: Object, count: int) -> None:
        """Create Pods in growing batches; the first batch with an error is the last (slowStartBatch)."""
        pod = pod_from_template(replicaset["spec"].get("template") or {}, replicaset, controller_reference(replicaset))
        batch = SLOW_START
        while count > 0:
            failure = None
            for _ in range(min(batch, count)):
                failure = self._control.create(replicaset, pod) or failure
            if failure is not None:
                raise failure
            count -= batch
            batch *= 2

    def _delete(self, replicaset: Object, pods: Sequence[Object], count: int) -> None:
        failure = None
        for pod in choose_for_deletion(pods, self._related(replicaset), count, self._clock.now()):
            failure = self._control.delete(replicaset, pod) or failure
        if failure is not None:
            raise failure

    def _related(self, replicaset: Object) -> list[Object]:
        """Return the Pods of all ReplicaSets of the same controller (getIndirectlyRelatedPods)."""
        reference = controller_of(replicaset)
        if reference is None:
            return []
        uid = reference.get("uid", "")
        return [
            pod
            for resource, sibling in self._lister.owned_by(uid)
            if resource.kind == "ReplicaSet" and controlled_by(sibling, uid)
            for pod in owned(self._lister, sibling, "Pod")
        ]
