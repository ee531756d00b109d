"""Whether an object has become what its spec asks for.

``status_of`` follows kstatus (fluxcd/cli-utils), which Helm's ``watcher`` strategy uses; ``legacy_ready`` follows its
older ReadyChecker. Both are pure: what they need beyond the object is passed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pyhelm.kube import times
from pyhelm.kube.intstr import fenceposts, scaled
from pyhelm.kube.objects import metadata, name_of, namespace_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from pyhelm.kube.objects import Object

# How long a Pod may go unscheduled before that counts as a failure.
SCHEDULE_WINDOW = timedelta(seconds=15)


class Status(StrEnum):
    """How far an object is."""

    IN_PROGRESS = "InProgress"
    CURRENT = "Current"
    FAILED = "Failed"
    TERMINATING = "Terminating"
    NOT_FOUND = "NotFound"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is known of an object's progress.

    Attributes:
        reason: One word, for machines; empty where kstatus gives none.
        message: In kstatus' words.
    """

    status: Status
    message: str
    reason: str = ""

    @property
    def ready(self) -> bool:
        """The object is what its spec asks for."""
        return self.status is Status.CURRENT

    @property
    def failed(self) -> bool:
        """The object has failed, and nothing but intervention will change that."""
        return self.status is Status.FAILED

    def __str__(self) -> str:
        return f"status: {self.status}, message: {self.message}"


NOT_FOUND = Readiness(Status.NOT_FOUND, "Resource not found")


def status_of(obj: Object, *, now: datetime, jobs: bool = False, pods: Iterable[Object] = ()) -> Readiness:
    """Return how far an object is, by kstatus' rules.

    Args:
        obj: As the cluster has it.
        now: Cluster time; a Pod gets 15 seconds to be scheduled.
        jobs: A Job is ready only once it is complete, not as soon as it runs (``--wait-for-jobs``).
        pods: The Pods of a ReplicaSet or StatefulSet: it fails when one of them did.
    """
    group, kind = _group_kind(obj)
    if jobs and (group, kind) == ("batch", "Job"):
        return completion_of(obj)
    found = _generic(obj)
    if found is None:
        rule = _RULES.get((group, kind))
        found = rule(obj, now) if rule else _ready_condition(obj)
    if found.status is Status.IN_PROGRESS and (group, kind) in _POD_OWNERS:
        failed = [pod for pod in pods if status_of(pod, now=now).failed and not _is_transient(pod)]
        if failed:
            return Readiness(Status.FAILED, f"{len(failed)} pods have failed")
    return found


def completion_of(obj: Object) -> Readiness:
    """Return how far a hook is: a Job or Pod must have run to its end, anything else just exists."""
    match _group_kind(obj):
        case ("batch", "Job"):
            return _job_completion(obj)
        case ("", "Pod"):
            name = name_of(obj)
            match _status(obj).get("phase"):
                case "Succeeded":
                    return _current(f"pod {name} succeeded")
                case "Failed":
                    return _failed("PodFailed", f"pod {name} failed")
            return _in_progress("PodInProgress", "Pod in progress")
    return _current("Resource is current")


# --- the older rules --------------------------------------------------------------------------------------------------


class JobFailedError(ValueError):
    """A Job that cannot recover."""


def legacy_ready(
    obj: Object, *, jobs: bool = False, new_replica_set: Object | None = None, pods: Sequence[Object] = ()
) -> bool:
    """Tell whether an object is ready by Helm's ReadyChecker (``--wait=legacy``); a paused Deployment is.

    Args:
        obj: As the cluster has it.
        jobs: Wait for Jobs too.
        new_replica_set: Of a Deployment: the one with the current template.
        pods: Of a ReplicaSet or ReplicationController.

    Raises:
        JobFailedError: A Job has failed.
    """
    spec, status = _spec(obj), _status(obj)
    observed = status.get("observedGeneration", 0) == metadata(obj).get("generation", 0)
    match _group_kind(obj):
        case ("", "Pod"):
            return _is_pod_ready(obj)
        case ("batch", "Job") if jobs:
            return _legacy_job(obj)
        case ("apps", "Deployment"):
            return bool(spec.get("paused")) or _legacy_deployment(obj, new_replica_set, observed=observed)
        case ("", "PersistentVolumeClaim"):
            return bool(status.get("phase") == "Bound")
        case ("", "Service"):
            return _legacy_service(spec, status)
        case ("apps", "DaemonSet"):
            return observed and _legacy_daemon_set(spec, status)
        case ("apiextensions.k8s.io", "CustomResourceDefinition"):
            return any(
                (condition.get("type"), condition.get("status"))
                in {("Established", "True"), ("NamesAccepted", "False")}
                for condition in _conditions(obj)
            )
        case ("apps", "StatefulSet"):
            return observed and _legacy_stateful_set(spec, status)
        case ("apps", "ReplicaSet") | ("", "ReplicationController"):
            return observed and all(map(_is_pod_ready, pods))
    return True


