"""Pods' lives in a whole cluster: states, conditions, times and events, in kubelet's words."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pyhelm.cluster.clock import parse_stamp
from pyhelm.errors import BadRequestError
from pyhelm.kube.client import DeleteOptions
from pyhelm.kube.objects import ObjectKey
from tests.cluster.scene import pod


def test_a_pod_is_scheduled_pulled_and_started(scene):
    scene.apply(pod())
    scene.advance(0.5)
    assert scene.waiting("p") == "ContainerCreating"
    status = scene.get("pods", "p")["status"]
    assert (status["phase"], status["podIP"], status["hostIP"]) == ("Pending", "10.244.0.2", "192.168.49.2")
    scene.advance(1)
    status = scene.get("pods", "p")["status"]
    assert status["phase"] == "Running"
    assert scene.state("p") == {"running": {"startedAt": "2026-01-01T00:00:01Z"}}
    assert [(item["type"], item["status"]) for item in status["conditions"]] == [
        ("PodReadyToStartContainers", "True"),
        ("Initialized", "True"),
        ("Ready", "True"),
        ("ContainersReady", "True"),
        ("PodScheduled", "True"),
    ]
    assert status["qosClass"] == "BestEffort"
    assert scene.events("p", reasons=False) == [
        "Scheduled: Successfully assigned default/p to pyhelm-node",
        'Pulling: Pulling image "app:1"',
        'Pulled: Successfully pulled image "app:1" in 1s (1s including waiting). Image size: 157154809 bytes.',
        "Created: Container created",
        "Started: Container started",
    ]


def test_an_image_that_is_there_starts_at_once(scene):
    scene.apply(pod("first"))
    scene.advance(5)
    scene.apply(pod("second"))
    scene.advance(0.3)
    assert "running" in scene.state("second")
    message = 'Pulled: Container image "app:1" already present on machine and can be accessed by the pod'
    assert message in scene.events("second", reasons=False)


def test_a_missing_image_does_not_arrive_when_its_pod_goes_while_it_is_pulled(scene):
    scene.cluster.images.deny("nginx:1.91")
    scene.apply(pod("first", image="nginx:1.91"))
    scene.advance(0.5)
    scene.delete("pods", "first")
    scene.advance(60)
    scene.apply(pod("second", image="nginx:1.91"))
    scene.advance(3)
    assert scene.waiting("second") == "ImagePullBackOff"


def test_a_missing_image_backs_off_and_recovers_at_the_next_try(scene):
    scene.cluster.images.deny("nginx:1.91")
    scene.apply(pod(image="nginx:1.91"))
    scene.advance(1.5)
    error = (
        "rpc error: code = NotFound desc = failed to pull and unpack image "
        '"docker.io/library/nginx:1.91": failed to resolve reference "docker.io/library/nginx:1.91": '
        "docker.io/library/nginx:1.91: not found"
    )
    assert scene.state("p") == {"waiting": {"reason": "ErrImagePull", "message": error}}
    scene.advance(1)
    back_off = f'Back-off pulling image "nginx:1.91": ErrImagePull: {error}'
    assert scene.state("p") == {"waiting": {"reason": "ImagePullBackOff", "message": back_off}}
    assert scene.events("p", reasons=False)[2:] == [
        f'Failed: Failed to pull image "nginx:1.91": {error}',
        "Failed: Error: ErrImagePull",
        'BackOff: Back-off pulling image "nginx:1.91"',
        "Failed: Error: ImagePullBackOff",
    ]
    scene.cluster.images.allow("nginx:1.91")
    scene.advance(7)
    assert scene.waiting("p") == "ImagePullBackOff"
    scene.advance(5)
    assert "running" in scene.state("p")


def test_pulls_are_tried_after_10_20_40_seconds_and_then_every_five_minutes(scene):
    scene.cluster.images.deny("*")
    scene.apply(pod())
    tries = []
    for _ in range(1800):
        scene.advance(1)
        pulling = [event for event in scene.list("events") if event["reason"] == "Pulling"]
        if pulling and pulling[0]["count"] > len(tries):
            tries.append(parse_stamp(pulling[0]["lastTimestamp"]).timestamp())
    gaps = [after - before for before, after in pairwise(tries)]
    assert gaps == [11, 21, 41, 81, 161, 301, 301, 301, 301]


def test_never_pull_needs_the_image_on_the_node(scene):
    scene.apply(pod(container="imagePullPolicy: Never"))
    scene.advance(1)
    assert scene.waiting("p") == "ErrImageNeverPull"


def test_readiness_waits_for_the_probe(scene):
    probe = (
        "readinessProbe: {httpGet: {path: /, port: 80}, initialDelaySeconds: 5, periodSeconds: 2, successThreshold: 3}"
    )
    scene.apply(pod(container=probe))
    scene.advance(10)
    assert scene.condition("pods", "p", "Ready")["reason"] == "ContainersNotReady"
    assert scene.condition("pods", "p", "Ready")["message"] == "containers with unready status: [app]"
    scene.advance(0.3)
    assert scene.condition("pods", "p", "Ready") == {
        "type": "Ready",
        "status": "True",
        "observedGeneration": 1,
        "lastTransitionTime": "2026-01-01T00:00:10Z",
    }


@pytest.mark.parametrize(
    ("annotation", "container", "ready"),
    [
        pytest.param('pyhelm.dev/ready-after: "20s"', "", 21.2, id="no-probe"),
        pytest.param(
            'pyhelm.dev/ready-after: "20s"',
            "readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 7}",
            22.2,
            id="probe",
        ),
        pytest.param(
            'pyhelm.dev/ready-after.app: "12s"',
            "startupProbe: {tcpSocket: {port: 80}, periodSeconds: 5}",
            None,
            id="startup-probe-gives-up-first",
        ),
        pytest.param(
            'pyhelm.dev/ready-after: "12s"',
            "startupProbe: {tcpSocket: {port: 80}, periodSeconds: 5, failureThreshold: 30}",
            16.2,
            id="startup-probe",
        ),
        pytest.param("pyhelm.dev/ready-after: never", "", None, id="never"),
    ],
)
def test_ready_after(scene, annotation, container, ready):
    scene.apply(pod(annotations=annotation, container=container))
    moment = None
    for tick in range(1, 600):
        scene.advance(0.1)
        status = scene.get("pods", "p")["status"]
        if any(item["type"] == "Ready" and item["status"] == "True" for item in status["conditions"]):
            moment = round(tick / 10, 1)
            break
    assert moment == ready


def test_a_probe_that_fails_is_told(scene):
    scene.apply(
        pod(
            annotations="pyhelm.dev/ready-after: 25s",
            container="readinessProbe: {httpGet: {path: healthz, port: http}}\n"
            "    ports: [{name: http, containerPort: 8080}]",
        )
    )
    scene.advance(30)
    unhealthy = [event for event in scene.list("events") if event["reason"] == "Unhealthy"]
    refused = 'Get "http://10.244.0.2:8080/healthz": dial tcp 10.244.0.2:8080: connect: connection refused'
    assert [(event["count"], event["message"]) for event in unhealthy] == [(3, f"Readiness probe failed: {refused}")]
    assert unhealthy[0]["involvedObject"]["fieldPath"] == "spec.containers{app}"


def test_a_container_that_fails_to_start_up_is_killed_and_restarted(scene):
    probe = "startupProbe: {tcpSocket: {port: 80}, periodSeconds: 2, failureThreshold: 2}"
    scene.apply(pod(annotations="pyhelm.dev/ready-after: 1h", container=probe))
    scene.advance(6)
    assert "Killing: Container app failed startup probe, will be restarted" in scene.events("p", reasons=False)
    status = scene.get("pods", "p")["status"]["containerStatuses"][0]
    assert status["restartCount"] >= 1
    assert status["lastState"]["terminated"]["exitCode"] == 137


def test_a_crashing_container_backs_off(scene):
    scene.apply(pod(annotations='pyhelm.dev/exit-code: "3", pyhelm.dev/exit-after: "2s"'))
    restarts = []
    seen = 0
    for _ in range(4000):
        scene.advance(0.1)
        status = scene.get("pods", "p")["status"]["containerStatuses"][0]
        if status["restartCount"] > seen and "running" in status["state"]:
            seen = status["restartCount"]
            restarts.append(round(scene.cluster.clock.now().timestamp() % 86400, 1))
    gaps = [round(after - before, 1) for before, after in pairwise(restarts)]
    assert gaps == [12.2, 22.2, 42.2, 82.2, 162.2]
    uid = scene.get("pods", "p")["metadata"]["uid"]
    waiting = scene.state("p")["waiting"]
    assert waiting["reason"] == "CrashLoopBackOff"
    assert waiting["message"] == f"back-off 5m0s restarting failed container=app pod=p_default({uid})"
    last = scene.get("pods", "p")["status"]["containerStatuses"][0]["lastState"]["terminated"]
    assert (last["exitCode"], last["reason"]) == (3, "Error")


@pytest.mark.parametrize(
    ("policy", "code", "phase"),
    [
        pytest.param("Never", 0, "Succeeded", id="never-succeeds"),
        pytest.param("Never", 1, "Failed", id="never-fails"),
        pytest.param("OnFailure", 0, "Succeeded", id="on-failure-succeeds"),
        pytest.param("OnFailure", 1, "Running", id="on-failure-restarts"),
    ],
)
def test_pods_that_run_to_completion(scene, policy, code, phase):
    scene.apply(pod(annotations=f'pyhelm.dev/exit-code: "{code}"', spec=f"restartPolicy: {policy}"))
    scene.advance(4)
    status = scene.get("pods", "p")["status"]
    assert status["phase"] == phase
    if phase == "Succeeded":
        reasons = {item["type"]: item.get("reason") for item in status["conditions"]}
        assert reasons["Ready"] == reasons["ContainersReady"] == reasons["Initialized"] == "PodCompleted"


INIT = """
apiVersion: v1
kind: Pod
metadata: {name: p, annotations: {%s}}
spec:
  restartPolicy: %s
  initContainers:
  - {name: first, image: "init:1"}
  - {name: side, image: "side:1", restartPolicy: Always, startupProbe: {tcpSocket: {port: 1}, initialDelaySeconds: 3}}
  - {name: second, image: "init:1"}
  containers:
  - {name: app, image: "app:1"}
