"""Keep each Deployment's ReplicaSets at what its strategy allows.

Flow: key -> read -> claim ReplicaSets -> plan (pure, in ``rollout``) -> apply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.clock import stamp
from pyhelm.cluster.controllers import conditions, rollout, selection
from pyhelm.cluster.controllers.base import DONE, Result, Trigger
from pyhelm.cluster.controllers.ownership import (
    MANAGER,
    Orphans,
    OwnerTrigger,
    claim,
    controlled_by,
    ignore_missing,
    own_key,
    owned,
    settle,
)
from pyhelm.cluster.controllers.podcontrol import namespace_terminating
from pyhelm.cluster.controllers.strategy import is_rolling, progress_deadline
from pyhelm.cluster.controllers.templates import Fingerprints
from pyhelm.errors import AlreadyExistsError, ApiError
from pyhelm.kube.objects import ObjectKey, controller_of, key_of, metadata, namespace_of, uid_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyhelm.cluster.controllers.base import Change, Context
    from pyhelm.kube.objects import Object


class DeploymentController:
    """The deployment controller."""

    name = "deployment-controller"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._lister = context.lister
        self._clock = context.clock
        self._events = context.events
        catalog = context.client.catalog
        self._deployments = catalog.for_kind("apps/v1", "Deployment")
        self._replicasets = catalog.for_kind("apps/v1", "ReplicaSet")
        self._pods = catalog.for_kind("v1", "Pod")
        self._orphans = Orphans(self._lister, self._replicasets)
        self._marks = Fingerprints()

    def triggers(self) -> Sequence[Trigger]:
        owners = OwnerTrigger(self._lister, self._deployments, self._orphans)
        return (
            Trigger(self._deployments, own_key),
            Trigger(self._replicasets, owners.keys),
            Trigger(self._pods, self._when_pod_gone),
        )

    def keys(self) -> Iterable[ObjectKey]:
        return (key_of(deployment) for deployment in self._lister.scan(self._deployments))

    def _when_pod_gone(self, change: Change) -> Sequence[ObjectKey]:
        """A Deployment that recreates waits for its last old Pod."""
        if change.new is not None or change.old is None:
            return ()
        reference = controller_of(change.old)
        if reference is None or reference.get("kind") != "ReplicaSet":
            return ()
        namespace = namespace_of(change.old)
        replicaset = self._lister.peek(self._replicasets, ObjectKey(namespace, reference.get("name", "")))
        above = controller_of(replicaset) if replicaset is not None else None
        if above is None or above.get("kind") != "Deployment":
            return ()
        key = ObjectKey(namespace, above.get("name", ""))
        deployment = self._lister.peek(self._deployments, key)
        return (key,) if deployment is not None and not is_rolling(deployment) else ()

    def reconcile(self, key: ObjectKey) -> Result:
        deployment = self._lister.peek(self._deployments, key)
        if deployment is None:
            return DONE
        selector = deployment["spec"].get("selector")
        if selection.is_empty(selector):
            self._refuse(deployment)
            return DONE
        mine = owned(self._lister, deployment, "ReplicaSet")
        claims = claim(deployment, selector, [*mine, *self._orphans.within(key.namespace)])
        replicasets = settle(self._client, self._replicasets, deployment, claims)
        if claims.adopt:
            fresh = (self._lister.peek(self._replicasets, key_of(replicaset)) for replicaset in replicasets)
            replicasets = [replicaset for replicaset in fresh if replicaset is not None]
        pods = {}
        if not is_rolling(deployment):
            pods = {uid_of(replicaset): owned(self._lister, replicaset, "Pod") for replicaset in replicasets}
        plan = rollout.plan(deployment, replicasets, pods, self._clock.now(), self._marks.of)
        for step in plan.steps:
            self._apply(deployment, step)
        return Result(plan.requeue_after)

    def _apply(self, deployment: Object, step: rollout.Step) -> None:
        match step:
            case rollout.CreateReplicaSet(replicaset, event):
                self._create(deployment, replicaset, event)
            case rollout.UpdateReplicaSet(replicaset, event):
                self._client.update(self._replicasets, replicaset, options=MANAGER)
                if event:
                    self._events.normal(self.name, deployment, "ScalingReplicaSet", event)
            case rollout.DeleteReplicaSet(replicaset):
                ignore_missing(lambda: self._client.delete(self._replicasets, key_of(replicaset)))
            case rollout.UpdateStatus(updated):
                self._client.update(self._deployments, updated, subresource="status", options=MANAGER)
            case rollout.RollBack(updated, events):
                for event_type, reason, message in events:
                    self._events.record(self.name, deployment, event_type, reason, message)
                self._client.update(self._deployments, updated, options=MANAGER)

    def _create(self, deployment: Object, replicaset: Object, event: str) -> None:
        try:
            self._client.create(self._replicasets, replicaset, options=MANAGER)
        except AlreadyExistsError:
            existing = self._lister.peek(self._replicasets, key_of(replicaset))
            same = existing is not None and controlled_by(existing, uid_of(deployment))
            if not same or self._marks.of(existing or {}) != self._marks.of(deployment):
                status = dict(deployment.get("status") or {})
                status["collisionCount"] = (status.get("collisionCount") or 0) + 1
                updated = {**deployment, "status": status}
                self._client.update(self._deployments, updated, subresource="status", options=MANAGER)
            raise
        except ApiError as error:
            if not namespace_terminating(error):
                self._report_failure(deployment, replicaset, error)
            raise
        if event:
            self._events.normal(self.name, deployment, "ScalingReplicaSet", event)

    def _report_failure(self, deployment: Object, replicaset: Object, error: ApiError) -> None:
        message = f'Failed to create new replica set "{metadata(replicaset)["name"]}": {error.message}'
        if progress_deadline(deployment) is not None:
            now = stamp(self._clock.now())
            status = dict(deployment.get("status") or {})
            condition = {
                "type": "Progressing",
                "status": "False",
                "lastUpdateTime": now,
                "lastTransitionTime": now,
                "reason": "ReplicaSetCreateError",
                "message": message,
            }
            found = conditions.put(status.get("conditions") or [], condition)
            if found is not status.get("conditions"):
                status["conditions"] = found
                updated = {**deployment, "status": status}
                self._client.update(self._deployments, updated, subresource="status", options=MANAGER)
        self._events.warning(self.name, deployment, "ReplicaSetCreateError", message)

    def _refuse(self, deployment: Object) -> None:
        message = "This deployment is selecting all pods. A non-empty selector is required."
        self._events.warning(self.name, deployment, "SelectingAll", message)
        generation = metadata(deployment).get("generation") or 0
        status = deployment.get("status") or {}
        if (status.get("observedGeneration") or 0) < generation:
            updated = {**deployment, "status": {**status, "observedGeneration": generation}}
            self._client.update(self._deployments, updated, subresource="status", options=MANAGER)