def find_new_replica_set(deployment: Object, replica_sets: Iterable[Object]) -> Object | None:
    """Return the oldest ReplicaSet that has the Deployment's template, its hash label aside (FindNewReplicaSet)."""
    wanted = template_without_hash(_spec(deployment).get("template"))
    found = [item for item in replica_sets if template_without_hash(_spec(item).get("template")) == wanted]
    return min(found, key=lambda item: (metadata(item).get("creationTimestamp") or "", name_of(item)), default=None)


def template_without_hash(template: Any) -> Any:
    """Return a Pod template without the ``pod-template-hash`` label."""
    if not isinstance(template, dict):
        return template
    meta = template.get("metadata") or {}
    labels = {key: value for key, value in (meta.get("labels") or {}).items() if key != "pod-template-hash"}
    return {**template, "metadata": {**meta, "labels": labels}}


def _legacy_deployment(deployment: Object, new: Object | None, *, observed: bool) -> bool:
    if new is None or _status(new).get("observedGeneration", 0) != metadata(new).get("generation", 0) or not observed:
        return False
    spec = _spec(deployment)
    replicas = spec.get("replicas", 1)
    return bool(_status(new).get("readyReplicas", 0) >= replicas - _max_unavailable(spec, replicas))


def _max_unavailable(spec: Object, replicas: int) -> int:
    strategy = spec.get("strategy") or {}
    if strategy.get("type") != "RollingUpdate" or replicas == 0:
        return 0
    rolling = strategy.get("rollingUpdate") or {}
    try:
        _, unavailable = fenceposts(rolling.get("maxSurge"), rolling.get("maxUnavailable"), replicas)
    except ValueError:
        return 0
    return min(unavailable, replicas)


def _legacy_job(job: Object) -> bool:
    spec, status = _spec(job), _status(job)
    if status.get("failed", 0) > spec.get("backoffLimit", 6):
        message = f"job is failed: {namespace_of(job)}/{name_of(job)}"
        raise JobFailedError(message)
    completions = spec.get("completions")
    return completions is None or bool(status.get("succeeded", 0) >= completions)


def _legacy_service(spec: Object, status: Object) -> bool:
    if spec.get("type") == "ExternalName":
        return True
    if not spec.get("clusterIP"):
        return False
    if spec.get("type") == "LoadBalancer" and not spec.get("externalIPs"):
        return (status.get("loadBalancer") or {}).get("ingress") is not None
    return True


def _legacy_daemon_set(spec: Object, status: Object) -> bool:
    strategy = spec.get("updateStrategy") or {}
    if strategy.get("type") != "RollingUpdate":
        return True
    desired = status.get("desiredNumberScheduled", 0)
    if status.get("updatedNumberScheduled", 0) != desired:
        return False
    try:
        value = (strategy.get("rollingUpdate") or {}).get("maxUnavailable", 0)
        unavailable = scaled(value, desired, round_up=True)
    except ValueError:
        unavailable = desired
    return bool(status.get("numberReady", 0) >= desired - unavailable)


def _legacy_stateful_set(spec: Object, status: Object) -> bool:
    strategy = spec.get("updateStrategy") or {}
    if strategy.get("type") != "RollingUpdate":
        return True
    partition = (strategy.get("rollingUpdate") or {}).get("partition") or 0
    replicas = spec.get("replicas", 1)
    if status.get("updatedReplicas", 0) < replicas - partition or status.get("readyReplicas", 0) != replicas:
        return False
    return bool(partition or status.get("currentRevision", "") == status.get("updateRevision", ""))


