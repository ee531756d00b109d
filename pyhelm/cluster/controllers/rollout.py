"""What a Deployment should do next: a pure function of the Deployment, its ReplicaSets and their Pods.

Follows pkg/controller/deployment of Kubernetes step by step (sync.go, rolling.go, recreate.go, progress.go,
util/deployment_util.go); several status writes of one sync are joined into the last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from pyhelm.cluster.clock import parse_stamp, stamp
from pyhelm.cluster.controllers import conditions
from pyhelm.cluster.controllers.annotations import (
    DESIRED_REPLICAS,
    MAX_REPLICAS,
    NOT_COPIED,
    REVISION,
    ROLLBACK_TO,
    annotate,
    annotated_count,
    last_revision,
    revision_of,
)
from pyhelm.cluster.controllers.ownership import controller_reference
from pyhelm.cluster.controllers.pods import FINISHED, phase_of
from pyhelm.cluster.controllers.strategy import (
    INT32_MAX,
    is_complete,
    is_rolling,
    max_surge,
    max_unavailable,
    progress_deadline,
    replicas_of,
)
from pyhelm.cluster.controllers.templates import HASH_LABEL, fingerprint, template_hash
from pyhelm.kube.objects import annotations_of, is_terminating, labels_of, metadata, uid_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from pyhelm.kube.objects import Object

NAME_LENGTH = 253


class CreateReplicaSet(NamedTuple):
    """Create ``replicaset``, named after its hash; ``event`` is recorded afterwards unless empty."""

    replicaset: Object
    event: str


class UpdateReplicaSet(NamedTuple):
    """Replace ``replicaset``; ``event`` is recorded afterwards unless empty."""

    replicaset: Object
    event: str


class DeleteReplicaSet(NamedTuple):
    """Delete an old ReplicaSet."""

    replicaset: Object


class UpdateStatus(NamedTuple):
    """Write the Deployment's status and annotations."""

    deployment: Object


class RollBack(NamedTuple):
    """Write the Deployment's spec and annotations: an old template came back through the rollback annotation."""

    deployment: Object
    events: tuple[tuple[str, str, str], ...]


Step = CreateReplicaSet | UpdateReplicaSet | DeleteReplicaSet | UpdateStatus | RollBack


@dataclass(slots=True)
class Plan:
    """What to write, in order, and in how many seconds to look again without any change."""

    steps: list[Step] = field(default_factory=list)
    requeue_after: float | None = None


def plan(
    deployment: Object,
    replicasets: Sequence[Object],
    pods: Mapping[str, Sequence[Object]],
    now: datetime,
    mark: Callable[[Object], str] | None = None,
) -> Plan:
    """Return the next changes of a Deployment (syncDeployment).

    Args:
        deployment: As stored; not changed.
        replicasets: Those it controls, in order of creation; not changed.
        pods: Pods of each ReplicaSet, by the ReplicaSet's uid (only looked at by the Recreate strategy).
        now: The cluster's time.
        mark: Fingerprint of an object's template, where it is known already.
    """
    return _Sync(deployment, replicasets, pods, now, mark or _fingerprint).run()


def _fingerprint(obj: Object) -> str:
    return fingerprint(obj["spec"].get("template") or {})


# --- facts about ReplicaSets ---


def count(obj: Object | None, name: str) -> int:
    """Return a count of the status."""
    return 0 if obj is None else (obj.get("status") or {}).get(name) or 0


def age_key(replicaset: Object) -> tuple[str, str]:
    """Return what orders ReplicaSets from old to new (ReplicaSetsByCreationTimestamp)."""
    return metadata(replicaset).get("creationTimestamp") or "", metadata(replicaset).get("name") or ""


def active(replicasets: Iterable[Object | None]) -> list[Object]:
    """Return the ReplicaSets that want Pods."""
    return [replicaset for replicaset in replicasets if replicaset is not None and replicas_of(replicaset) > 0]