"""


def test_init_containers_run_in_order_and_sidecars_stay(scene):
    scene.apply(INIT % ("", "Always"))
    scene.advance(1.5)
    status = scene.get("pods", "p")["status"]
    assert status["phase"] == "Pending"
    assert scene.condition("pods", "p", "Initialized")["message"] == (
        "containers with incomplete status: [first side second]"
    )
    assert [next(iter(entry["state"])) for entry in status["initContainerStatuses"]] == [
        "running",
        "waiting",
        "waiting",
    ]
    assert scene.state("p", "app") == {"waiting": {"reason": "PodInitializing"}}
    scene.advance(3)
    status = scene.get("pods", "p")["status"]
    assert [next(iter(entry["state"])) for entry in status["initContainerStatuses"]] == [
        "terminated",
        "running",
        "waiting",
    ]
    scene.advance(10)
    status = scene.get("pods", "p")["status"]
    assert status["phase"] == "Running"
    assert [(entry["ready"], next(iter(entry["state"]))) for entry in status["initContainerStatuses"]] == [
        (True, "terminated"),
        (True, "running"),
        (True, "terminated"),
    ]


def test_sidecars_end_with_the_pod_they_serve(scene):
    scene.apply(INIT % ("", "Never"))
    scene.advance(20)
    status = scene.get("pods", "p")["status"]
    assert status["phase"] == "Succeeded"
    assert all("terminated" in entry["state"] for entry in status["initContainerStatuses"])


def test_a_failing_init_container_keeps_the_pod_from_starting(scene):
    scene.apply(INIT % ('pyhelm.dev/exit-code.first: "1"', "Never"))
    scene.advance(10)
    assert scene.get("pods", "p")["status"]["phase"] == "Failed"
    scene.apply((INIT % ('pyhelm.dev/exit-code.first: "1"', "Always")).replace("name: p,", "name: q,"))
    scene.advance(10)
    status = scene.get("pods", "q")["status"]
    assert status["phase"] == "Pending"
    assert status["initContainerStatuses"][0]["state"]["waiting"]["reason"] == "CrashLoopBackOff"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        pytest.param("{configMapKeyRef: {name: c, key: k}}", 'configmap "c" not found', id="configmap"),
        pytest.param("{secretKeyRef: {name: s, key: k}}", 'secret "s" not found', id="secret"),
        pytest.param(
            "{configMapKeyRef: {name: kube-root-ca.crt, key: k}}",
            "couldn't find key k in ConfigMap default/kube-root-ca.crt",
            id="key",
        ),
    ],
)
def test_missing_configuration(scene, reference, message):
    scene.apply(pod(container=f"env: [{{name: X, valueFrom: {reference}}}]"))
    scene.advance(2)
    assert scene.state("p") == {"waiting": {"reason": "CreateContainerConfigError", "message": message}}
    assert f"Failed: Error: {message}" in scene.events("p", reasons=False)


def test_optional_configuration_may_be_missing(scene):
    scene.apply(pod(container="envFrom: [{configMapRef: {name: c, optional: true}}]"))
    scene.advance(2)
    assert "running" in scene.state("p")


def test_a_pod_recovers_when_its_configuration_comes(scene):
    scene.apply(pod(container="envFrom: [{secretRef: {name: s}}]"))
    scene.advance(5)
    scene.apply("{apiVersion: v1, kind: Secret, metadata: {name: s}}")
    scene.advance(13)
    assert "running" in scene.state("p")


def test_a_missing_volume_keeps_containers_from_being_created(scene):
    text = pod() + "  volumes: [{name: conf, configMap: {name: c}}]"
    scene.apply(text)
    scene.advance(3)
    assert scene.waiting("p") == "ContainerCreating"
    assert scene.condition("pods", "p", "PodReadyToStartContainers")["status"] == "False"
    assert 'FailedMount: MountVolume.SetUp failed for volume "conf" : configmap "c" not found' in scene.events(
        "p", reasons=False
    )
    scene.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}")
    scene.advance(6)
    assert "running" in scene.state("p")


def test_a_pod_stops_gracefully(scene):
    scene.apply(pod(annotations="pyhelm.dev/stop-seconds: 4s"))
    scene.advance(5)
    scene.client.delete(scene.kind("pods"), ObjectKey("default", "p"))
    scene.advance(3)
    assert scene.get("pods", "p")["metadata"]["deletionGracePeriodSeconds"] == 30
    assert "Killing: Stopping container app" in scene.events("p", reasons=False)
    scene.advance(1.1)
    assert scene.names("pods") == []


def test_a_pod_that_will_not_stop_is_killed_when_its_grace_is_over(scene):
    scene.apply(pod(annotations="pyhelm.dev/stop-seconds: 1h", spec="terminationGracePeriodSeconds: 7"))
    scene.advance(5)
    scene.client.delete(scene.kind("pods"), ObjectKey("default", "p"))
    scene.advance(6.9)
    assert scene.names("pods") == ["p"]
    scene.advance(0.2)
    assert scene.names("pods") == []


def test_a_pod_deleted_without_grace_is_gone_at_once(scene):
    scene.apply(pod())
    scene.advance(5)
    scene.client.delete(scene.kind("pods"), ObjectKey("default", "p"), DeleteOptions(grace_seconds=0))
    assert scene.names("pods") == []


def test_an_active_deadline_ends_a_pod(scene):
    scene.apply(pod(spec="activeDeadlineSeconds: 10"))
    scene.advance(11)
    status = scene.get("pods", "p")["status"]
    assert (status["phase"], status["reason"]) == ("Failed", "DeadlineExceeded")


def test_readiness_gates(scene):
    scene.apply(pod(spec="readinessGates: [{conditionType: example.com/ok}]"))
    scene.advance(3)
    condition = scene.condition("pods", "p", "Ready")
    assert condition["reason"] == "ReadinessGatesNotReady"
    found = scene.get("pods", "p")
    found["status"]["conditions"].append({"type": "example.com/ok", "status": "True"})
    scene.client.update(scene.kind("pods"), found, subresource="status")
    scene.advance(0)
    assert scene.condition("pods", "p", "Ready")["status"] == "True"
    assert scene.condition("pods", "p", "example.com/ok")["status"] == "True"


def test_logs_tell_of_the_containers_life(scene):
    scene.apply(pod(annotations='pyhelm.dev/exit-code: "2"', container="command: [run, --fast]"))
    key = ObjectKey("default", "p")
    scene.advance(0.5)
    with pytest.raises(BadRequestError, match='container "app" in pod "p" is waiting to start: ContainerCreating'):
        scene.client.logs(key)
    scene.advance(1)
    assert scene.client.logs(key, "app") == (
        "2026-01-01T00:00:01Z container app started from image app:1 (simulated, nothing runs)\n"
        "2026-01-01T00:00:01Z command: run --fast\n"
        "2026-01-01T00:00:01Z ready\n"
    )
    scene.advance(2)
    assert scene.client.logs(key, previous=True).endswith("exited with code 2\n")
    assert scene.client.logs(key, tail=1).count("\n") == 1
    with pytest.raises(BadRequestError, match="container nope is not valid for pod p"):
        scene.client.logs(key, "nope")


def test_addresses_are_unique_and_given_back(scene):
    scene.apply("---".join(pod(f"p{number}") for number in range(5)))
    scene.advance(3)
    first = {obj["status"]["podIP"] for obj in scene.list("pods")}
    assert len(first) == 5
    scene.delete("pods", "p0")
    scene.advance(5)
    scene.apply("---".join(pod(f"q{number}") for number in range(5)))
    scene.advance(3)
    addresses = [obj["status"]["podIP"] for obj in scene.list("pods")]
    assert len(set(addresses)) == len(addresses) == 9