# --- kstatus, kind by kind --------------------------------------------------------------------------------------------


def _generic(obj: Object) -> Readiness | None:
    """Judge what every object may have: a deletion, generations, Reconciling and Stalled conditions."""
    meta = metadata(obj)
    if meta.get("deletionTimestamp"):
        return Readiness(Status.TERMINATING, "Resource scheduled for deletion")
    generation, observed = meta.get("generation"), _status(obj).get("observedGeneration")
    if generation is not None and observed is not None and generation != observed:
        message = f"{obj.get('kind')} generation is {generation}, but latest observed generation is {observed}"
        return _in_progress("LatestGenerationNotObserved", message)
    for condition in _conditions(obj):
        if condition.get("status") == "True":
            if condition.get("type") == "Reconciling":
                return _in_progress(condition.get("reason", ""), condition.get("message", ""))
            if condition.get("type") == "Stalled":
                return _failed(condition.get("reason", ""), condition.get("message", ""))
    return None


def _ready_condition(obj: Object) -> Readiness:
    for condition in _conditions(obj):
        if condition.get("type") == "Ready":
            if condition.get("status") == "True":
                return _current("Resource is Ready")
            if condition.get("status") in {"False", "Unknown"}:
                return _in_progress(condition.get("reason", ""), condition.get("message", ""))
    return _current("Resource is current")


def _deployment(obj: Object, _now: datetime) -> Readiness:
    spec, status = _spec(obj), _status(obj)
    progressing = spec.get("progressDeadlineSeconds", 2**31 - 1) == 2**31 - 1
    available = False
    for condition in _conditions(obj):
        if condition.get("type") == "Progressing":
            if condition.get("reason") == "ProgressDeadlineExceeded":
                return _failed("ProgressDeadlineExceeded", "Progress deadline exceeded")
            if condition.get("status") == "True" and condition.get("reason") == "NewReplicaSetAvailable":
                progressing = True
        elif condition.get("type") == "Available" and condition.get("status") == "True":
            available = True
    wanted = spec.get("replicas", 1)
    have, updated = status.get("replicas", 0), status.get("updatedReplicas", 0)
    ready, usable = status.get("readyReplicas", 0), status.get("availableReplicas", 0)
    if wanted > have:
        return _in_progress("LessReplicas", f"Replicas: {have}/{wanted}")
    if wanted > updated:
        return _in_progress("LessUpdated", f"Updated: {updated}/{wanted}")
    if have > wanted:
        return _in_progress("ExtraPods", f"Pending termination: {have - wanted}")
    if updated > usable:
        return _in_progress("LessAvailable", f"Available: {usable}/{updated}")
    if wanted > ready:
        return _in_progress("LessReady", f"Ready: {ready}/{wanted}")
    if not progressing:
        return _in_progress("ReplicaSetNotAvailable", "ReplicaSet not Available")
    if not available:
        return _in_progress("DeploymentNotAvailable", "Deployment not Available")
    return _current(f"Deployment is available. Replicas: {have}")


def _replica_set(obj: Object, _now: datetime) -> Readiness:
    if _has_condition(obj, "ReplicaFailure", "True"):
        return _in_progress("ReplicaFailure", "Replica Failure condition. Check Pods")
    status = _status(obj)
    wanted, have = _spec(obj).get("replicas", 1), status.get("replicas", 0)
    for field, reason, word in (
        ("fullyLabeledReplicas", "LessLabelled", "Labelled"),
        ("availableReplicas", "LessAvailable", "Available"),
        ("readyReplicas", "LessReady", "Ready"),
    ):
        if wanted > status.get(field, 0):
            return _in_progress(reason, f"{word}: {status.get(field, 0)}/{wanted}")
    if have > wanted:
        return _in_progress("ExtraPods", f"Pending termination: {have - wanted}")
    return _current(f"ReplicaSet is available. Replicas: {have}")


