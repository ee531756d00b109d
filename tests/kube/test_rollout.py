"""How rollouts stand, in the words of kubectl's status viewers (``polymorphichelpers/rollout_status.go``)."""

from __future__ import annotations

import pytest

from pyhelm.errors import RolloutError
from pyhelm.kube.rollout import newest_replica_set, progress


def workload(kind, spec=None, *, generation=1, annotations=None, **status):
    status.setdefault("observedGeneration", generation)
    return {
        "kind": kind,
        "metadata": {"name": "web", "generation": generation, "annotations": annotations or {}},
        "spec": spec or {},
        "status": status,
    }


WAITING = 'Waiting for deployment "web" rollout to finish: '
WAITING_DAEMONS = 'Waiting for daemon set "web" rollout to finish: '


@pytest.mark.parametrize(
    ("obj", "message", "done"),
    [
        pytest.param(
            workload("Deployment", {"replicas": 2}, generation=2, observedGeneration=1),
            "Waiting for deployment spec update to be observed...",
            False,
            id="deployment-unseen",
        ),
        pytest.param(
            workload("Deployment", {"replicas": 3}, updatedReplicas=1),
            f"{WAITING}1 out of 3 new replicas have been updated...",
            False,
            id="deployment-updating",
        ),
        pytest.param(
            workload("Deployment", {"replicas": 2}, updatedReplicas=2, replicas=3),
            f"{WAITING}1 old replicas are pending termination...",
            False,
            id="deployment-ending-old",
        ),
        pytest.param(
            workload("Deployment", {"replicas": 2}, updatedReplicas=2, replicas=2, availableReplicas=1),
            f"{WAITING}1 of 2 updated replicas are available...",
            False,
            id="deployment-unavailable",
        ),
        pytest.param(
            workload("Deployment", {"replicas": 2}, updatedReplicas=2, replicas=2, availableReplicas=2),
            'deployment "web" successfully rolled out',
            True,
            id="deployment-done",
        ),
        pytest.param(
            workload("DaemonSet", desiredNumberScheduled=2, updatedNumberScheduled=1),
            f"{WAITING_DAEMONS}1 out of 2 new pods have been updated...",
            False,
            id="daemons-updating",
        ),
        pytest.param(
            workload("DaemonSet", desiredNumberScheduled=2, updatedNumberScheduled=2, numberAvailable=1),
            f"{WAITING_DAEMONS}1 of 2 updated pods are available...",
            False,
            id="daemons-unavailable",
        ),
        pytest.param(
            workload("DaemonSet", desiredNumberScheduled=1, updatedNumberScheduled=1, numberAvailable=1),
            'daemon set "web" successfully rolled out',
            True,
            id="daemons-done",
        ),
        pytest.param(
            workload("StatefulSet", {"replicas": 3}, readyReplicas=1),
            "Waiting for 2 pods to be ready...",
            False,
            id="set-not-ready",
        ),
        pytest.param(
            workload(
                "StatefulSet",
                {"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 1}}},
                readyReplicas=3,
                updatedReplicas=1,
            ),
            "Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...",
            False,
            id="set-partition",
        ),
        pytest.param(
            workload(
                "StatefulSet",
                {"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 1}}},
                readyReplicas=3,
                updatedReplicas=2,
            ),
            "partitioned roll out complete: 2 new pods have been updated...",
            True,
            id="set-partition-done",
        ),
        pytest.param(
            workload(
                "StatefulSet",
                {"replicas": 1},
                readyReplicas=1,
                updatedReplicas=0,
                updateRevision="b",
                currentRevision="a",
            ),
            "waiting for statefulset rolling update to complete 0 pods at revision b...",
            False,
            id="set-updating",
        ),
        pytest.param(
            workload(
                "StatefulSet",
                {"replicas": 1},
                readyReplicas=1,
                currentReplicas=1,
                updateRevision="b",
                currentRevision="b",
            ),
            "statefulset rolling update complete 1 pods at revision b...",
            True,
            id="set-done",
        ),
    ],
)
def test_progress(obj, message, done):
    found = progress(obj)
    assert (found.message, found.done) == (message, done)


@pytest.mark.parametrize(
    ("obj", "revision", "reason"),
    [
        pytest.param(
            workload("Deployment", conditions=[{"type": "Progressing", "reason": "ProgressDeadlineExceeded"}]),
            0,
            'deployment "web" exceeded its progress deadline',
            id="deadline",
        ),
        pytest.param(
            workload("Deployment", annotations={"deployment.kubernetes.io/revision": "4"}),
            3,
            "desired revision (3) is different from the running revision (4)",
            id="revision",
        ),
        pytest.param(
            workload("StatefulSet", {"updateStrategy": {"type": "OnDelete"}}),
            0,
            "rollout status is only available for RollingUpdate strategy type",
            id="on-delete",
        ),
        pytest.param(workload("Job"), 0, "no status viewer has been implemented for Job", id="kind"),
    ],
)
def test_no_progress(obj, revision, reason):
    with pytest.raises(RolloutError) as raised:
        progress(obj, revision=revision)
    assert raised.value.reason == reason


def replica_set(name, created, image, **labels):
    template = {
        "metadata": {"labels": {"app": "web", "pod-template-hash": name, **labels}},
        "spec": {"containers": [{"name": "a", "image": image}], "volumes": []},
    }
    return {"metadata": {"name": name, "creationTimestamp": created}, "spec": {"template": template}}


def test_the_oldest_replica_set_of_the_present_template_is_the_new_one():
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "a", "image": "x:2"}]}}
    sets = [
        replica_set("c", "2026-01-01T00:00:03Z", "x:2"),
        replica_set("b", "2026-01-01T00:00:02Z", "x:2"),
        replica_set("a", "2026-01-01T00:00:01Z", "x:1"),
    ]
    found = newest_replica_set({"spec": {"template": template}}, sets)
    assert found is sets[1]
    assert newest_replica_set({"spec": {"template": template}}, sets[2:]) is None