def replicaset_name(deployment: str, mark: str) -> str:
    """Return the name of a new ReplicaSet, the Deployment's name cut to fit (generateReplicaSetName)."""
    room = NAME_LENGTH - 1 - len(mark)
    return f"{deployment[:room]}-{mark}"


# --- one sync ---


class _Sync:
    """The steps of one sync. Copies are made before anything is changed; ``self.d`` is the working Deployment."""

    def __init__(
        self,
        deployment: Object,
        replicasets: Sequence[Object],
        pods: Mapping[str, Sequence[Object]],
        now: datetime,
        mark: Callable[[Object], str],
    ) -> None:
        self.stored = deployment
        self.d: Object = {
            **deployment,
            "metadata": {**metadata(deployment), "annotations": dict(annotations_of(deployment))},
            "status": dict(deployment.get("status") or {}),
        }
        self.pods = pods
        self.now = now
        self.stamp = stamp(now)
        self.mark = mark
        self.template = mark(deployment)
        # Creation times have whole seconds: sorting keeps the order of creation among equal ones.
        self.all = sorted(replicasets, key=lambda replicaset: metadata(replicaset).get("creationTimestamp") or "")
        self.plan = Plan()

    def run(self) -> Plan:
        """Decide."""
        if is_terminating(self.d):
            new, old = self.revisions(create=False)
            return self.finish(self.status(new, old))
        self.check_paused()
        if self.d["spec"].get("paused"):
            return self.scale_only()
        if annotations_of(self.d).get(ROLLBACK_TO):
            target = annotations_of(self.d)[ROLLBACK_TO]
            if re.fullmatch(r"[+-]?[0-9]+", target):
                return self.roll_back(int(target))
        if self.is_scaling():
            return self.scale_only()
        return self.rolling() if is_rolling(self.d) else self.recreate()

    # --- revisions and the new ReplicaSet ---

    def revisions(self, *, create: bool) -> tuple[Object | None, list[Object]]:
        """Return the new ReplicaSet and the old ones (getAllReplicaSetsAndSyncRevision)."""
        new = next((replicaset for replicaset in self.all if self.mark(replicaset) == self.template), None)
        old = [replicaset for replicaset in self.all if replicaset is not new]
        revision = max((revision_of(replicaset) or 0 for replicaset in old), default=0) + 1
        if new is not None:
            return self.refresh(new, revision), old
        if not create:
            return None, old
        return self.create(old, revision), old

    def refresh(self, new: Object, revision: int) -> Object:
        """Bring the existing new ReplicaSet's annotations and minReadySeconds up to date."""
        updated = _copy(new)
        changed = annotate(self.d, updated, revision, exists=True)
        min_ready = self.d["spec"].get("minReadySeconds") or 0
        if changed or (new["spec"].get("minReadySeconds") or 0) != min_ready:
            if min_ready:
                updated["spec"]["minReadySeconds"] = min_ready
            else:
                updated["spec"].pop("minReadySeconds", None)
            self.update(new, updated, "")
            new = updated
        self.d["metadata"]["annotations"][REVISION] = annotations_of(new).get(REVISION, "")
        if progress_deadline(self.d) is not None and conditions.find(self.conditions(), "Progressing") is None:
            self.put("Progressing", "True", "FoundNewReplicaSet", f'Found new replica set "{metadata(new)["name"]}"')
        return new

    def create(self, old: list[Object], revision: int) -> Object:
        """Plan a new ReplicaSet (getNewReplicaSet)."""
        spec = self.d["spec"]
        mark = template_hash(self.template, (self.d["status"]).get("collisionCount"))
        template = spec.get("template") or {}
        labels = {**labels_of(template), HASH_LABEL: mark}
        selector = spec.get("selector") or {}
        new: Object = {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "name": replicaset_name(self.d["metadata"]["name"], mark),
                "namespace": self.d["metadata"].get("namespace", ""),
                "labels": labels,
                "annotations": {},
                "ownerReferences": [controller_reference(self.d)],
            },
            "spec": {
                "replicas": 0,
                "selector": {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), HASH_LABEL: mark}},
                "template": {**template, "metadata": {**metadata(template), "labels": labels}},
            },
        }
        if spec.get("minReadySeconds"):
            new["spec"]["minReadySeconds"] = spec["minReadySeconds"]
        new["spec"]["replicas"] = size = self.new_size(new, [*old, new])
        annotate(self.d, new, revision, exists=False)
        name = new["metadata"]["name"]
        event = f"Scaled up replica set {name} from 0 to {size}" if size > 0 else ""
        self.plan.steps.append(CreateReplicaSet(new, event))
        self.d["metadata"]["annotations"][REVISION] = str(revision)
        if progress_deadline(self.d) is not None:
            self.put("Progressing", "True", "NewReplicaSetCreated", f'Created new replica set "{name}"')
        self.all.append(new)
        return new

    def new_size(self, new: Object, everything: Iterable[Object]) -> int:
        """Return the size the new ReplicaSet may have now (NewRSNewReplicas)."""
        replicas = replicas_of(self.d)
        if not is_rolling(self.d):
            return replicas
        room = replicas + max_surge(self.d)
        room -= sum(replicas_of(replicaset) for replicaset in everything)
        if room <= 0:
            return replicas_of(new)
        return replicas_of(new) + min(room, replicas - replicas_of(new))

    # --- scaling ---

    def is_scaling(self) -> bool:
        """Tell whether an active ReplicaSet was sized for another number of replicas (isScalingEvent)."""
        new, old = self.revisions(create=False)
        replicas = replicas_of(self.d)
        desired = (annotated_count(replicaset, DESIRED_REPLICAS) for replicaset in active([*old, new]))
        return any(value is not None and value != replicas for value in desired)

    def scale_only(self) -> Plan:
        """Scale without rolling (sync): when paused, and when the number of replicas changed."""
        new, old = self.revisions(create=False)
        self.scale(new, old)
        if self.d["spec"].get("paused") and not annotations_of(self.d).get(ROLLBACK_TO):
            self.clean_up(old)
        return self.finish(self.status(new, old))

    def scale(self, new: Object | None, old: list[Object]) -> None:
        """Scale proportionally (dc.scale)."""
        replicas = replicas_of(self.d)
        old.reverse()
        running = active([*old, new])
        if (new is not None or old) and len(running) <= 1:
            only = running[0] if running else new if new is not None else old[0]
            self.resize(only, replicas)
            return
        if new is not None and self.is_saturated(new):
            for replicaset in active(old):
                self.resize(replicaset, 0)
            return
        if not is_rolling(self.d):
            return
        allowed = replicas + max_surge(self.d) if replicas > 0 else 0
        to_add = allowed - sum(replicas_of(replicaset) for replicaset in running)
        if to_add > 0:
            running.sort(key=age_key, reverse=True)
            running.sort(key=replicas_of, reverse=True)
        elif to_add < 0:
            running.sort(key=age_key)
            running.sort(key=replicas_of, reverse=True)
        added = 0
        sizes = []
        for replicaset in running:
            share = self.proportion(replicaset, to_add, added)
            sizes.append(replicas_of(replicaset) + share)
            added += share
        if to_add and sizes:
            sizes[0] = max(0, sizes[0] + to_add - added)
        for replicaset, size in zip(running, sizes, strict=True):
            self.resize(replicaset, size, force=True)

    def is_saturated(self, new: Object) -> bool:
        """Tell whether the new ReplicaSet has all it should have (IsSaturated)."""
        replicas = replicas_of(self.d)
        return (
            replicas_of(new) == replicas
            and annotated_count(new, DESIRED_REPLICAS) == replicas
            and count(new, "availableReplicas") == replicas
        )

    def proportion(self, replicaset: Object, to_add: int, added: int) -> int:
        """Return one ReplicaSet's share of what is added (GetReplicaSetProportion)."""
        size = replicas_of(replicaset)
        if size == 0 or to_add in {0, added}:
            return 0
        if replicas_of(self.d) == 0:
            share = -size
        else:
            before = annotated_count(replicaset, MAX_REPLICAS) or self.d["status"].get("replicas") or 0
            if before == 0:
                share = 0
            else:
                share = _round(size * (replicas_of(self.d) + max_surge(self.d)) / before) - size
        allowed = to_add - added
        return min(share, allowed) if to_add > 0 else max(share, allowed)

    def resize(self, replicaset: Object, size: int, *, force: bool = False) -> tuple[bool, Object]:
        """Plan another size for a ReplicaSet; returns whether it changes, and it (scaleReplicaSet)."""
        before = replicas_of(replicaset)
        if not force and before == size:
            return False, replicaset
        replicas = replicas_of(self.d)
        desired = {DESIRED_REPLICAS: str(replicas), MAX_REPLICAS: str(replicas + max_surge(self.d))}
        known = annotations_of(replicaset)
        if before == size and all(known.get(name) == value for name, value in desired.items()):
            return False, replicaset
        updated = _copy(replicaset)
        updated["spec"]["replicas"] = size
        updated["metadata"]["annotations"].update(desired)
        direction = "up" if before < size else "down"
        event = f"Scaled {direction} replica set {updated['metadata']['name']} from {before} to {size}"
        self.update(replicaset, updated, event if before != size else "")
        return before != size, updated

    def update(self, before: Object, after: Object, event: str) -> None:
        """Plan a write of a ReplicaSet; later steps see it."""
        self.plan.steps.append(UpdateReplicaSet(after, event))
        self.all = [after if replicaset is before else replicaset for replicaset in self.all]

    # --- strategies ---

    def rolling(self) -> Plan:
        """Roll (rolloutRolling): up, or else down, or else clean up."""
        new, old = self.revisions(create=True)
        assert new is not None  # noqa: S101  (created above)
        everything = [*old, new]
        replicas = replicas_of(self.d)
        grown = False
        if replicas_of(new) > replicas:
            grown = self.resize(new, replicas)[0]
        elif replicas_of(new) < replicas:
            grown = self.resize(new, self.new_size(new, everything))[0]
        if grown or self.shrink(new, old, everything):
            return self.finish(self.rollout_status(new, everything))
        if is_complete(self.d, self.d["status"]):
            self.clean_up(old)
        return self.finish(self.rollout_status(new, everything))

    def shrink(self, new: Object, old: list[Object], everything: list[Object]) -> bool:
        """Scale old ReplicaSets down as far as availability allows (reconcileOldReplicaSets)."""
        running = sorted(active(old), key=lambda replicaset: metadata(replicaset).get("creationTimestamp") or "")
        if not running:
            return False
        min_available = replicas_of(self.d) - max_unavailable(self.d)
        new_unavailable = replicas_of(new) - count(new, "availableReplicas")
        room = sum(replicas_of(replicaset) for replicaset in everything) - min_available - new_unavailable
        if room <= 0:
            return False
        cleaned = 0
        for position, replicaset in enumerate(running):
            unhealthy = replicas_of(replicaset) - count(replicaset, "availableReplicas")
            if cleaned >= room:
                break
            if unhealthy < 0:
                # Its Pods are still being counted down: what is available is not yet known.
                return False
            step = min(room - cleaned, unhealthy)
            if step == 0:
                continue
            running[position] = self.resize(replicaset, replicas_of(replicaset) - step)[1]
            cleaned += step
        surplus = sum(count(replicaset, "availableReplicas") for replicaset in [*running, new]) - min_available
        scaled = 0
        for replicaset in running:
            step = min(replicas_of(replicaset), surplus - scaled)
            if step <= 0:
                continue
            self.resize(replicaset, replicas_of(replicaset) - step)
            scaled += step
        return cleaned + scaled > 0

    def recreate(self) -> Plan:
        """End everything old before anything new begins (rolloutRecreate)."""
        new, old = self.revisions(create=False)
        everything = [*old, new]
        shrunk = [self.resize(replicaset, 0)[0] for replicaset in active(old)]
        if any(shrunk) or self.old_pods_running(new, old):
            return self.finish(self.rollout_status(new, everything))
        if new is None:
            new, old = self.revisions(create=True)
            everything = [*old, new]
        assert new is not None  # noqa: S101  (created above)
        self.resize(new, replicas_of(self.d))
        if is_complete(self.d, self.d["status"]):
            self.clean_up(old)
        return self.finish(self.rollout_status(new, everything))

    def old_pods_running(self, new: Object | None, old: list[Object]) -> bool:
        """Tell whether Pods of old ReplicaSets are still there and not finished (oldPodsRunning)."""
        if any(count(replicaset, "replicas") for replicaset in old):
            return True
        new_uid = uid_of(new) if new is not None else ""
        return any(phase_of(pod) not in FINISHED for uid, pods in self.pods.items() if uid != new_uid for pod in pods)

    def clean_up(self, old: list[Object]) -> None:
        """Delete the oldest revisions beyond ``revisionHistoryLimit`` (cleanupDeployment)."""
        limit = self.d["spec"].get("revisionHistoryLimit")
        if limit is None or limit == INT32_MAX:
            return
        alive = [replicaset for replicaset in old if not is_terminating(replicaset)]
        surplus = len(alive) - limit
        if surplus <= 0:
            return
        alive.sort(key=lambda replicaset: (revision_of(replicaset) or 0, *age_key(replicaset)))
        for replicaset in alive[:surplus]:
            unobserved = (metadata(replicaset).get("generation") or 0) > count(replicaset, "observedGeneration")
            if count(replicaset, "replicas") or replicas_of(replicaset) or unobserved:
                continue
            self.plan.steps.append(DeleteReplicaSet(replicaset))

    # --- the deprecated rollback annotation ---

    def roll_back(self, revision: int) -> Plan:
        """Bring back the template of ``revision``, 0 for the last one (dc.rollback)."""
        new, old = self.revisions(create=True)
        everything = [replicaset for replicaset in [*old, new] if replicaset is not None]
        if revision == 0:
            revision = last_revision(everything)
        updated = _copy(self.d)
        del updated["metadata"]["annotations"][ROLLBACK_TO]
        name = self.d["metadata"]["name"]
        target = next((item for item in everything if revision and revision_of(item) == revision), None)
        if target is None:
            wanted = "Unable to find the revision to rollback to." if revision else "Unable to find last revision."
            event = ("Warning", "DeploymentRollbackRevisionNotFound", wanted)
        elif self.mark(target) == self.template:
            event = (
                "Warning",
                "DeploymentRollbackTemplateUnchanged",
                f'The rollback revision contains the same template as current deployment "{name}"',
            )
        else:
            template = target["spec"]["template"]
            labels = {key: value for key, value in labels_of(template).items() if key != HASH_LABEL}
            updated["spec"]["template"] = {**template, "metadata": {**metadata(template), "labels": labels}}
            kept = {key: value for key, value in annotations_of(updated).items() if key in NOT_COPIED}
            brought = {key: value for key, value in annotations_of(target).items() if key not in NOT_COPIED}
            updated["metadata"]["annotations"] = {**kept, **brought}
            event = ("Normal", "DeploymentRollback", f'Rolled back deployment "{name}" to revision {revision}')
        self.plan.steps.append(RollBack(updated, (event,)))
        return self.plan

    # --- status ---

    def conditions(self) -> list[Object]:
        """Return the working status' conditions."""
        found: list[Object] = self.d["status"].get("conditions") or []
        return found

    def put(self, name: str, status: str, reason: str, message: str) -> None:
        """Set a condition of the working status."""
        self.d["status"]["conditions"] = conditions.put(
            self.conditions(), self.condition(name, status, reason, message)
        )

    def condition(self, name: str, status: str, reason: str, message: str) -> Object:
        """Return a new condition."""
        return {
            "type": name,
            "status": status,
            "lastUpdateTime": self.stamp,
            "lastTransitionTime": self.stamp,
            "reason": reason,
            "message": message,
        }

    def check_paused(self) -> None:
        """Say in the Progressing condition that the Deployment is paused or resumed (checkPausedConditions)."""
        if progress_deadline(self.d) is None:
            return
        current = conditions.find(self.conditions(), "Progressing")
        reason = current.get("reason") if current is not None else None
        if reason == "ProgressDeadlineExceeded":
            return
        paused = bool(self.d["spec"].get("paused"))
        if paused and reason != "DeploymentPaused":
            self.put("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused")
        elif not paused and reason == "DeploymentPaused":
            self.put("Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed")

    def status(self, new: Object | None, old: Iterable[Object | None]) -> dict[str, Any]:
        """Return the status that the ReplicaSets show (calculateStatus)."""
        everything = [replicaset for replicaset in [*old, new] if replicaset is not None]
        available = sum(count(replicaset, "availableReplicas") for replicaset in everything)
        wanted = sum(replicas_of(replicaset) for replicaset in everything)
        status: dict[str, Any] = {
            "observedGeneration": metadata(self.d).get("generation") or 0,
            "replicas": sum(count(replicaset, "replicas") for replicaset in everything),
            "updatedReplicas": count(new, "replicas"),
            "readyReplicas": sum(count(replicaset, "readyReplicas") for replicaset in everything),
            "availableReplicas": available,
            "unavailableReplicas": max(0, wanted - available),
            "terminatingReplicas": _terminating(everything),
            "collisionCount": self.d["status"].get("collisionCount"),
        }
        if available >= replicas_of(self.d) - max_unavailable(self.d):
            condition = self.condition(
                "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability."
            )
        else:
            condition = self.condition(
                "Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability."
            )
        status["conditions"] = conditions.put(self.conditions(), condition)
        return status

    def rollout_status(self, new: Object | None, everything: Iterable[Object | None]) -> dict[str, Any]:
        """Return the status with progress and failures (syncRolloutStatus)."""
        rest = [replicaset for replicaset in everything if replicaset is not new]
        status = self.status(new, rest)
        before = self.d["status"]
        deadline = progress_deadline(self.d)
        if deadline is None:
            status["conditions"] = conditions.without(status["conditions"], "Progressing")
        current = conditions.find(self.conditions(), "Progressing")
        reason = current.get("reason") if current is not None else None
        done = status["replicas"] == status["updatedReplicas"] and reason == "NewReplicaSetAvailable"
        if deadline is not None and not done:
            subject = f'ReplicaSet "{new["metadata"]["name"]}"' if new else f'Deployment "{self.d["metadata"]["name"]}"'
            if is_complete(self.d, status):
                condition = self.condition(
                    "Progressing", "True", "NewReplicaSetAvailable", f"{subject} has successfully progressed."
                )
                status["conditions"] = conditions.put(status["conditions"], condition)
            elif _progressed(before, status):
                condition = self.condition("Progressing", "True", "ReplicaSetUpdated", f"{subject} is progressing.")
                if current is not None and current.get("status") == "True":
                    condition["lastTransitionTime"] = current.get("lastTransitionTime")
                status["conditions"] = [*conditions.without(status["conditions"], "Progressing"), condition]
            elif self.timed_out(conditions.find(status["conditions"], "Progressing"), deadline):
                condition = self.condition(
                    "Progressing", "False", "ProgressDeadlineExceeded", f"{subject} has timed out progressing."
                )
                status["conditions"] = conditions.put(status["conditions"], condition)
        failure = _failure([new, *rest])
        if failure is not None:
            status["conditions"] = conditions.put(status["conditions"], failure)
        else:
            status["conditions"] = conditions.without(status["conditions"], "ReplicaFailure")
        self.plan.requeue_after = self.deadline_check(status, deadline)
        return status

    def timed_out(self, condition: Object | None, deadline: int) -> bool:
        """Tell whether nothing progressed for too long (DeploymentTimedOut)."""
        if condition is None or condition.get("reason") == "NewReplicaSetAvailable":
            return False
        if condition.get("reason") == "ProgressDeadlineExceeded":
            return True
        since = parse_stamp(condition.get("lastUpdateTime"))
        return since is not None and (self.now - since).total_seconds() > deadline

    def deadline_check(self, status: Mapping[str, Any], deadline: int | None) -> float | None:
        """Return when to look whether the deadline passed (requeueStuckDeployment)."""
        current = conditions.find(status["conditions"], "Progressing")
        if deadline is None or current is None:
            return None
        # A rollout that was done once does not time out: the real controller looks again and again all the same.
        settled = {"ProgressDeadlineExceeded", "NewReplicaSetAvailable"}
        if is_complete(self.d, status) or current.get("reason") in settled:
            return None
        since = parse_stamp(current.get("lastUpdateTime"))
        if since is None:
            return None
        left = deadline - (self.now - since).total_seconds()
        return max(left, 0.0) + 0.005 if left < 1 else left + 1

    def finish(self, status: dict[str, Any]) -> Plan:
        """Add the status write, if anything differs from what is stored."""
        status = conditions.compact(status, keep=("terminatingReplicas", "collisionCount"))
        unchanged = status == (self.stored.get("status") or {}) and annotations_of(self.stored) == annotations_of(
            self.d
        )
        if not unchanged:
            self.plan.steps.append(UpdateStatus({**self.d, "status": status}))
        return self.plan


