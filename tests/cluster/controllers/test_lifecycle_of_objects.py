"""What controllers do around workloads: collection, namespaces, claims, endpoints, adoption."""

from __future__ import annotations

import pytest

from pyhelm.errors import NotFoundError
from pyhelm.kube.objects import ObjectKey
from tests.cluster.scene import deployment, pod


def test_background_deletion_takes_what_is_owned(scene):
    scene.apply(deployment())
    scene.advance(5)
    scene.delete("deployments", "web")
    assert scene.names("deployments") == []
    scene.advance(3)
    assert scene.names("replicasets") == scene.names("pods") == []


def test_foreground_deletion_waits_for_what_is_owned(scene):
    scene.apply(deployment())
    scene.advance(5)
    scene.delete("deployments", "web", "Foreground")
    scene.advance(0.5)
    assert scene.get("deployments", "web")["metadata"]["finalizers"] == ["foregroundDeletion"]
    assert len(scene.names("pods")) == 3
    scene.advance(1)
    assert scene.names("deployments") == scene.names("replicasets") == scene.names("pods") == []


def test_orphans_stay_and_are_adopted_again(scene):
    scene.apply(deployment())
    scene.advance(5)
    pods = scene.names("pods")
    scene.delete("deployments", "web", "Orphan")
    scene.advance(1)
    (replicaset,) = scene.list("replicasets")
    assert "ownerReferences" not in replicaset["metadata"]
    assert scene.names("pods") == pods
    scene.apply(deployment())
    scene.advance(1)
    (replicaset,) = scene.list("replicasets")
    assert replicaset["metadata"]["ownerReferences"][0]["uid"] == scene.get("deployments", "web")["metadata"]["uid"]
    assert scene.names("pods") == pods


def test_an_object_whose_owner_never_was_is_collected(scene):
    owner = "{apiVersion: v1, kind: ConfigMap, name: ghost, uid: none}"
    scene.apply(f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: c, ownerReferences: [{owner}]}}}}")
    scene.advance(0)
    assert "c" not in scene.names("configmaps")


def test_an_object_with_one_owner_left_stays_and_loses_the_reference(scene):
    first, second = scene.apply(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n---\n"
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}"
    )
    references = ", ".join(
        f"{{apiVersion: v1, kind: ConfigMap, name: {obj['metadata']['name']}, uid: {obj['metadata']['uid']}}}"
        for obj in (first, second)
    )
    scene.apply(f"{{apiVersion: v1, kind: Secret, metadata: {{name: s, ownerReferences: [{references}]}}}}")
    scene.delete("configmaps", "a")
    scene.advance(0)
    kept = scene.get("secrets", "s")["metadata"]["ownerReferences"]
    assert [item["name"] for item in kept] == ["b"]
    scene.delete("configmaps", "b")
    scene.advance(0)
    assert "s" not in scene.names("secrets")


def test_a_released_pod_is_replaced_and_an_orphan_adopted(scene):
    scene.apply(deployment(replicas=2))
    scene.advance(5)
    first = scene.names("pods")[0]
    (replicaset,) = scene.list("replicasets")
    labels = dict(replicaset["spec"]["selector"]["matchLabels"])
    scene.patch("pods", first, {"metadata": {"labels": {"app": "other"}}})
    scene.advance(3)
    assert len(scene.names("pods")) == 3
    assert "ownerReferences" not in scene.get("pods", first)["metadata"]
    scene.patch("pods", first, {"metadata": {"labels": labels}})
    scene.advance(3)
    owned = [obj for obj in scene.list("pods") if obj["metadata"].get("ownerReferences")]
    assert len(owned) == len(scene.names("pods")) == 2


def test_a_namespace_has_its_account_and_certificate(scene):
    scene.apply("{apiVersion: v1, kind: Namespace, metadata: {name: x}}")
    scene.advance(0)
    assert scene.names("serviceaccounts", "x") == ["default"]
    assert scene.names("configmaps", "x") == ["kube-root-ca.crt"]
    scene.delete("serviceaccounts", "default", namespace="x")
    scene.advance(0)
    assert scene.names("serviceaccounts", "x") == ["default"]


def test_a_namespace_is_emptied_pods_first(scene):
    scene.apply("{apiVersion: v1, kind: Namespace, metadata: {name: x}}")
    scene.advance(0)
    scene.apply(deployment().replace("name: web}\nspec", "name: web, namespace: x}\nspec"))
    scene.advance(5)
    scene.delete("namespaces", "x")
    scene.advance(0.5)
    found = scene.get("namespaces", "x")
    assert found["status"]["phase"] == "Terminating"
    remaining = next(item for item in found["status"]["conditions"] if item["type"] == "NamespaceContentRemaining")
    assert remaining["message"] == "Some resources are remaining: pods has 3 resource instances"
    scene.advance(3)
    with pytest.raises(NotFoundError):
        scene.get("namespaces", "x")
    assert scene.names("deployments", "x") == scene.names("pods", "x") == scene.names("events", "x") == []


CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}%s}
"""


def test_a_claim_gets_a_volume_of_the_default_class(scene):
    scene.apply(CLAIM % "")
    scene.advance(1)
    claim = scene.get("pvc", "data")
    assert claim["status"] == {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "2Gi"}}
    volume = scene.get("pv", claim["spec"]["volumeName"])
    assert volume["spec"]["storageClassName"] == "standard"
    assert volume["status"]["phase"] == "Bound"
    scene.delete("pvc", "data")
    scene.advance(1)
    assert scene.names("pv") == []


def test_a_claim_of_an_unknown_class_waits_for_it(scene):
    scene.apply(CLAIM % ", storageClassName: gp2")
    scene.advance(2)
    assert scene.get("pvc", "data")["status"]["phase"] == "Pending"
    assert 'ProvisioningFailed: storageclass.storage.k8s.io "gp2" not found' in scene.events("data", reasons=False)
    scene.apply(
        "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: gp2}, provisioner: pyhelm.dev/simulated}"
    )
    scene.advance(2)
    assert scene.get("pvc", "data")["status"]["phase"] == "Bound"


def test_a_claim_takes_the_smallest_volume_that_fits(scene):
    for name, size in (("small", "1Gi"), ("right", "3Gi"), ("large", "9Gi")):
        spec = f"accessModes: [ReadWriteOnce], capacity: {{storage: {size}}}, hostPath: {{path: /x}}"
        spec += ", storageClassName: hand"
        scene.apply(f"{{apiVersion: v1, kind: PersistentVolume, metadata: {{name: {name}}}, spec: {{{spec}}}}}")
    scene.apply(CLAIM % ", storageClassName: hand")
    scene.advance(1)
    assert scene.get("pvc", "data")["spec"]["volumeName"] == "right"


SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: web}]
"""


def test_endpoint_slices_follow_ready_pods(scene):
    scene.apply(SERVICE)
    ports = "        ports: [{name: web, containerPort: 8080}]"
    scene.apply(deployment(replicas=2, extra=ports))
    scene.advance(0.5)
    (found,) = scene.list("endpointslices", "default")
    assert found["metadata"]["labels"]["kubernetes.io/service-name"] == "web"
    assert [item["conditions"]["ready"] for item in found["endpoints"]] == [False, False]
    scene.advance(3)
    (found,) = scene.list("endpointslices", "default")
    assert [item["conditions"]["ready"] for item in found["endpoints"]] == [True, True]
    assert found["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]
    scene.scale("web", 1)
    scene.advance(5)
    (found,) = scene.list("endpointslices", "default")
    assert len(found["endpoints"]) == 1
    scene.delete("services", "web")
    scene.advance(1)
    assert scene.list("endpointslices", "default") == []


def test_nothing_is_created_in_a_namespace_that_goes(scene):
    quota = "{apiVersion: v1, kind: Namespace, metadata: {name: x}}"
    scene.apply(quota)
    scene.advance(0)
    text = deployment().replace("name: web}\nspec", "name: web, namespace: x}\nspec")
    scene.apply(text)
    scene.delete("namespaces", "x")
    scene.advance(5)
    assert scene.names("pods", "x") == []


def test_a_job_that_is_over_goes_after_its_ttl(scene):
    scene.apply("""
apiVersion: batch/v1
kind: Job
metadata: {name: j}
spec:
  ttlSecondsAfterFinished: 60
  template: {spec: {restartPolicy: Never, containers: [{name: a, image: "job:1"}]}}
""")
    scene.advance(30)
    assert scene.get("jobs", "j")["status"]["succeeded"] == 1
    scene.advance(40)
    assert scene.names("jobs") == scene.names("pods") == []


def test_a_deployment_that_selects_everything_is_refused_work(scene):
    key = ObjectKey("default", "web")
    scene.apply(deployment())
    stored = scene.cluster.api.peek(scene.kind("deployments"), key)
    broken = {**stored, "metadata": dict(stored["metadata"]), "spec": {**stored["spec"], "selector": {}}}
    scene.cluster.api.state.save(scene.kind("deployments"), broken, stored)
    scene.advance(0)
    assert scene.names("replicasets") == []
    assert scene.events("web") == ["SelectingAll"]


def test_pods_of_a_daemonset_come_with_nodes(scene):
    from pyhelm.cluster.defaults import node

    scene.apply("""
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: d}
spec:
  selector: {matchLabels: {app: d}}
  template: {metadata: {labels: {app: d}}, spec: {containers: [{name: a, image: "agent:1"}]}}
""")
    scene.advance(3)
    scene.client.create(scene.kind("nodes"), node("second", address="10.0.0.2", pod_cidr="10.9.0.0/24"))
    scene.advance(3)
    assert sorted(obj["spec"]["nodeName"] for obj in scene.list("pods")) == ["pyhelm-node", "second"]
    assert scene.get("daemonsets", "d")["status"]["numberReady"] == 2


def test_a_pod_without_controller_is_left_alone(scene):
    scene.apply(pod())
    scene.advance(100)
    assert scene.names("pods") == ["p"]


JOB = """
apiVersion: batch/v1
kind: Job
metadata: {name: j}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: app, image: missing:1}]
"""


@pytest.mark.parametrize("again", [pytest.param(False, id="gone"), pytest.param(True, id="replaced")])
def test_uncounted_pods_go_with_their_job(scene, again):
    scene.cluster.images.deny("missing:1")
    scene.apply(JOB)
    scene.advance(3)
    (left,) = scene.names("pods")
    scene.delete("jobs", "j")
    if again:
        scene.apply(JOB)
    scene.advance(60)
    assert left not in scene.names("pods")
    assert len(scene.names("pods")) == again


def test_uncounted_pods_that_a_job_leaves_behind_are_let_go(scene):
    scene.cluster.images.deny("missing:1")
    scene.apply(JOB)
    scene.advance(3)
    scene.delete("jobs", "j", "Orphan")
    scene.advance(1)
    (left,) = scene.list("pods")
    assert "finalizers" not in left["metadata"]
