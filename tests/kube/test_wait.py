"""Waiting: when it ends, when it gives up, and whom it blames."""

from __future__ import annotations

from typing import Any

import pytest

from pyhelm.errors import NotFoundError, NotReadyError, Unready
from pyhelm.kube.objects import ObjectKey
from pyhelm.kube.wait import wait_completed, wait_condition, wait_deleted, wait_ready
from tests.kube.scripted import Scripted


def obj(kind: str, name: str = "web", *, owner: str = "", status: Any = None, **spec: Any) -> dict[str, Any]:
    version = {"Pod": "v1", "Event": "v1", "ConfigMap": "v1", "Job": "batch/v1"}.get(kind, "apps/v1")
    meta: dict[str, Any] = {"name": name, "namespace": "default", "uid": f"{kind}-{name}"}
    if owner:
        meta["ownerReferences"] = [{"uid": owner, "controller": True}]
    return {"apiVersion": version, "kind": kind, "metadata": meta, "spec": spec, "status": status or {}}


def pod(name: str, **container: Any) -> dict[str, Any]:
    found = obj("Pod", name, owner="ReplicaSet-web-1")
    found["metadata"]["labels"] = {"app": "web"}
    found["status"] = {"phase": "Pending", "containerStatuses": [{"name": "app", **container}]}
    return found


