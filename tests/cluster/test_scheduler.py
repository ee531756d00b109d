from __future__ import annotations

import pytest

from pyhelm.cluster.defaults import node as make_node
from pyhelm.cluster.scheduler import requests_of
from tests.cluster.scene import pod

LATER = " preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."


def add_node(scene, name, *, spec=None, labels=None):
    obj = make_node(name, address="10.0.0.9", pod_cidr="10.245.0.0/24")
    obj["spec"].update(spec or {})
    obj["metadata"]["labels"].update(labels or {})
    scene.client.create(scene.kind("nodes"), obj)


def message(scene, name="p"):
    condition = scene.condition("pods", name, "PodScheduled")
    assert condition["status"] == "False"
    assert condition["reason"] == "Unschedulable"
    return condition["message"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(
            "nodeSelector: {disk: ssd}",
            "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector." + LATER,
            id="node-selector",
        ),
        pytest.param(
            "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
            "[{matchExpressions: [{key: zone, operator: In, values: [a]}]}]}}}",
            "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector." + LATER,
            id="node-affinity",
        ),
        pytest.param(
            "volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]",
            '0/1 nodes are available: persistentvolumeclaim "data" not found. not found.' + LATER,
            id="claim",
        ),
    ],
)
def test_a_pod_that_fits_nowhere_says_why(scene, text, reason):
    scene.apply(pod(spec=text))
    scene.advance(1)
    assert message(scene) == reason
    assert scene.events("p", reasons=False) == [f"FailedScheduling: {reason}"]


def test_requests_are_held_against_what_is_left(scene):
    scene.apply(pod("a", container="resources: {requests: {cpu: 40, memory: 200Gi}}"))
    scene.apply(pod("p", container="resources: {requests: {cpu: 30, memory: 100Gi}}"))
    scene.advance(1)
    assert message(scene) == (
        "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. preemption: 0/1 nodes are available: "
        "1 No preemption victims found for incoming pod."
    )
    scene.delete("pods", "a")
    scene.advance(3)
    assert scene.get("pods", "p")["status"]["phase"] == "Running"


def test_a_new_node_takes_what_waits(scene):
    scene.apply(pod(spec="nodeSelector: {disk: ssd}"))
    scene.advance(1)
    add_node(scene, "fast", labels={"disk": "ssd"})
    scene.advance(3)
    found = scene.get("pods", "p")
    assert found["spec"]["nodeName"] == "fast"
    assert found["status"]["podIP"] == "10.245.0.2"
    assert found["status"]["hostIP"] == "10.0.0.9"


def test_taints_and_tolerations(scene):
    taint = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}
    add_node(scene, "gpu", spec={"taints": [taint]}, labels={"gpu": "yes"})
    scene.apply(pod("p", spec="nodeSelector: {gpu: 'yes'}"))
    scene.apply(pod("q", spec="nodeSelector: {gpu: 'yes'}\n  tolerations: [{key: gpu, operator: Equal, value: 'yes'}]"))
    scene.advance(3)
    assert message(scene).startswith(
        "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, "
        "1 node(s) had untolerated taint(s)."
    )
    assert scene.get("pods", "q")["spec"]["nodeName"] == "gpu"


def test_a_cordoned_node_takes_nothing_new(scene):
    node = scene.get("nodes", "pyhelm-node")
    scene.client.update(scene.kind("nodes"), {**node, "spec": {**node["spec"], "unschedulable": True}})
    scene.apply(pod())
    scene.advance(1)
    assert message(scene).startswith("0/1 nodes are available: 1 node(s) were unschedulable.")
    node = scene.get("nodes", "pyhelm-node")
    del node["spec"]["unschedulable"]
    scene.client.update(scene.kind("nodes"), node)
    scene.advance(3)
    assert scene.get("pods", "p")["status"]["phase"] == "Running"


def test_replicas_are_spread(scene):
    add_node(scene, "second")
    from tests.cluster.scene import deployment

    scene.apply(deployment(replicas=6))
    scene.advance(5)
    nodes = [obj["spec"]["nodeName"] for obj in scene.list("pods")]
    assert sorted(nodes) == ["pyhelm-node"] * 3 + ["second"] * 3


def test_required_anti_affinity(scene):
    term = "{labelSelector: {matchLabels: {app: x}}, topologyKey: kubernetes.io/hostname}"
    spec = f"affinity: {{podAntiAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{term}]}}}}"
    text = pod("a", spec=spec).replace("metadata: {", "metadata: {labels: {app: x}, ")
    scene.apply(text)
    scene.apply(text.replace("name: a,", "name: p,"))
    scene.advance(2)
    assert message(scene).startswith("0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.")


def test_pods_of_other_schedulers_are_left_alone(scene):
    scene.apply(pod(spec="schedulerName: mine"))
    scene.advance(5)
    assert "nodeName" not in scene.get("pods", "p")["spec"]


def test_requests_of_a_pod_with_sidecars_and_init_containers():
    def needs(cpu, **more):
        return {"resources": {"requests": {"cpu": cpu}}, **more}

    spec = {
        "initContainers": [needs("3"), needs("1", restartPolicy="Always"), needs("4")],
        "containers": [needs("1"), {"resources": {"limits": {"cpu": "500m"}}}],
    }
    assert requests_of({"spec": spec}) == {"cpu": 5000}