def _stateful_set(obj: Object, _now: datetime) -> Readiness:
    spec, status = _spec(obj), _status(obj)
    strategy = spec.get("updateStrategy") or {}
    if strategy.get("type") == "OnDelete":
        return _current("StatefulSet is using the ondelete update strategy")
    wanted, have = spec.get("replicas", 1), status.get("replicas", 0)
    ready, updated = status.get("readyReplicas", 0), status.get("updatedReplicas", 0)
    current = status.get("currentReplicas", 0)
    partition = (strategy.get("rollingUpdate") or {}).get("partition", -1)
    if wanted > have:
        return _in_progress("LessReplicas", f"Replicas: {have}/{wanted}")
    if wanted > ready:
        return _in_progress("LessReady", f"Ready: {ready}/{wanted}")
    if have > wanted:
        return _in_progress("ExtraPods", f"Pending termination: {have - wanted}")
    if partition != -1:
        if updated < wanted - partition:
            return _in_progress("PartitionRollout", f"updated: {updated}/{wanted - partition}")
        return _current(f"Partition rollout complete. updated: {updated}")
    if wanted > current:
        return _in_progress("LessCurrent", f"current: {current}/{wanted}")
    if status.get("currentRevision", "") != status.get("updateRevision", ""):
        return _in_progress("RevisionMismatch", "Waiting for updated revision to match current")
    return _current(f"All replicas scheduled as expected. Replicas: {have}")


def _daemon_set(obj: Object, _now: datetime) -> Readiness:
    status = _status(obj)
    kind = obj.get("kind")
    if metadata(obj).get("generation") is None:
        return _in_progress("NoGeneration", f"{kind} metadata.generation not found")
    if status.get("observedGeneration") is None:
        return _in_progress("NoObservedGeneration", f"{kind} status.observedGeneration not found")
    desired = status.get("desiredNumberScheduled")
    if desired is None:
        return _in_progress("NoDesiredNumber", "Missing .status.desiredNumberScheduled")
    for field, reason, word in (
        ("currentNumberScheduled", "LessCurrent", "Current"),
        ("updatedNumberScheduled", "LessUpdated", "Updated"),
        ("numberAvailable", "LessAvailable", "Available"),
        ("numberReady", "LessReady", "Ready"),
    ):
        if desired > status.get(field, 0):
            return _in_progress(reason, f"{word}: {status.get(field, 0)}/{desired}")
    return _current(f"All replicas scheduled as expected. Replicas: {desired}")


def _claim(obj: Object, _now: datetime) -> Readiness:
    phase = _status(obj).get("phase", "unknown")
    if phase != "Bound":
        return _in_progress("NotBound", f"PVC is not Bound. phase: {phase}")
    return _current("PVC is Bound")


def _pod(obj: Object, now: datetime) -> Readiness:
    match _status(obj).get("phase", ""):
        case "Succeeded":
            return _current("Pod has completed successfully")
        case "Failed":
            return _current("Pod has completed, but not successfully")
        case "Running":
            if _is_pod_ready(obj):
                return _current("Pod is Ready")
            looping = [
                container.get("name", "")
                for container in _status(obj).get("containerStatuses") or ()
                if ((container.get("state") or {}).get("waiting") or {}).get("reason") == "CrashLoopBackOff"
            ]
            if looping:
                return _failed("ContainerCrashLooping", f"Containers in CrashLoop state: {','.join(looping)}")
            return _in_progress("PodRunningNotReady", "Pod is running but is not Ready")
        case "Pending":
            if is_unschedulable(obj):
                created = times.parse_or_none(metadata(obj).get("creationTimestamp"))
                if created is not None and now - SCHEDULE_WINDOW < created:
                    return _in_progress("PodNotScheduled", "Pod has not been scheduled")
                return _failed("PodUnschedulable", "Pod could not be scheduled")
            return _in_progress("PodPending", "Pod is in the Pending phase")
        case "":
            return _in_progress("PodNotObserved", "Pod phase not available")
    return Readiness(Status.UNKNOWN, "")


def _job(obj: Object, _now: datetime) -> Readiness:
    finished = _job_completion(obj)
    if finished.status is not Status.IN_PROGRESS:
        return finished
    status = _status(obj)
    if not status.get("startTime"):
        return _in_progress("JobNotStarted", "Job not started")
    counts = {name: status.get(name, 0) for name in ("succeeded", "active", "failed")}
    return _current(
        f"Job in progress. success:{counts['succeeded']}, active: {counts['active']}, failed: {counts['failed']}"
    )


