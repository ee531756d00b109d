"""Keep each StatefulSet's Pods: by ordinal, one after the other, each with its storage (pkg/controller/statefulset).

Flow: key -> revisions -> plan (pure) -> create, delete, claims -> status. ``maxUnavailable`` is off by default in
Kubernetes, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from pyhelm.cluster.controllers import conditions, selection
from pyhelm.cluster.controllers.base import DONE, Result, Trigger
from pyhelm.cluster.controllers.history import Revisions, data_hash, snapshot, template_of
from pyhelm.cluster.controllers.ownership import (
    MANAGER,
    Orphans,
    OwnerTrigger,
    claim,
    controller_reference,
    own_key,
    owned,
    settle,
)
from pyhelm.cluster.controllers.pods import available_in, is_available, is_ready, phase_of, pod_from_template
from pyhelm.cluster.controllers.strategy import replicas_of
from pyhelm.errors import AlreadyExistsError, ApiError, NotFoundError
from pyhelm.kube.objects import (
    ObjectKey,
    is_terminating,
    key_of,
    labels_of,
    metadata,
    name_of,
    namespace_of,
    uid_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pyhelm.cluster.controllers.base import Context
    from pyhelm.kube.objects import Object

HASH_LABEL = "controller.kubernetes.io/hash"
REVISION_LABEL = "controller-revision-hash"
POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name"
POD_INDEX_LABEL = "apps.kubernetes.io/pod-index"
_POD_NAME = re.compile(r"(.*)-([0-9]+)")


class CreatePod(NamedTuple):
    """Create a Pod, and the claims it needs before."""

    pod: Object


class DeletePod(NamedTuple):
    """Delete a Pod."""

    pod: Object


class CreateClaims(NamedTuple):
    """Create what is missing of a Pod's claims."""

    pod: Object


Step = CreatePod | DeletePod | CreateClaims


@dataclass(slots=True)
class Plan:
    """What to do, in order, the status that results, and in how many seconds to look again without any change."""

    steps: list[Step] = field(default_factory=list)
    status: dict[str, Any] = field(default_factory=dict)
    requeue_after: float | None = None


def ordinal_of(pod: Object) -> int:
    """Return a Pod's ordinal, -1 when its name has none."""
    found = _POD_NAME.fullmatch(name_of(pod))
    return int(found[2]) if found else -1


def revision_of(pod: Object) -> str:
    """Return the name of the revision that a Pod was made from."""
    return labels_of(pod).get(REVISION_LABEL, "")


def plan(statefulset: Object, pods: Sequence[Object], current: Object, update: Object, now: datetime) -> Plan:
    """Return the next changes of a StatefulSet (updateStatefulSet).

    Args:
        statefulset: As stored.
        pods: Its Pods.
        current: The revision its Pods have, or had before the update.
        update: The revision of its template.
        now: The cluster's time.
    """
    return _Sync(statefulset, pods, current, update, now).run()