def event(about: dict[str, Any], reason: str, message: str, time: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    found = obj("Event", f"{about['metadata']['name']}.{reason}")
    found |= {"involvedObject": {"uid": about["metadata"]["uid"]}, "type": "Warning", "lastTimestamp": time}
    return {**found, "reason": reason, "message": message}


WEB = obj("Deployment", replicas=1, selector={"matchLabels": {"app": "web"}})
READY = obj(
    "Deployment",
    replicas=1,
    selector={"matchLabels": {"app": "web"}},
    status={
        "replicas": 1,
        "updatedReplicas": 1,
        "readyReplicas": 1,
        "availableReplicas": 1,
        "conditions": [{"type": "Available", "status": "True"}],
    },
)
STUCK = obj(
    "Deployment",
    status={"conditions": [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]},
)
SET = obj("ReplicaSet", "web-1", owner="Deployment-web", replicas=1, selector={"matchLabels": {"app": "web"}})
OLD_SET = obj("ReplicaSet", "web-0", owner="Deployment-web", replicas=0)
PULLING = pod("web-1-a", state={"waiting": {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "app:9"'}})


def test_returns_as_soon_as_all_is_ready() -> None:
    cluster = Scripted(WEB, obj("ConfigMap"))
    cluster.at(10, obj("ConfigMap", "noise"))
    cluster.at(30, READY)
    told: list[list[str]] = []
    wait_ready(
        cluster, [WEB, obj("ConfigMap")], timeout=300, on_progress=lambda all_: told.append([str(one) for one in all_])
    )
    assert cluster.elapsed == 30
    assert told == [["resource Deployment/default/web not ready. status: InProgress, message: Replicas: 0/1"]]


def test_gives_up_in_time_and_names_the_culprit() -> None:
    cluster = Scripted(WEB, SET, OLD_SET, PULLING)
    with pytest.raises(NotReadyError) as caught:
        wait_ready(cluster, [WEB], timeout=60)
    assert cluster.elapsed == 60
    assert str(caught.value) == (
        "resource Deployment/default/web not ready. status: InProgress, message: Replicas: 0/1\n"
        "context deadline exceeded"
    )
    (unready,) = caught.value.pending
    assert unready.culprits == ('Pod web-1-a: container app: ImagePullBackOff: Back-off pulling image "app:9"',)


def test_what_failed_for_good_ends_the_wait_at_once() -> None:
    cluster = Scripted(STUCK)
    with pytest.raises(NotReadyError) as caught:
        wait_ready(cluster, [STUCK], timeout=60)
    assert cluster.elapsed == 0
    assert not caught.value.timed_out
    assert str(caught.value) == (
        "resource Deployment/default/web not ready. status: Failed, message: Progress deadline exceeded"
    )


def test_what_failed_is_reported_once_the_rest_is_ready() -> None:
    other = obj("StatefulSet", "db", replicas=1)
    cluster = Scripted(STUCK, other)
    cluster.at(
        20, obj("StatefulSet", "db", replicas=1, status={"replicas": 1, "readyReplicas": 1, "currentReplicas": 1})
    )
    with pytest.raises(NotReadyError) as caught:
        wait_ready(cluster, [STUCK, other], timeout=60)
    assert cluster.elapsed == 20
    assert [one.name for one in caught.value.pending] == ["web"]


def test_a_failure_that_heals_counts_as_ready() -> None:
    cluster = Scripted(STUCK, obj("StatefulSet", "db", replicas=1))
    cluster.at(5, READY)
    done = obj("StatefulSet", "db", replicas=1, status={"replicas": 1, "readyReplicas": 1, "currentReplicas": 1})
    cluster.at(20, done)
    wait_ready(cluster, [WEB, done], timeout=60)
    assert cluster.elapsed == 20


def test_one_look() -> None:
    cluster = Scripted(WEB)
    with pytest.raises(NotReadyError):
        wait_ready(cluster, [WEB], timeout=0)
    assert cluster.elapsed == 0


def test_paused_deployments_are_not_waited_for() -> None:
    wait_ready(Scripted(WEB), [obj("Deployment", paused=True)], timeout=0)


def test_what_is_not_there_yet() -> None:
    cluster = Scripted()
    with pytest.raises(NotReadyError, match="status: NotFound, message: Resource not found"):
        wait_ready(cluster, [WEB], timeout=1)
    cluster.at(5, READY)
    wait_ready(cluster, [WEB], timeout=10)
    assert cluster.elapsed == 5


def test_unserved_kinds() -> None:
    with pytest.raises(NotFoundError, match='no matches for kind "Foo"'):
        wait_ready(Scripted(), [{"apiVersion": "x/v1", "kind": "Foo", "metadata": {"name": "a"}}], timeout=1)


def test_crashing_pods_fail_a_stateful_set() -> None:
    owner = obj("StatefulSet", replicas=1, selector={"matchLabels": {"app": "web"}})
    crashing = pod("web-0", state={"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}})
    crashing["status"]["phase"] = "Running"
    crashing["metadata"]["ownerReferences"] = [{"uid": "StatefulSet-web"}]
    with pytest.raises(NotReadyError) as caught:
        wait_ready(Scripted(owner, crashing), [owner], timeout=60)
    (unready,) = caught.value.pending
    assert unready.reason == "status: Failed, message: 1 pods have failed"
    assert unready.culprits == ("Pod web-0: container app: CrashLoopBackOff: back-off 10s",)


def test_legacy_rules() -> None:
    replicas = obj("ReplicaSet", "web-1", owner="Deployment-web", selector={"matchLabels": {"app": "web"}})
    replicas["metadata"]["labels"] = {"app": "web"}
    cluster = Scripted(WEB, replicas)
    done = {**replicas, "status": {"readyReplicas": 1}}
    cluster.at(3, done)
    wait_ready(cluster, [WEB], timeout=60, strategy="legacy")
    assert cluster.elapsed == 4


def test_legacy_gives_up_on_a_failed_job() -> None:
    job = obj("Job", backoffLimit=0, status={"failed": 1})
    cluster = Scripted(job)
    with pytest.raises(NotReadyError) as caught:
        wait_ready(cluster, [job], timeout=600, strategy="legacy", jobs=True)
    assert cluster.elapsed == 60
    assert not caught.value.timed_out
    assert "job is failed: default/web" in str(caught.value)


def test_legacy_timeout() -> None:
    cluster = Scripted(WEB, SET, PULLING)
    with pytest.raises(NotReadyError) as caught:
        wait_ready(cluster, [WEB], timeout=5, strategy="legacy")
    assert cluster.elapsed == 5
    assert caught.value.timed_out
    assert caught.value.pending[0].culprits


def test_hooks_run_to_their_end() -> None:
    cluster = Scripted(obj("Job"), obj("ConfigMap"))
    cluster.at(7, obj("Job", status={"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]}))
    wait_completed(cluster, [obj("Job"), obj("ConfigMap")], timeout=60)
    assert cluster.elapsed == 7


def test_hooks_that_fail() -> None:
    failed = obj(
        "Job",
        status={
            "failed": 1,
            "conditions": [
                {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "too often"}
            ],
        },
    )
    pod_of_job = obj(
        "Pod",
        "web-x",
        owner="Job-web",
        status={
            "phase": "Failed",
            "containerStatuses": [{"name": "m", "state": {"terminated": {"exitCode": 3, "reason": "Error"}}}],
        },
    )
    with pytest.raises(NotReadyError) as caught:
        wait_completed(Scripted(failed, pod_of_job), [obj("Job")], timeout=60)
    assert caught.value.pending == (
        Unready(
            "Job",
            "default",
            "web",
            "status: Failed, message: Job Failed. failed: 1/1",
            ("Job web: BackoffLimitExceeded: too often", "Pod web-x: container m: Error, exit code 3"),
        ),
    )


def test_waiting_for_deletion() -> None:
    cluster = Scripted(WEB, obj("ConfigMap"))
    cluster.at(9, gone=WEB)
    wait_deleted(cluster, [WEB, obj("Deployment", "never")], timeout=60)
    assert cluster.elapsed == 9


def test_what_does_not_go() -> None:
    held = obj("ConfigMap")
    held["metadata"] |= {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["a/b"]}
    with pytest.raises(NotReadyError) as caught:
        wait_deleted(Scripted(held), [held], timeout=5)
    assert str(caught.value) == (
        "resource ConfigMap/default/web still exists. status: Terminating, message: Resource scheduled for deletion\n"
        "context deadline exceeded"
    )
    assert caught.value.pending[0].culprits == ("finalizers: a/b",)


def test_a_successor_of_the_same_name_is_not_what_was_deleted() -> None:
    new = obj("ConfigMap")
    new["metadata"]["uid"] = "new"
    wait_deleted(Scripted(new), [obj("ConfigMap")], timeout=0)


def test_waiting_for_a_condition() -> None:
    cluster = Scripted()
    resource = cluster.catalog.find("jobs")
    cluster.at(3, obj("Job"))
    cluster.at(6, obj("Job", status={"conditions": [{"type": "Complete", "status": "False"}]}))
    cluster.at(8, obj("Job", status={"conditions": [{"type": "Complete", "status": "True"}]}))
    found = wait_condition(cluster, resource, ObjectKey("default", "web"), "complete", timeout=60)
    assert found["status"]["conditions"]
    assert cluster.elapsed == 8
    with pytest.raises(NotReadyError, match="no condition Failed"):
        wait_condition(cluster, resource, ObjectKey("default", "web"), "Failed", timeout=2)


@pytest.mark.parametrize(
    ("objects", "culprits"),
    [
        pytest.param(
            [
                pod(
                    "p",
                    state={"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}},
                    lastState={"terminated": {"exitCode": 1, "reason": "Error"}},
                )
            ],
            ("Pod p: container app: CrashLoopBackOff: back-off (last exit: Error, exit code 1)",),
            id="crash-loop",
        ),
        pytest.param(
            [
                {
                    **pod("p"),
                    "status": {
                        "phase": "Pending",
                        "conditions": [
                            {
                                "type": "PodScheduled",
                                "status": "False",
                                "reason": "Unschedulable",
                                "message": "0/1 nodes",
                            }
                        ],
                    },
                }
            ],
            ("Pod p: Unschedulable: 0/1 nodes",),
            id="unschedulable",
        ),
        pytest.param(
            [
                pod("p", state={"running": {}}, ready=False, restartCount=0),
                event(pod("p"), "Unhealthy", "Readiness probe failed"),
            ],
            ("Pod p: container app: running, not ready", "Pod p: Unhealthy: Readiness probe failed"),
            id="probe",
        ),
        pytest.param(
            [
                pod("p", state={"waiting": {"reason": "ContainerCreating"}}),
                event(pod("p"), "FailedMount", 'secret "s" not found'),
            ],
            ("Pod p: container app: ContainerCreating", 'Pod p: FailedMount: secret "s" not found'),
            id="mount",
        ),
        pytest.param(
            [
                {
                    **SET,
                    "status": {
                        "conditions": [
                            {
                                "type": "ReplicaFailure",
                                "status": "True",
                                "reason": "FailedCreate",
                                "message": "exceeded quota",
                            }
                        ]
                    },
                }
            ],
            ("ReplicaSet web-1: FailedCreate: exceeded quota",),
            id="quota",
        ),
        pytest.param(
            [pod(f"p{number}", state={"waiting": {"reason": "ErrImagePull", "message": "no"}}) for number in range(5)],
            (
                *(f"Pod p{number}: container app: ErrImagePull: no" for number in range(3)),
                "2 more Pods of ReplicaSet web-1 are not ready",
            ),
            id="many",
        ),
        pytest.param([event(SET, "FailedCreate", "no")], ("ReplicaSet web-1: FailedCreate: no",), id="no-pods"),
    ],
)
def test_culprits(objects: list[dict[str, Any]], culprits: tuple[str, ...]) -> None:
    with pytest.raises(NotReadyError) as caught:
        wait_ready(Scripted(WEB, SET, *objects), [WEB], timeout=0)
    assert caught.value.pending[0].culprits == culprits