def _job_completion(obj: Object) -> Readiness:
    spec, status = _spec(obj), _status(obj)
    completions = spec.get("completions", spec.get("parallelism", 1))
    for condition in _conditions(obj):
        if condition.get("status") == "True":
            if condition.get("type") == "Complete":
                return _current(f"Job Completed. succeeded: {status.get('succeeded', 0)}/{completions}")
            if condition.get("type") == "Failed":
                return _failed("JobFailed", f"Job Failed. failed: {status.get('failed', 0)}/{completions}")
    return _in_progress("JobInProgress", "Job in progress")


def _service(obj: Object, _now: datetime) -> Readiness:
    spec = _spec(obj)
    if spec.get("type") == "LoadBalancer" and not spec.get("clusterIP"):
        return _in_progress("NoIPAssigned", "ClusterIP not set. Service type: LoadBalancer")
    return _current("Service is ready")


def _custom_resource_definition(obj: Object, _now: datetime) -> Readiness:
    for condition in _conditions(obj):
        kind, status = condition.get("type"), condition.get("status")
        refused = kind == "NamesAccepted" or (kind == "Established" and condition.get("reason") != "Installing")
        if status == "False" and refused:
            return _failed(condition.get("reason", ""), condition.get("message", ""))
        if kind == "Established" and status == "True":
            return _current("CRD is established")
    return _in_progress("Installing", "Install in progress")


def _budget(_obj: Object, _now: datetime) -> Readiness:
    return _current("AllowedDisruptions has been computed.")


def _always(_obj: Object, _now: datetime) -> Readiness:
    return _current("Resource is always ready")


_RULES: dict[tuple[str, str], Callable[[Object, datetime], Readiness]] = {
    ("", "Service"): _service,
    ("", "Pod"): _pod,
    ("", "Secret"): _always,
    ("", "ConfigMap"): _always,
    ("", "PersistentVolumeClaim"): _claim,
    ("apps", "StatefulSet"): _stateful_set,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _replica_set,
    ("policy", "PodDisruptionBudget"): _budget,
    ("batch", "CronJob"): _always,
    ("batch", "Job"): _job,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _custom_resource_definition,
}
_POD_OWNERS = {("apps", "ReplicaSet"), ("apps", "StatefulSet")}


# --- reading objects --------------------------------------------------------------------------------------------------


def is_unschedulable(pod: Object) -> bool:
    """Tell whether the scheduler found no node for a Pod."""
    return any(
        condition.get("type") == "PodScheduled"
        and condition.get("status") == "False"
        and condition.get("reason") == "Unschedulable"
        for condition in _conditions(pod)
    )


def _is_transient(pod: Object) -> bool:
    return bool(metadata(pod).get("deletionTimestamp")) or is_unschedulable(pod)


def _is_pod_ready(pod: Object) -> bool:
    return _has_condition(pod, "Ready", "True")


def _has_condition(obj: Object, kind: str, status: str) -> bool:
    return any(item.get("type") == kind and item.get("status") == status for item in _conditions(obj))


def _conditions(obj: Object) -> list[Object]:
    conditions = _status(obj).get("conditions")
    return [item for item in conditions if isinstance(item, dict)] if isinstance(conditions, list) else []


def _status(obj: Object) -> Object:
    status = obj.get("status")
    return status if isinstance(status, dict) else {}


def _spec(obj: Object) -> Object:
    spec = obj.get("spec")
    return spec if isinstance(spec, dict) else {}


def _group_kind(obj: Object) -> tuple[str, str]:
    group, slash, _ = (obj.get("apiVersion") or "").partition("/")
    return group if slash else "", obj.get("kind") or ""


def _current(message: str) -> Readiness:
    return Readiness(Status.CURRENT, message)


def _in_progress(reason: str, message: str) -> Readiness:
    return Readiness(Status.IN_PROGRESS, message, reason)


def _failed(reason: str, message: str) -> Readiness:
    return Readiness(Status.FAILED, message, reason)