class _Sync:
    def __init__(
        self, statefulset: Object, pods: Sequence[Object], current: Object, update: Object, now: datetime
    ) -> None:
        self.set = statefulset
        self.spec: Object = statefulset["spec"]
        self.pods = pods
        self.current = current
        self.update = update
        self.now = now
        self.min_ready = int(self.spec.get("minReadySeconds") or 0)
        self.start = int((self.spec.get("ordinals") or {}).get("start") or 0)
        self.monotonic: bool = self.spec.get("podManagementPolicy") != "Parallel"
        self.plan = Plan()

    def run(self) -> Plan:
        count = replicas_of(self.set)
        by_ordinal = {ordinal_of(pod): pod for pod in self.pods}
        ordinals = range(self.start, self.start + count)
        replicas = [by_ordinal.get(ordinal) or self.new_pod(ordinal) for ordinal in ordinals]
        condemned = sorted(
            (pod for pod in self.pods if ordinal_of(pod) >= 0 and not 0 <= ordinal_of(pod) - self.start < count),
            key=ordinal_of,
            reverse=True,
        )
        first_unavailable = next((pod for pod in [*replicas, *reversed(condemned)] if self.unavailable(pod)), None)
        lost_current = 0
        if (
            not is_terminating(self.set)
            and not self.process_replicas(replicas)
            and not self.process_condemned(condemned, first_unavailable)
        ):
            lost_current = self.roll(replicas)
        self.plan.status = self.status([*replicas, *condemned], lost_current)
        self.plan.requeue_after = self.next_check()
        return self.plan

    # --- Pods ---

    def new_pod(self, ordinal: int) -> Object:
        """Return the Pod to create, of the current revision below the partition (newVersionedStatefulSetPod)."""
        strategy = self.spec.get("updateStrategy") or {}
        rolling = strategy.get("rollingUpdate")
        if rolling is None:
            below = ordinal < self.start + int((self.set.get("status") or {}).get("currentReplicas") or 0)
        else:
            below = ordinal < self.start + int(rolling.get("partition") or 0)
        old = (strategy.get("type") or "RollingUpdate") == "RollingUpdate" and below
        revision = self.current if old else self.update
        pod = pod_from_template(template_of(revision), self.set, controller_reference(self.set))
        name = f"{name_of(self.set)}-{ordinal}"
        meta = pod["metadata"]
        del meta["generateName"]
        meta["name"] = name
        meta["labels"] = {
            **(meta.get("labels") or {}),
            POD_NAME_LABEL: name,
            POD_INDEX_LABEL: str(ordinal),
            REVISION_LABEL: name_of(revision),
        }
        claims = {
            metadata(template).get("name", ""): claim_name(self.set, template, ordinal)
            for template in self.spec.get("volumeClaimTemplates") or ()
        }
        volumes = [
            {"name": volume, "persistentVolumeClaim": {"claimName": claim_}} for volume, claim_ in claims.items()
        ]
        volumes += [item for item in pod["spec"].get("volumes") or () if item.get("name") not in claims]
        pod["spec"] = {**pod["spec"], "hostname": name}
        if self.spec.get("serviceName"):
            pod["spec"]["subdomain"] = self.spec["serviceName"]
        if volumes:
            pod["spec"]["volumes"] = volumes
        return pod

    def unavailable(self, pod: Object) -> bool:
        return is_terminating(pod) or not is_available(pod, self.min_ready, self.now)

    def process_replicas(self, replicas: Sequence[Object]) -> bool:
        """Create, and when in order wait for each; tell whether that is all for now (processReplica)."""
        waiting = False
        for pod in replicas:
            stop = self.process_replica(pod)
            if stop and self.monotonic:
                return True
            waiting = waiting or stop
        return False

    def process_replica(self, pod: Object) -> bool:
        phase = phase_of(pod)
        if phase in {"Failed", "Succeeded"}:
            if not is_terminating(pod):
                self.plan.steps.append(DeletePod(pod))
            return True
        if not phase:
            if not uid_of(pod):
                self.plan.steps.append(CreatePod(pod))
            return self.monotonic
        if phase == "Pending":
            self.plan.steps.append(CreateClaims(pod))
        return self.monotonic and self.unavailable(pod)

    def process_condemned(self, condemned: Sequence[Object], first_unavailable: Object | None) -> bool:
        """Delete from the highest ordinal down; tell whether that is all for now (processCondemned)."""
        for pod in condemned:
            if is_terminating(pod):
                if self.monotonic:
                    return True
                continue
            if self.monotonic and self.unavailable(pod) and pod is not first_unavailable:
                return True
            self.plan.steps.append(DeletePod(pod))
            if self.monotonic:
                return True
        return False

    def roll(self, replicas: Sequence[Object]) -> int:
        """Replace the highest old Pod, if all above it are available; returns how many Pods of ``current`` go."""
        strategy = self.spec.get("updateStrategy") or {}
        if strategy.get("type") == "OnDelete":
            return 0
        partition = int((strategy.get("rollingUpdate") or {}).get("partition") or 0)
        for pod in reversed(replicas[partition:]):
            if revision_of(pod) != name_of(self.update) and not is_terminating(pod):
                self.plan.steps.append(DeletePod(pod))
                return 1
            if self.unavailable(pod):
                return 0
        return 0

    # --- status ---

    def status(self, pods: Iterable[Object], lost_current: int) -> dict[str, Any]:
        """Return the status (updateStatus, completeRollingUpdate)."""
        old = self.set.get("status") or {}
        replicas = ready = available = current = updated = 0
        for pod in pods:
            if not phase_of(pod):
                continue
            replicas += 1
            if phase_of(pod) == "Running" and is_ready(pod):
                ready += 1
                available += is_available(pod, self.min_ready, self.now)
            if not is_terminating(pod):
                current += revision_of(pod) == name_of(self.current)
                updated += revision_of(pod) == name_of(self.update)
        status: dict[str, Any] = {
            "observedGeneration": metadata(self.set).get("generation") or 0,
            "replicas": replicas,
            "readyReplicas": ready,
            "availableReplicas": available,
            "currentReplicas": current - lost_current,
            "updatedReplicas": updated,
            "currentRevision": name_of(self.current),
            "updateRevision": name_of(self.update),
            "collisionCount": old.get("collisionCount") or 0,
        }
        rolling = ((self.spec.get("updateStrategy") or {}).get("type") or "RollingUpdate") == "RollingUpdate"
        if rolling and updated == ready == replicas == replicas_of(self.set):
            status["currentReplicas"] = updated
            status["currentRevision"] = name_of(self.update)
        return conditions.compact(status, keep=("replicas", "availableReplicas", "collisionCount"))

    def next_check(self) -> float | None:
        """Return when the next ready Pod counts as available."""
        waits = [available_in(pod, self.min_ready, self.now) for pod in self.pods]
        return min((wait for wait in waits if wait), default=None)


