"""The cells of ``kubectl get``'s tables, from the printers of the API server (``printers/internalversion``)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pyhelm.kube.catalog import Catalog
from pyhelm.kube.printers import table_for

NOW = datetime(2026, 1, 1, 0, 10, tzinfo=UTC)
CREATED = {"name": "it", "namespace": "x", "creationTimestamp": "2026-01-01T00:00:00Z"}
CATALOG = Catalog()


def cells(api_version, kind, **fields):
    metadata = {**CREATED, **fields.pop("metadata", {})}
    obj = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}
    return table_for(CATALOG.for_kind(api_version, kind), [obj], NOW).rows[0]


def running(name="a", **fields):
    return {"name": name, "ready": True, "state": {"running": {}}, "restartCount": 0, **fields}


def ended(name="a", code=0, **fields):
    return {"name": name, "state": {"terminated": {"exitCode": code, **fields}}, "restartCount": 0}


def waiting(reason, name="a", **fields):
    return {"name": name, "state": {"waiting": {"reason": reason}}, "restartCount": 0, **fields}


def condition(kind, status="True", **fields):
    return {"type": kind, "status": status, **fields}


ONE, TWO = [{"name": "a"}], [{"name": "a"}, {"name": "b"}]


@pytest.mark.parametrize(
    ("spec", "status", "metadata", "shown"),
    [
        pytest.param({"containers": ONE}, {"phase": "Pending"}, {}, ["0/1", "Pending", "0"], id="pending"),
        pytest.param(
            {"containers": TWO},
            {"phase": "Running", "containerStatuses": [running(), running("b", ready=False)]},
            {},
            ["1/2", "Running", "0"],
            id="half-ready",
        ),
        pytest.param(
            {"containers": ONE},
            {"phase": "Running", "containerStatuses": [waiting("CrashLoopBackOff", restartCount=3)]},
            {},
            ["0/1", "CrashLoopBackOff", "3"],
            id="crashing",
        ),
        pytest.param(
            {"containers": ONE},
            {
                "phase": "Running",
                "containerStatuses": [
                    running(restartCount=2, lastState={"terminated": {"finishedAt": "2026-01-01T00:07:00Z"}})
                ],
            },
            {},
            ["1/1", "Running", "2 (3m ago)"],
            id="restarted",
        ),
        pytest.param(
            {"containers": ONE},
            {"phase": "Succeeded", "containerStatuses": [ended(reason="Completed")]},
            {},
            ["0/1", "Completed", "0"],
            id="completed",
        ),
        pytest.param(
            {"containers": ONE},
            {"phase": "Failed", "containerStatuses": [ended(code=3)]},
            {},
            ["0/1", "ExitCode:3", "0"],
            id="exit-code",
        ),
        pytest.param(
            {"containers": ONE},
            {"phase": "Failed", "containerStatuses": [ended(code=137, signal=9)]},
            {},
            ["0/1", "Signal:9", "0"],
            id="signal",
        ),
        pytest.param(
            {"containers": ONE, "initContainers": TWO},
            {"phase": "Pending", "initContainerStatuses": [ended(), running("b", ready=False)]},
            {},
            ["0/1", "Init:1/2", "0"],
            id="initialising",
        ),
        pytest.param(
            {"containers": ONE, "initContainers": ONE},
            {"phase": "Pending", "initContainerStatuses": [ended(code=1, reason="Error")]},
            {},
            ["0/1", "Init:Error", "0"],
            id="init-failed",
        ),
        pytest.param(
            {"containers": ONE, "initContainers": ONE},
            {"phase": "Pending", "initContainerStatuses": [waiting("ImagePullBackOff")]},
            {},
            ["0/1", "Init:ImagePullBackOff", "0"],
            id="init-image",
        ),
        pytest.param(
            {"containers": ONE, "initContainers": [{"name": "side", "restartPolicy": "Always"}]},
            {
                "phase": "Running",
                "initContainerStatuses": [running("side", started=True)],
                "containerStatuses": [running()],
                "conditions": [condition("Initialized")],
            },
            {},
            ["2/2", "Running", "0"],
            id="sidecar",
        ),
        pytest.param(
            {"containers": ONE},
            {"phase": "Pending", "conditions": [condition("PodScheduled", "False", reason="SchedulingGated")]},
            {},
            ["0/1", "SchedulingGated", "0"],
            id="gated",
        ),
        pytest.param(
            {"containers": ONE},
            {"phase": "Failed", "reason": "Evicted"},
            {},
            ["0/1", "Evicted", "0"],
            id="evicted",
        ),
        pytest.param(
            {"containers": ONE},
            {"phase": "Running", "containerStatuses": [running()]},
            {"deletionTimestamp": "2026-01-01T00:09:00Z"},
            ["1/1", "Terminating", "0"],
            id="terminating",
        ),
        pytest.param(
            {"containers": ONE},
            {"phase": "Running", "reason": "NodeLost"},
            {"deletionTimestamp": "2026-01-01T00:09:00Z"},
            ["0/1", "Unknown", "0"],
            id="node-lost",
        ),
        pytest.param(
            {"containers": TWO},
            {"phase": "Running", "containerStatuses": [running(), ended("b", reason="Completed")]},
            {},
            ["1/2", "NotReady", "0"],
            id="one-completed",
        ),
    ],
)
def test_pod(spec, status, metadata, shown):
    row = cells("v1", "Pod", spec=spec, status=status, metadata=metadata)
    assert row[1:4] == shown


@pytest.mark.parametrize(
    ("kind", "fields", "row"),
    [
        pytest.param(
            ("apps/v1", "Deployment"),
            {"spec": {"replicas": 3}, "status": {"readyReplicas": 2, "updatedReplicas": 3, "availableReplicas": 1}},
            ["it", "2/3", "3", "1", "10m"],
            id="deployment",
        ),
        pytest.param(
            ("apps/v1", "ReplicaSet"),
            {"spec": {"replicas": 3}, "status": {"replicas": 2, "readyReplicas": 1}},
            ["it", "3", "2", "1", "10m"],
            id="replica-set",
        ),
        pytest.param(
            ("apps/v1", "StatefulSet"),
            {"spec": {"replicas": 3}, "status": {"readyReplicas": 1}},
            ["it", "1/3", "10m"],
            id="stateful-set",
        ),
        pytest.param(
            ("apps/v1", "DaemonSet"),
            {
                "spec": {"template": {"spec": {"nodeSelector": {"b": "c", "a": "d"}}}},
                "status": {"desiredNumberScheduled": 4, "currentNumberScheduled": 3, "numberReady": 2},
            },
            ["it", "4", "3", "2", "0", "0", "a=d,b=c", "10m"],
            id="daemon-set",
        ),
        pytest.param(
            ("batch/v1", "Job"),
            {
                "spec": {"completions": 2},
                "status": {
                    "succeeded": 2,
                    "startTime": "2026-01-01T00:01:00Z",
                    "completionTime": "2026-01-01T00:02:30Z",
                    "conditions": [condition("Complete")],
                },
            },
            ["it", "Complete", "2/2", "90s", "10m"],
            id="job-complete",
        ),
        pytest.param(
            ("batch/v1", "Job"),
            {"spec": {"parallelism": 3}},
            ["it", "Running", "0/1 of 3", "", "10m"],
            id="job-parallel",
        ),
        pytest.param(
            ("batch/v1", "CronJob"),
            {
                "spec": {"schedule": "* * * * *", "suspend": False},
                "status": {"lastScheduleTime": "2026-01-01T00:09:30Z"},
            },
            ["it", "* * * * *", "<none>", "False", "0", "30s", "10m"],
            id="cron-job",
        ),
        pytest.param(
            ("v1", "Service"),
            {
                "spec": {
                    "type": "NodePort",
                    "clusterIPs": ["10.0.0.1"],
                    "ports": [{"port": 80, "nodePort": 30080, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}],
                }
            },
            ["it", "NodePort", "10.0.0.1", "<none>", "80:30080/TCP,53/UDP", "10m"],
            id="service",
        ),
        pytest.param(
            ("v1", "Service"),
            {"spec": {"type": "LoadBalancer", "clusterIPs": ["10.0.0.1"]}},
            ["it", "LoadBalancer", "10.0.0.1", "<pending>", "<none>", "10m"],
            id="load-balancer",
        ),
        pytest.param(
            ("v1", "Service"),
            {"spec": {"type": "ExternalName", "externalName": "a.b"}},
            ["it", "ExternalName", "<none>", "a.b", "<none>", "10m"],
            id="external-name",
        ),
        pytest.param(
            ("networking.k8s.io/v1", "Ingress"),
            {"spec": {"rules": [{"host": name} for name in "abcd"], "tls": [{}]}},
            ["it", "<none>", "a,b,c + 1 more...", "", "80, 443", "10m"],
            id="ingress",
        ),
        pytest.param(("v1", "ConfigMap"), {"data": {"a": ""}, "binaryData": {"b": ""}}, ["it", "2", "10m"], id="map"),
        pytest.param(
            ("v1", "Secret"), {"type": "Opaque", "data": {"a": ""}}, ["it", "Opaque", "1", "10m"], id="secret"
        ),
        pytest.param(
            ("v1", "PersistentVolumeClaim"),
            {
                "spec": {"volumeName": "v", "storageClassName": "s"},
                "status": {"phase": "Bound", "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"]},
            },
            ["it", "Bound", "v", "1Gi", "RWO", "s", "<unset>", "10m"],
            id="claim",
        ),
        pytest.param(
            ("v1", "PersistentVolumeClaim"),
            {
                "metadata": {"annotations": {"volume.beta.kubernetes.io/storage-class": ""}},
                "spec": {"storageClassName": "s"},
                "status": {"phase": "Pending"},
            },
            ["it", "Pending", "", "", "", "", "<unset>", "10m"],
            id="claim-with-the-old-annotation",
        ),
        pytest.param(
            ("policy/v1", "PodDisruptionBudget"),
            {"spec": {"maxUnavailable": "50%"}, "status": {"disruptionsAllowed": 1}},
            ["it", "N/A", "50%", "1", "10m"],
            id="budget",
        ),
        pytest.param(
            ("autoscaling/v2", "HorizontalPodAutoscaler"),
            {
                "spec": {
                    "scaleTargetRef": {"kind": "Deployment", "name": "web"},
                    "minReplicas": 1,
                    "maxReplicas": 4,
                    "metrics": [
                        {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 50}}}
                    ],
                }
            },
            ["it", "Deployment/web", "cpu: <unknown>/50%", "1", "4", "0", "10m"],
            id="autoscaler",
        ),
        pytest.param(
            ("v1", "Node"),
            {
                "metadata": {"labels": {"node-role.kubernetes.io/b": "", "kubernetes.io/role": "a"}},
                "spec": {"unschedulable": True},
                "status": {"conditions": [condition("Ready", "False")], "nodeInfo": {"kubeletVersion": "v1"}},
            },
            ["it", "NotReady,SchedulingDisabled", "a,b", "10m", "v1"],
            id="node",
        ),
        pytest.param(("v1", "Namespace"), {"status": {"phase": "Active"}}, ["it", "Active", "10m"], id="namespace"),
        pytest.param(
            ("storage.k8s.io/v1", "StorageClass"),
            {
                "metadata": {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
                "provisioner": "p",
            },
            ["it (default)", "p", "Delete", "Immediate", "false", "10m"],
            id="storage-class",
        ),
        pytest.param(
            ("rbac.authorization.k8s.io/v1", "RoleBinding"),
            {"roleRef": {"kind": "Role", "name": "r"}},
            ["it", "Role/r", "10m"],
            id="binding",
        ),
        pytest.param(("v1", "PodTemplate"), {}, ["it", "", "", "<none>"], id="pod-template"),
    ],
)
def test_row(kind, fields, row):
    assert cells(*kind, **fields)[: len(row)] == row
