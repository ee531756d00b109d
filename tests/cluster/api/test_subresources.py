from __future__ import annotations

import pytest

from pyhelm.errors import ConflictError, InvalidError, NotFoundError, TooManyRequestsError
from pyhelm.kube.client import PatchType
from pyhelm.kube.objects import ObjectKey
from tests.cluster.api.conftest import crd, deployment, pod

KEY = ObjectKey("default", "web")


def test_scale_of_a_deployment(server):
    server.create(deployment(replicas=2))
    resource = server.resource("deploy")
    scale = server.api.get(resource, KEY, subresource="scale")
    assert (scale["kind"], scale["apiVersion"]) == ("Scale", "autoscaling/v1")
    assert scale["spec"] == {"replicas": 2}
    assert scale["status"] == {"replicas": 0, "selector": "app=web"}
    scale["spec"]["replicas"] = 5
    assert server.api.update(resource, scale, subresource="scale")["spec"] == {"replicas": 5}
    assert server.get("deploy", "web")["metadata"]["generation"] == 2
    with pytest.raises(ConflictError):
        server.api.update(resource, {**scale, "spec": {"replicas": 6}}, subresource="scale")
    with pytest.raises(InvalidError) as caught:
        server.api.patch(resource, KEY, PatchType.MERGE, {"spec": {"replicas": -1}}, subresource="scale")
    assert str(caught.value) == (
        'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0'
    )


def test_scale_of_a_custom_resource(server):
    paths = {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size", "labelSelectorPath": ".status.sel"}
    server.create(crd(subresources={"status": {}, "scale": paths}))
    resource = server.resource("widgets")
    server.create(
        {
            "apiVersion": "example.test/v1",
            "kind": "Widget",
            "metadata": {"name": "web", "namespace": "default"},
            "spec": {"size": 1},
        }
    )
    status = {"status": {"size": 1, "sel": "a=b"}}
    server.api.patch(resource, KEY, PatchType.MERGE, status, subresource="status")
    assert server.api.get(resource, KEY, subresource="scale")["status"] == {"replicas": 1, "selector": "a=b"}
    server.api.patch(resource, KEY, PatchType.MERGE, {"spec": {"replicas": 4}}, subresource="scale")
    assert server.get("widgets", "web")["spec"] == {"size": 4}


def test_scale_of_what_has_none(server):
    server.create(pod())
    with pytest.raises(NotFoundError, match="the server could not find the requested resource"):
        server.api.get(server.resource("pods"), KEY, subresource="scale")


def test_binding(server):
    server.create(pod())
    resource = server.resource("pods")
    body = {"metadata": {"name": "web", "namespace": "default"}, "target": {"kind": "Node", "name": "n1"}}
    assert server.api.create(resource, body, subresource="binding")["status"] == "Success"
    bound = server.get("pods", "web")
    assert bound["spec"]["nodeName"] == "n1"
    assert bound["status"]["conditions"][0]["type"] == "PodScheduled"
    assert bound["metadata"]["generation"] == 1
    with pytest.raises(ConflictError) as caught:
        server.api.create(resource, body, subresource="binding")
    assert str(caught.value) == (
        'Operation cannot be fulfilled on pods/binding "web": pod web is already assigned to node "n1"'
    )


BUDGET = {
    "apiVersion": "policy/v1",
    "kind": "PodDisruptionBudget",
    "metadata": {"name": "budget", "namespace": "default"},
    "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
}
EVICTION = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "web", "namespace": "default"}}


@pytest.fixture
def running(server):
    server.create(pod())
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    server.api.patch(server.resource("pods"), KEY, PatchType.MERGE, {"status": ready}, subresource="status")
    return server


def allow(server, count):
    status = {
        "observedGeneration": 1,
        "disruptionsAllowed": count,
        "currentHealthy": 1,
        "desiredHealthy": 1,
        "expectedPods": 1,
    }
    key = ObjectKey("default", "budget")
    server.api.patch(server.resource("pdb"), key, PatchType.MERGE, {"status": status}, subresource="status")


def test_eviction_needs_the_budgets_leave(running):
    running.create(BUDGET)
    allow(running, 0)
    with pytest.raises(TooManyRequestsError) as caught:
        running.api.create(running.resource("pods"), EVICTION, subresource="eviction")
    assert str(caught.value) == "Cannot evict pod as it would violate the pod's disruption budget."
    assert caught.value.details["causes"] == [
        {
            "reason": "DisruptionBudget",
            "message": "The disruption budget budget needs 1 healthy pods and has 1 currently",
        }
    ]
    assert running.get("pods", "web")


def test_eviction_takes_from_the_budget(running):
    running.create(BUDGET)
    allow(running, 1)
    running.api.create(running.resource("pods"), EVICTION, subresource="eviction")
    assert running.names("pods") == []
    status = running.get("pdb", "budget")["status"]
    assert status["disruptionsAllowed"] == 0
    assert status["disruptedPods"] == {"web": "2026-01-01T00:00:00Z"}


def test_eviction_of_what_no_budget_guards(running):
    running.api.create(running.resource("pods"), EVICTION, subresource="eviction")
    assert running.names("pods") == []


def test_pending_pods_ignore_budgets(server):
    server.create(pod())
    server.create(BUDGET)
    server.api.create(server.resource("pods"), EVICTION, subresource="eviction")
    assert server.names("pods") == []