def claim_name(statefulset: Object, template: Object, ordinal: int) -> str:
    """Return the name of one Pod's claim."""
    return f"{metadata(template).get('name', '')}-{name_of(statefulset)}-{ordinal}"


def claims_of(statefulset: Object, pod: Object) -> list[Object]:
    """Return the claims that a Pod needs (getPersistentVolumeClaims)."""
    found = []
    match_labels = (statefulset["spec"].get("selector") or {}).get("matchLabels") or {}
    for template in statefulset["spec"].get("volumeClaimTemplates") or ():
        meta = {
            **metadata(template),
            "name": claim_name(statefulset, template, ordinal_of(pod)),
            "namespace": namespace_of(statefulset),
            "labels": {**labels_of(template), **match_labels},
        }
        meta.pop("creationTimestamp", None)
        owners = wanted_owners(statefulset)
        if owners:
            meta["ownerReferences"] = owners
        found.append(
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": meta,
                "spec": template.get("spec") or {},
            }
        )
    return found


def wanted_owners(statefulset: Object) -> list[Object]:
    """Return who owns the claims of Pods in range, by the retention policy."""
    policy = statefulset["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
    return [controller_reference(statefulset)] if policy.get("whenDeleted") == "Delete" else []


class StatefulSetController:
    """The stateful set controller."""

    name = "statefulset-controller"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._lister = context.lister
        self._clock = context.clock
        self._events = context.events
        catalog = context.client.catalog
        self._sets = catalog.for_kind("apps/v1", "StatefulSet")
        self._pods = catalog.for_kind("v1", "Pod")
        self._claims = catalog.for_kind("v1", "PersistentVolumeClaim")
        self._orphans = Orphans(self._lister, self._pods)
        self._revisions = Revisions(self._client, self._lister, HASH_LABEL)

    def triggers(self) -> Sequence[Trigger]:
        owners = OwnerTrigger(self._lister, self._sets, self._orphans)
        return (Trigger(self._sets, own_key), Trigger(self._pods, owners.keys))

    def keys(self) -> Iterable[ObjectKey]:
        return (key_of(statefulset) for statefulset in self._lister.scan(self._sets))

    def reconcile(self, key: ObjectKey) -> Result:
        statefulset = self._lister.peek(self._sets, key)
        if statefulset is None:
            return DONE
        selector = statefulset["spec"].get("selector")
        if selection.is_empty(selector):
            return DONE
        members = [pod for pod in self._orphans.within(key.namespace) if _is_member(statefulset, pod)]
        mine = owned(self._lister, statefulset, "Pod")
        pods = settle(self._client, self._pods, statefulset, claim(statefulset, selector, [*mine, *members]))
        revisions = self._revisions.of(statefulset)
        update = self._update_revision(statefulset, revisions)
        if update is None:
            return Result(0)
        wanted = (statefulset.get("status") or {}).get("currentRevision")
        current = next((revision for revision in revisions if name_of(revision) == wanted), update)
        decided = plan(statefulset, pods, current, update, self._clock.now())
        failure = self._apply(statefulset, decided.steps)
        if failure is None and not is_terminating(statefulset):
            self._fix_claims(statefulset, pods)
        if decided.status != (statefulset.get("status") or {}):
            updated = {**statefulset, "status": decided.status}
            self._client.update(self._sets, updated, subresource="status", options=MANAGER)
        live = {name_of(current), name_of(update), *(revision_of(pod) for pod in pods)}
        self._revisions.truncate(statefulset, revisions, live)
        if failure is not None:
            raise failure
        return Result(decided.requeue_after)

    def _update_revision(self, statefulset: Object, revisions: list[Object]) -> Object | None:
        """Return the revision of the template, stored if it is new (getStatefulSetRevisions)."""
        data = snapshot(statefulset["spec"].get("template") or {})
        number = (revisions[-1].get("revision") or 0) + 1 if revisions else 1
        equal = [revision for revision in revisions if revision.get("data") == data]
        if equal:
            return equal[-1] if equal[-1] is revisions[-1] else self._revisions.renumber(equal[-1], number)
        status = statefulset.get("status") or {}
        collisions = status.get("collisionCount") or 0
        created = self._revisions.create(statefulset, data, data_hash(data, collisions), number)
        if created is None:
            updated = {**statefulset, "status": {**status, "replicas": 0, **status, "collisionCount": collisions + 1}}
            self._client.update(self._sets, updated, subresource="status", options=MANAGER)
        return created

    def _apply(self, statefulset: Object, steps: Sequence[Step]) -> ApiError | None:
        name = name_of(statefulset)
        for step in steps:
            pod = name_of(step.pod)
            verb = "create" if isinstance(step, CreatePod) else "delete"
            try:
                if isinstance(step, CreatePod):
                    self._create_claims(statefulset, step.pod)
                    self._client.create(self._pods, step.pod, options=MANAGER)
                elif isinstance(step, DeletePod):
                    self._client.delete(self._pods, key_of(step.pod))
                else:
                    self._create_claims(statefulset, step.pod)
                    continue
            except (AlreadyExistsError, NotFoundError):
                continue
            except ApiError as error:
                message = f"{verb} Pod {pod} in StatefulSet {name} failed error: {error.message}"
                self._events.warning(self.name, statefulset, f"Failed{verb.title()}", message)
                return error
            message = f"{verb.title()} Pod {pod} in StatefulSet {name} successful"
            self._events.normal(self.name, statefulset, f"Successful{verb.title()}", message)
        return None

    def _create_claims(self, statefulset: Object, pod: Object) -> None:
        name = name_of(statefulset)
        for wanted in claims_of(statefulset, pod):
            if self._lister.peek(self._claims, key_of(wanted)) is not None:
                continue
            claim_, pod_name = name_of(wanted), name_of(pod)
            try:
                self._client.create(self._claims, wanted, options=MANAGER)
            except ApiError as error:
                message = (
                    f"create Claim {claim_} for Pod {pod_name} in StatefulSet {name} failed error: {error.message}"
                )
                self._events.warning(self.name, statefulset, "FailedCreate", message)
                raise
            message = f"create Claim {claim_} Pod {pod_name} in StatefulSet {name} success"
            self._events.normal(self.name, statefulset, "SuccessfulCreate", message)

    def _fix_claims(self, statefulset: Object, pods: Sequence[Object]) -> None:
        """Keep claims' owners as the retention policy says (updateClaimOwnerRefForSetAndPod)."""
        policy = statefulset["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
        if policy.get("whenDeleted") != "Delete" and policy.get("whenScaled") != "Delete":
            return
        count = replicas_of(statefulset)
        start = int((statefulset["spec"].get("ordinals") or {}).get("start") or 0)
        for pod in pods:
            down = not 0 <= ordinal_of(pod) - start < count
            for wanted in claims_of(statefulset, pod):
                existing = self._lister.peek(self._claims, key_of(wanted))
                if existing is None:
                    continue
                references = [
                    item
                    for item in metadata(existing).get("ownerReferences") or ()
                    if item.get("uid") not in {uid_of(statefulset), uid_of(pod)}
                ]
                if down and policy.get("whenScaled") == "Delete":
                    references.append({**controller_reference({**pod, "apiVersion": "v1", "kind": "Pod"})})
                else:
                    references.extend(wanted_owners(statefulset))
                if references != (metadata(existing).get("ownerReferences") or []):
                    updated = {**existing, "metadata": {**metadata(existing), "ownerReferences": references}}
                    self._client.update(self._claims, updated, options=MANAGER)


def _is_member(statefulset: Object, pod: Object) -> bool:
    found = _POD_NAME.fullmatch(name_of(pod))
    return found is not None and found[1] == name_of(statefulset)