def _copy(replicaset: Object) -> Object:
    return {
        **replicaset,
        "metadata": {**metadata(replicaset), "annotations": dict(annotations_of(replicaset))},
        "spec": dict(replicaset["spec"]),
    }


def _round(value: float) -> int:
    """Round half away from zero (integer.RoundToInt32)."""
    return int(value - 0.5) if value < 0 else int(value + 0.5)


def _terminating(replicasets: Iterable[Object]) -> int | None:
    total = 0
    for replicaset in replicasets:
        status = replicaset.get("status") or {}
        value = status.get("terminatingReplicas")
        if value is None and status.get("observedGeneration"):
            return None
        total += value or 0
    return total


def _progressed(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether any count moved forward (DeploymentProgressing)."""

    def of(status: Mapping[str, Any], name: str) -> int:
        return status.get(name) or 0

    old_before = of(before, "replicas") - of(before, "updatedReplicas")
    old_after = of(after, "replicas") - of(after, "updatedReplicas")
    return (
        of(after, "updatedReplicas") > of(before, "updatedReplicas")
        or old_after < old_before
        or of(after, "readyReplicas") > of(before, "readyReplicas")
        or of(after, "availableReplicas") > of(before, "availableReplicas")
    )


def _failure(replicasets: Iterable[Object | None]) -> Object | None:
    """Return the first ReplicaSet's failure as a Deployment's condition (getReplicaFailures)."""
    for replicaset in replicasets:
        if replicaset is None:
            continue
        found = conditions.find((replicaset.get("status") or {}).get("conditions") or [], "ReplicaFailure")
        if found is not None:
            return {
                "type": "ReplicaFailure",
                "status": found.get("status", ""),
                "lastUpdateTime": found.get("lastTransitionTime"),
                "lastTransitionTime": found.get("lastTransitionTime"),
                "reason": found.get("reason", ""),
                "message": found.get("message", ""),
            }
    return None
