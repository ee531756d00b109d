"""How far an object is: kstatus' rules, and Helm's older ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pyhelm.kube import readiness
from pyhelm.kube.readiness import JobFailedError, Status

NOW = datetime(2026, 1, 1, 12, 0, 20, tzinfo=UTC)
VERSIONS = {
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "ReplicaSet": "apps/v1",
    "Job": "batch/v1",
    "CronJob": "batch/v1",
    "PodDisruptionBudget": "policy/v1",
    "CustomResourceDefinition": "apiextensions.k8s.io/v1",
    "Widget": "example.test/v1",
}


def obj(kind: str, spec: Any = None, status: Any = None, **meta: Any) -> dict[str, Any]:
    return {
        "apiVersion": VERSIONS.get(kind, "v1"),
        "kind": kind,
        "metadata": {"name": "web", "namespace": "default", **meta},
        "spec": spec or {},
        "status": status or {},
    }


def condition(kind: str, status: str = "True", reason: str = "", message: str = "") -> dict[str, str]:
    return {"type": kind, "status": status, "reason": reason, "message": message}


AVAILABLE = [condition("Available"), condition("Progressing", reason="NewReplicaSetAvailable")]
FULL = {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2}
DEPLOY = {"replicas": 2, "progressDeadlineSeconds": 600}
STS = {"replicas": 2, "readyReplicas": 2, "currentReplicas": 2, "updatedReplicas": 2}
PENDING = {"phase": "Pending", "conditions": [condition("PodScheduled", "False", "Unschedulable")]}
LOOPING = {
    "phase": "Running",
    "containerStatuses": [
        {"name": "a", "state": {"waiting": {"reason": "CrashLoopBackOff"}}},
        {"name": "b", "state": {"running": {}}},
        {"name": "c", "state": {"waiting": {"reason": "CrashLoopBackOff"}}},
    ],
}


@pytest.mark.parametrize(
    ("live", "status", "message"),
    [
        pytest.param(obj("Deployment", DEPLOY), "InProgress", "Replicas: 0/2", id="deployment-new"),
        pytest.param(
            obj("Deployment", DEPLOY, {**FULL, "updatedReplicas": 1}),
            "InProgress",
            "Updated: 1/2",
            id="deployment-rolling",
        ),
        pytest.param(
            obj("Deployment", DEPLOY, {**FULL, "replicas": 3}),
            "InProgress",
            "Pending termination: 1",
            id="deployment-extra",
        ),
        pytest.param(
            obj("Deployment", DEPLOY, {**FULL, "availableReplicas": 1}),
            "InProgress",
            "Available: 1/2",
            id="deployment-unavailable",
        ),
        pytest.param(
            obj("Deployment", DEPLOY, {**FULL, "readyReplicas": 1}), "InProgress", "Ready: 1/2", id="deployment-unready"
        ),
        pytest.param(
            obj("Deployment", DEPLOY, FULL), "InProgress", "ReplicaSet not Available", id="deployment-progress"
        ),
        pytest.param(
            obj("Deployment", DEPLOY, {**FULL, "conditions": AVAILABLE[1:]}),
            "InProgress",
            "Deployment not Available",
            id="deployment-condition",
        ),
        pytest.param(
            obj("Deployment", {"replicas": 2}, {**FULL, "conditions": AVAILABLE[:1]}),
            "Current",
            "Deployment is available. Replicas: 2",
            id="deployment-without-deadline",
        ),
        pytest.param(
            obj("Deployment", DEPLOY, {**FULL, "conditions": AVAILABLE}),
            "Current",
            "Deployment is available. Replicas: 2",
            id="deployment-ready",
        ),
        pytest.param(
            obj("Deployment", DEPLOY, {"conditions": [condition("Progressing", "False", "ProgressDeadlineExceeded")]}),
            "Failed",
            "Progress deadline exceeded",
            id="deployment-deadline",
        ),
        pytest.param(
            obj("Deployment", DEPLOY, {**FULL, "conditions": AVAILABLE, "observedGeneration": 1}, generation=2),
            "InProgress",
            "Deployment generation is 2, but latest observed generation is 1",
            id="generation",
        ),
        pytest.param(
            obj("Deployment", DEPLOY, FULL, deletionTimestamp="2026-01-01T00:00:00Z"),
            "Terminating",
            "Resource scheduled for deletion",
            id="terminating",
        ),
        pytest.param(obj("ReplicaSet", {"replicas": 2}), "InProgress", "Labelled: 0/2", id="replicaset-new"),
        pytest.param(
            obj("ReplicaSet", {"replicas": 2}, {"conditions": [condition("ReplicaFailure")]}),
            "InProgress",
            "Replica Failure condition. Check Pods",
            id="replicaset-failure",
        ),
        pytest.param(
            obj("ReplicaSet", {"replicas": 2}, {**FULL, "fullyLabeledReplicas": 2}),
            "Current",
            "ReplicaSet is available. Replicas: 2",
            id="replicaset-ready",
        ),
        pytest.param(obj("StatefulSet", {"replicas": 2}), "InProgress", "Replicas: 0/2", id="statefulset-new"),
        pytest.param(
            obj("StatefulSet", {"replicas": 2}, {**STS, "readyReplicas": 1}),
            "InProgress",
            "Ready: 1/2",
            id="statefulset-unready",
        ),
        pytest.param(
            obj("StatefulSet", {"replicas": 2}, {**STS, "currentReplicas": 1}),
            "InProgress",
            "current: 1/2",
            id="statefulset-rolling",
        ),
        pytest.param(
            obj("StatefulSet", {"replicas": 2}, {**STS, "currentRevision": "a", "updateRevision": "b"}),
            "InProgress",
            "Waiting for updated revision to match current",
            id="statefulset-revision",
        ),
        pytest.param(
            obj(
                "StatefulSet",
                {"replicas": 2, "updateStrategy": {"rollingUpdate": {"partition": 1}}},
                {**STS, "updatedReplicas": 0},
            ),
            "InProgress",
            "updated: 0/1",
            id="statefulset-partition",
        ),
        pytest.param(
            obj("StatefulSet", {"updateStrategy": {"type": "OnDelete"}}),
            "Current",
            "StatefulSet is using the ondelete update strategy",
            id="statefulset-on-delete",
        ),
        pytest.param(
            obj("StatefulSet", {"replicas": 2}, STS),
            "Current",
            "All replicas scheduled as expected. Replicas: 2",
            id="statefulset-ready",
        ),
        pytest.param(
            obj("DaemonSet", {}, {}, generation=1),
            "InProgress",
            "DaemonSet status.observedGeneration not found",
            id="daemonset-new",
        ),
        pytest.param(
            obj(
                "DaemonSet",
                {},
                {"observedGeneration": 1, "desiredNumberScheduled": 2, "currentNumberScheduled": 1},
                generation=1,
            ),
            "InProgress",
            "Current: 1/2",
            id="daemonset-scheduling",
        ),
        pytest.param(
            obj(
                "DaemonSet",
                {},
                {"observedGeneration": 1, "desiredNumberScheduled": 0, "currentNumberScheduled": 0},
                generation=1,
            ),
            "Current",
            "All replicas scheduled as expected. Replicas: 0",
            id="daemonset-nowhere",
        ),
        pytest.param(obj("PersistentVolumeClaim"), "InProgress", "PVC is not Bound. phase: unknown", id="claim-new"),
        pytest.param(obj("PersistentVolumeClaim", {}, {"phase": "Bound"}), "Current", "PVC is Bound", id="claim-bound"),
        pytest.param(obj("Pod"), "InProgress", "Pod phase not available", id="pod-new"),
        pytest.param(
            obj("Pod", {}, {"phase": "Pending"}), "InProgress", "Pod is in the Pending phase", id="pod-pending"
        ),
        pytest.param(
            obj("Pod", {}, PENDING, creationTimestamp="2026-01-01T12:00:10Z"),
            "InProgress",
            "Pod has not been scheduled",
            id="pod-unscheduled",
        ),
        pytest.param(
            obj("Pod", {}, PENDING, creationTimestamp="2026-01-01T12:00:05Z"),
            "Failed",
            "Pod could not be scheduled",
            id="pod-unschedulable",
        ),
        pytest.param(obj("Pod", {}, LOOPING), "Failed", "Containers in CrashLoop state: a,c", id="pod-looping"),
        pytest.param(
            obj("Pod", {}, {"phase": "Running"}), "InProgress", "Pod is running but is not Ready", id="pod-unready"
        ),
        pytest.param(
            obj("Pod", {}, {"phase": "Running", "conditions": [condition("Ready")]}),
            "Current",
            "Pod is Ready",
            id="pod-ready",
        ),
        pytest.param(
            obj("Pod", {}, {"phase": "Failed"}), "Current", "Pod has completed, but not successfully", id="pod-failed"
        ),
        pytest.param(obj("Job"), "InProgress", "Job not started", id="job-new"),
        pytest.param(
            obj("Job", {}, {"startTime": "2026-01-01T12:00:00Z", "active": 1}),
            "Current",
            "Job in progress. success:0, active: 1, failed: 0",
            id="job-running",
        ),
        pytest.param(
            obj("Job", {"completions": 3}, {"succeeded": 3, "conditions": [condition("Complete")]}),
            "Current",
            "Job Completed. succeeded: 3/3",
            id="job-complete",
        ),
        pytest.param(
            obj("Job", {"parallelism": 2}, {"failed": 1, "conditions": [condition("Failed")]}),
            "Failed",
            "Job Failed. failed: 1/2",
            id="job-failed",
        ),
        pytest.param(obj("Service"), "Current", "Service is ready", id="service"),
        pytest.param(
            obj("Service", {"type": "LoadBalancer"}),
            "InProgress",
            "ClusterIP not set. Service type: LoadBalancer",
            id="service-load-balancer",
        ),
        pytest.param(obj("CustomResourceDefinition"), "InProgress", "Install in progress", id="crd-new"),
        pytest.param(
            obj("CustomResourceDefinition", {}, {"conditions": [condition("NamesAccepted"), condition("Established")]}),
            "Current",
            "CRD is established",
            id="crd-established",
        ),
        pytest.param(
            obj("CustomResourceDefinition", {}, {"conditions": [condition("NamesAccepted", "False", "X", "taken")]}),
            "Failed",
            "taken",
            id="crd-names",
        ),
        pytest.param(obj("ConfigMap"), "Current", "Resource is always ready", id="config-map"),
        pytest.param(obj("PodDisruptionBudget"), "Current", "AllowedDisruptions has been computed.", id="budget"),
        pytest.param(obj("Ingress"), "Current", "Resource is current", id="anything"),
        pytest.param(
            obj("Widget", {}, {"conditions": [condition("Ready", "False", "X", "not yet")]}),
            "InProgress",
            "not yet",
            id="custom",
        ),
        pytest.param(
            obj("Widget", {}, {"conditions": [condition("Ready"), condition("Stalled", "True", "X", "broken")]}),
            "Failed",
            "broken",
            id="custom-stalled",
        ),
        pytest.param(
            obj("Widget", {}, {"conditions": [condition("Reconciling", "True", "X", "busy")]}),
            "InProgress",
            "busy",
            id="custom-busy",
        ),
    ],
)
def test_status(live: dict[str, Any], status: str, message: str) -> None:
    found = readiness.status_of(live, now=NOW)
    assert (found.status, found.message) == (status, message)
    assert str(found) == f"status: {status}, message: {message}"


def test_jobs_may_have_to_complete() -> None:
    running = obj("Job", {}, {"startTime": "2026-01-01T12:00:00Z", "active": 1})
    assert readiness.status_of(running, now=NOW).ready
    assert readiness.status_of(running, now=NOW, jobs=True).message == "Job in progress"


def test_failed_pods_fail_their_owner() -> None:
    owner = obj("StatefulSet", {"replicas": 2})
    looping = obj("Pod", {}, LOOPING)
    leaving = obj("Pod", {}, LOOPING, deletionTimestamp="2026-01-01T12:00:00Z")
    unscheduled = obj("Pod", {}, PENDING, creationTimestamp="2026-01-01T11:00:00Z")
    assert readiness.status_of(owner, now=NOW, pods=[looping, leaving]).message == "1 pods have failed"
    assert readiness.status_of(owner, now=NOW, pods=[leaving, unscheduled]).status is Status.IN_PROGRESS
    assert not readiness.status_of(obj("Deployment", DEPLOY), now=NOW, pods=[looping]).failed


@pytest.mark.parametrize(
    ("live", "status", "message"),
    [
        pytest.param(obj("Pod", {}, {"phase": "Succeeded"}), "Current", "pod web succeeded", id="pod-done"),
        pytest.param(obj("Pod", {}, {"phase": "Failed"}), "Failed", "pod web failed", id="pod-failed"),
        pytest.param(obj("Pod", {}, {"phase": "Running"}), "InProgress", "Pod in progress", id="pod-running"),
        pytest.param(obj("Job"), "InProgress", "Job in progress", id="job"),
        pytest.param(obj("Deployment", DEPLOY), "Current", "Resource is current", id="anything"),
    ],
)
def test_completion(live: dict[str, Any], status: str, message: str) -> None:
    found = readiness.completion_of(live)
    assert (found.status, found.message) == (status, message)


def replica_set(ready: int, *, generation: int = 1) -> dict[str, Any]:
    return obj("ReplicaSet", {}, {"observedGeneration": 1, "readyReplicas": ready}, generation=generation)


ROLLING = {
    "replicas": 4,
    "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": "25%"}},
}
OBSERVED = {"observedGeneration": 1}
READY_POD = obj("Pod", {}, {"conditions": [condition("Ready")]})
UPDATE = {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}}


@pytest.mark.parametrize(
    ("live", "more", "ready"),
    [
        pytest.param(
            obj("Deployment", ROLLING, OBSERVED, generation=1), {"new_replica_set": replica_set(3)}, True, id="enough"
        ),
        pytest.param(
            obj("Deployment", ROLLING, OBSERVED, generation=1), {"new_replica_set": replica_set(2)}, False, id="too-few"
        ),
        pytest.param(
            obj("Deployment", ROLLING, OBSERVED, generation=2),
            {"new_replica_set": replica_set(4)},
            False,
            id="unobserved",
        ),
        pytest.param(
            obj("Deployment", ROLLING, OBSERVED, generation=1),
            {"new_replica_set": replica_set(4, generation=2)},
            False,
            id="replica-set-unobserved",
        ),
        pytest.param(obj("Deployment", ROLLING, OBSERVED, generation=1), {}, False, id="no-replica-set"),
        pytest.param(obj("Deployment", {"paused": True}), {}, True, id="paused"),
        pytest.param(obj("Pod"), {}, False, id="pod"),
        pytest.param(READY_POD, {}, True, id="pod-ready"),
        pytest.param(obj("Job"), {}, True, id="job-ignored"),
        pytest.param(obj("Job", {"completions": 2}, {"succeeded": 1}), {"jobs": True}, False, id="job"),
        pytest.param(obj("PersistentVolumeClaim", {}, {"phase": "Pending"}), {}, False, id="claim"),
        pytest.param(obj("Service", {"type": "ExternalName"}), {}, True, id="external-name"),
        pytest.param(obj("Service", {"clusterIP": "None"}), {}, True, id="headless"),
        pytest.param(obj("Service", {"type": "LoadBalancer", "clusterIP": "1.2.3.4"}), {}, False, id="balancer"),
        pytest.param(
            obj("Service", {"type": "LoadBalancer", "clusterIP": "1.2.3.4"}, {"loadBalancer": {"ingress": []}}),
            {},
            True,
            id="balancer-ready",
        ),
        pytest.param(
            obj("DaemonSet", UPDATE, {"desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberReady": 2}),
            {},
            True,
            id="daemons",
        ),
        pytest.param(
            obj("DaemonSet", UPDATE, {"desiredNumberScheduled": 3, "updatedNumberScheduled": 2, "numberReady": 3}),
            {},
            False,
            id="old",
        ),
        pytest.param(obj("StatefulSet", {"replicas": 2, **UPDATE}, STS), {}, True, id="statefulset"),
        pytest.param(obj("StatefulSet", {"replicas": 3, **UPDATE}, STS), {}, False, id="statefulset-short"),
        pytest.param(obj("ReplicaSet"), {"pods": [READY_POD, obj("Pod")]}, False, id="replica-set-pods"),
        pytest.param(
            obj("CustomResourceDefinition", {}, {"conditions": [condition("NamesAccepted", "False")]}),
            {},
            True,
            id="crd-conflict",
        ),
        pytest.param(obj("ConfigMap"), {}, True, id="anything"),
    ],
)
def test_legacy(live: dict[str, Any], more: dict[str, Any], ready: bool) -> None:
    assert readiness.legacy_ready(live, **more) is ready


def test_legacy_job_that_failed() -> None:
    with pytest.raises(JobFailedError, match="job is failed: default/web"):
        readiness.legacy_ready(obj("Job", {"backoffLimit": 0}, {"failed": 1}), jobs=True)


def test_new_replica_set_is_the_oldest_with_the_template() -> None:
    def owned(name: str, image: str, created: str) -> dict[str, Any]:
        labels = {"app": "web", "pod-template-hash": name}
        template = {"metadata": {"labels": labels}, "spec": {"image": image}}
        return obj("ReplicaSet", {"template": template}, name=name, creationTimestamp=created)

    sets = [owned("b", "2", "2026-01-02"), owned("a", "1", "2026-01-01"), owned("c", "2", "2026-01-03")]
    wanted = obj("Deployment", {"template": {"metadata": {"labels": {"app": "web"}}, "spec": {"image": "2"}}})
    found = readiness.find_new_replica_set(wanted, sets)
    assert found is not None
    assert found["metadata"]["name"] == "b"
    assert readiness.find_new_replica_set(obj("Deployment"), sets) is None
