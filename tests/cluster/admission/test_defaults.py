# ruff: noqa: E501  (messages are compared whole)
"""Defaults and what admission adds, as ``get -o yaml`` shows them (pkg/apis/*/v1/defaults.go)."""

from __future__ import annotations

import pytest

from pyhelm.cluster.admission.poddefaults import pull_policy
from pyhelm.errors import ForbiddenError
from pyhelm.kube.client import PatchType
from pyhelm.kube.objects import ObjectKey
from tests.cluster.api.conftest import Server, deployment, pod

CONTAINER = {
    "name": "app",
    "image": "app:1",
    "resources": {},
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "imagePullPolicy": "IfNotPresent",
}
POD_SPEC = {
    "containers": [CONTAINER],
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "dnsPolicy": "ClusterFirst",
    "securityContext": {},
    "schedulerName": "default-scheduler",
}


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path)
    yield made
    made.store.close()


def make(api_version, kind, spec, **other):
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": "web", "namespace": "default"},
        "spec": spec,
        **other,
    }


def template(**spec):
    return {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "app", "image": "app:1"}], **spec},
    }


TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": POD_SPEC}
SELECTOR = {"matchLabels": {"app": "web"}}


@pytest.mark.parametrize(
    ("given", "spec", "status"),
    [
        pytest.param(
            deployment(),
            {
                "replicas": 1,
                "selector": SELECTOR,
                "template": TEMPLATE,
                "strategy": {
                    "type": "RollingUpdate",
                    "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"},
                },
                "revisionHistoryLimit": 10,
                "progressDeadlineSeconds": 600,
            },
            {},
            id="deployment",
        ),
        pytest.param(
            make("apps/v1", "ReplicaSet", {"selector": SELECTOR, "template": template()}),
            {"replicas": 1, "selector": SELECTOR, "template": TEMPLATE},
            {"replicas": 0},
            id="replicaset",
        ),
        pytest.param(
            make(
                "apps/v1",
                "StatefulSet",
                {
                    "selector": SELECTOR,
                    "serviceName": "web",
                    "template": template(),
                    "updateStrategy": {"rollingUpdate": {"maxUnavailable": 2}},
                    "volumeClaimTemplates": [
                        {
                            "metadata": {"name": "data"},
                            "spec": {
                                "accessModes": ["ReadWriteOnce"],
                                "resources": {"requests": {"storage": "1Gi"}},
                            },
                        }
                    ],
                },
            ),
            {
                "replicas": 1,
                "selector": SELECTOR,
                "serviceName": "web",
                "template": TEMPLATE,
                "podManagementPolicy": "OrderedReady",
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
                "revisionHistoryLimit": 10,
                "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
                "volumeClaimTemplates": [
                    {
                        "apiVersion": "v1",
                        "kind": "PersistentVolumeClaim",
                        "metadata": {"name": "data"},
                        "spec": {
                            "accessModes": ["ReadWriteOnce"],
                            "resources": {"requests": {"storage": "1Gi"}},
                            "volumeMode": "Filesystem",
                        },
                        "status": {"phase": "Pending"},
                    }
                ],
            },
            {"replicas": 0, "availableReplicas": 0},
            id="statefulset",
        ),
        pytest.param(
            make("apps/v1", "DaemonSet", {"selector": SELECTOR, "template": template()}),
            {
                "selector": SELECTOR,
                "template": TEMPLATE,
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
                "revisionHistoryLimit": 10,
            },
            {"currentNumberScheduled": 0, "numberMisscheduled": 0, "desiredNumberScheduled": 0, "numberReady": 0},
            id="daemonset",
        ),
        pytest.param(
            make(
                "batch/v1",
                "CronJob",
                {"schedule": "*/5 * * * *", "jobTemplate": {"spec": {"template": template(restartPolicy="Never")}}},
            ),
            {
                "schedule": "*/5 * * * *",
                "concurrencyPolicy": "Allow",
                "suspend": False,
                "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 1,
                "jobTemplate": {
                    "spec": {
                        "template": {
                            "metadata": {"labels": {"app": "web"}},
                            "spec": {**POD_SPEC, "restartPolicy": "Never"},
                        }
                    }
                },
            },
            {},
            id="cronjob",
        ),
        pytest.param(
            make(
                "v1",
                "PersistentVolumeClaim",
                {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
            ),
            {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "1Gi"}},
                "volumeMode": "Filesystem",
            },
            {"phase": "Pending"},
            id="claim",
        ),
        pytest.param(
            make("policy/v1", "PodDisruptionBudget", {"minAvailable": 1, "selector": SELECTOR}),
            {"minAvailable": 1, "selector": SELECTOR},
            {"disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0},
            id="budget",
        ),
        pytest.param(
            make(
                "autoscaling/v2",
                "HorizontalPodAutoscaler",
                {
                    "maxReplicas": 3,
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                    "behavior": {"scaleDown": {"stabilizationWindowSeconds": 60}},
                },
            ),
            {
                "minReplicas": 1,
                "maxReplicas": 3,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
                    }
                ],
                "behavior": {
                    "scaleUp": {
                        "stabilizationWindowSeconds": 0,
                        "selectPolicy": "Max",
                        "policies": [
                            {"type": "Pods", "value": 4, "periodSeconds": 15},
                            {"type": "Percent", "value": 100, "periodSeconds": 15},
                        ],
                    },
                    "scaleDown": {
                        "stabilizationWindowSeconds": 60,
                        "selectPolicy": "Max",
                        "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
                    },
                },
            },
            {"desiredReplicas": 0},
            id="autoscaler",
        ),
        pytest.param(
            make("networking.k8s.io/v1", "NetworkPolicy", {"egress": [{"ports": [{"port": 53}]}]}),
            {
                "podSelector": {},
                "policyTypes": ["Ingress", "Egress"],
                "egress": [{"ports": [{"port": 53, "protocol": "TCP"}]}],
            },
            None,
            id="network-policy",
        ),
    ],
)
def test_spec_and_first_status(server, given, spec, status):
    made = server.create(given)
    assert made["spec"] == spec
    assert made.get("status") == status


def test_recreate_has_no_rolling_update(server):
    assert server.create(deployment(strategy={"type": "Recreate"}))["spec"]["strategy"] == {"type": "Recreate"}


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        pytest.param("app", "Always", id="no-tag"),
        pytest.param("app:latest", "Always", id="latest"),
        pytest.param("app:1", "IfNotPresent", id="tag"),
        pytest.param("host:5000/app", "Always", id="port-is-no-tag"),
        pytest.param("host:5000/app:1", "IfNotPresent", id="port-and-tag"),
        pytest.param("app@sha256:" + "0" * 64, "IfNotPresent", id="digest"),
        pytest.param("app:latest@sha256:" + "0" * 64, "Always", id="latest-with-digest"),
    ],
)
def test_pull_policy(image, policy):
    assert pull_policy(image) == policy


def test_containers_in_detail(server):
    container = {
        "name": "app",
        "image": "app",
        "ports": [{"containerPort": 80}],
        "env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        "livenessProbe": {"httpGet": {"port": 80}},
        "readinessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 3},
        "lifecycle": {"preStop": {"httpGet": {"port": 80}}},
    }
    volumes = [
        {"name": "none"},
        {"name": "conf", "configMap": {"name": "c"}},
        {"name": "host", "hostPath": {"path": "/"}},
    ]
    body = deployment()
    body["spec"]["template"]["spec"] = {"containers": [container], "volumes": volumes, "hostNetwork": True}
    spec = server.create(body)["spec"]["template"]["spec"]
    made = spec["containers"][0]
    assert made["ports"] == [{"containerPort": 80, "hostPort": 80, "protocol": "TCP"}]
    assert made["env"][0]["valueFrom"]["fieldRef"] == {"apiVersion": "v1", "fieldPath": "metadata.name"}
    assert made["livenessProbe"] == {
        "httpGet": {"port": 80, "path": "/", "scheme": "HTTP"},
        "timeoutSeconds": 1,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    }
    assert made["readinessProbe"]["periodSeconds"] == 3
    assert made["lifecycle"]["preStop"]["httpGet"] == {"port": 80, "path": "/", "scheme": "HTTP"}
    assert spec["volumes"] == [
        {"name": "none", "emptyDir": {}},
        {"name": "conf", "configMap": {"name": "c", "defaultMode": 420}},
        {"name": "host", "hostPath": {"path": "/", "type": ""}},
    ]


def test_pod_gets_account_priority_and_tolerations(server):
    made = server.create(pod())
    spec = made["spec"]
    assert (spec["serviceAccountName"], spec["serviceAccount"]) == ("default", "default")
    assert (spec["priority"], spec["preemptionPolicy"], spec["enableServiceLinks"]) == (0, "PreemptLowerPriority", True)
    name = spec["volumes"][0]["name"]
    assert name.startswith("kube-api-access-")
    assert len(name) == len("kube-api-access-") + 5
    assert spec["containers"][0]["volumeMounts"] == [
        {"name": name, "readOnly": True, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}
    ]
    assert [toleration["key"] for toleration in spec["tolerations"]] == [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    ]
    assert made["status"] == {"phase": "Pending", "qosClass": "BestEffort"}
    assert made["metadata"]["generation"] == 1


def test_pod_without_token(server):
    spec = server.create(pod(automountServiceAccountToken=False))["spec"]
    assert "volumes" not in spec
    assert "volumeMounts" not in spec["containers"][0]


def test_pod_of_a_missing_account(server):
    with pytest.raises(ForbiddenError) as caught:
        server.create(pod(serviceAccountName="robot"))
    assert str(caught.value) == (
        'pods "web" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found'
    )


def test_pod_of_an_account_with_pull_secrets(server):
    server.create(
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": "robot", "namespace": "default"},
            "imagePullSecrets": [{"name": "registry"}],
            "automountServiceAccountToken": False,
        }
    )
    spec = server.create(pod(serviceAccountName="robot"))["spec"]
    assert spec["imagePullSecrets"] == [{"name": "registry"}]
    assert "volumes" not in spec


def test_pod_of_a_priority_class(server):
    server.create(
        {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "high"}, "value": 1000}
    )
    assert server.create(pod(priorityClassName="high"))["spec"]["priority"] == 1000
    with pytest.raises(ForbiddenError, match="no PriorityClass with name low was found"):
        server.create(pod("other", priorityClassName="low"))


@pytest.mark.parametrize(
    ("resources", "quality"),
    [
        pytest.param({}, "BestEffort", id="nothing"),
        pytest.param({"requests": {"cpu": "1"}}, "Burstable", id="requests"),
        pytest.param({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed", id="limits"),
        pytest.param({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}, "Burstable", id="less"),
    ],
)
def test_quality_of_service(server, resources, quality):
    made = server.create(pod(containers=[{"name": "a", "image": "a", "resources": resources}]))
    assert made["status"]["qosClass"] == quality


def test_job_has_a_selector_of_its_own(server):
    made = server.create(make("batch/v1", "Job", {"template": template(restartPolicy="Never")}))
    uid = made["metadata"]["uid"]
    spec = made["spec"]
    assert spec["selector"] == {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    assert spec["template"]["metadata"]["labels"] == {
        "app": "web",
        "job-name": "web",
        "batch.kubernetes.io/job-name": "web",
        "controller-uid": uid,
        "batch.kubernetes.io/controller-uid": uid,
    }
    assert made["metadata"]["labels"] == {"app": "web"}
    assert {name: spec[name] for name in spec if name not in {"selector", "template"}} == {
        "completions": 1,
        "parallelism": 1,
        "backoffLimit": 6,
        "completionMode": "NonIndexed",
        "suspend": False,
        "podReplacementPolicy": "TerminatingOrFailed",
        "manualSelector": False,
    }


def test_parallel_job_has_no_completions(server):
    made = server.create(make("batch/v1", "Job", {"parallelism": 3, "template": template(restartPolicy="Never")}))
    assert "completions" not in made["spec"]


# --- Services -----------------------------------------------------------------------------------------------------------


def service(name="web", **spec):
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"ports": [{"port": 80}], **spec},
    }


def test_service_gets_an_address(server):
    made = server.create(service())
    spec = made["spec"]
    assert spec["clusterIP"].startswith("10.")
    assert spec["clusterIPs"] == [spec["clusterIP"]]
    assert {name: spec[name] for name in spec if not name.startswith("clusterIP")} == {
        "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
        "type": "ClusterIP",
        "sessionAffinity": "None",
        "internalTrafficPolicy": "Cluster",
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
    }
    assert made["status"] == {"loadBalancer": {}}
    others = {server.create(service(f"s{number}"))["spec"]["clusterIP"] for number in range(50)}
    assert len(others | {spec["clusterIP"], "10.96.0.1"}) == 52


def test_service_keeps_what_was_allocated(server):
    made = server.create(service(type="NodePort"))
    again = server.api.update(server.resource("svc"), service(type="NodePort"))
    assert again["spec"] == made["spec"]
    plain = server.api.update(server.resource("svc"), service(type="ClusterIP"))
    assert "nodePort" not in plain["spec"]["ports"][0]
    assert "externalTrafficPolicy" not in plain["spec"]


def test_node_ports_differ(server):
    ports = [
        port["nodePort"]
        for number in range(20)
        for port in server.create(
            service(f"s{number}", type="NodePort", ports=[{"port": 80, "name": "a"}, {"port": 81, "name": "b"}])
        )["spec"]["ports"]
    ]
    assert len(set(ports)) == 40
    assert all(30000 <= port <= 32767 for port in ports)


def test_one_node_port_serves_two_protocols(server):
    ports = [{"port": 53, "name": "tcp"}, {"port": 53, "name": "udp", "protocol": "UDP"}]
    made = server.create(service(type="LoadBalancer", ports=ports))
    assert len({port["nodePort"] for port in made["spec"]["ports"]}) == 1
    assert made["spec"]["allocateLoadBalancerNodePorts"] is True


def test_headless_and_external_services(server):
    assert server.create(service(clusterIP="None"))["spec"]["clusterIPs"] == ["None"]
    made = server.create(service("ext", type="ExternalName", externalName="example.com"))
    assert "clusterIP" not in made["spec"]
    assert "internalTrafficPolicy" not in made["spec"]


# --- the rest -----------------------------------------------------------------------------------------------------------


def test_secret_encodes_plain_text(server):
    body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "web", "namespace": "default"},
        "data": {"a": "b2xk", "c": "Yw=="},
        "stringData": {"a": "new"},
    }
    made = server.create(body)
    assert made["type"] == "Opaque"
    assert made["data"] == {"a": "bmV3", "c": "Yw=="}
    assert "stringData" not in made


def test_namespace(server):
    made = server.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}})
    assert made["metadata"]["labels"] == {"kubernetes.io/metadata.name": "a"}
    assert (made["spec"], made["status"]) == ({"finalizers": ["kubernetes"]}, {"phase": "Active"})


def test_claim_gets_the_default_class(server):
    for name, default in (("slow", "false"), ("fast", "true")):
        annotations = {"storageclass.kubernetes.io/is-default-class": default}
        made = server.create(
            {
                "apiVersion": "storage.k8s.io/v1",
                "kind": "StorageClass",
                "metadata": {"name": name, "annotations": annotations},
                "provisioner": "example.test/disk",
            }
        )
        assert (made["reclaimPolicy"], made["volumeBindingMode"]) == ("Delete", "Immediate")
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    assert server.create(make("v1", "PersistentVolumeClaim", spec))["spec"]["storageClassName"] == "fast"
    body = make("v1", "PersistentVolumeClaim", {**spec, "storageClassName": ""})
    body["metadata"]["name"] = "none"
    assert server.create(body)["spec"]["storageClassName"] == ""


def test_binding_names_groups(server):
    body = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "web", "namespace": "default"},
        "roleRef": {"kind": "Role", "name": "r"},
        "subjects": [{"kind": "User", "name": "u"}, {"kind": "ServiceAccount", "name": "s", "namespace": "default"}],
    }
    made = server.create(body)
    assert made["roleRef"]["apiGroup"] == "rbac.authorization.k8s.io"
    assert made["subjects"] == [
        {"kind": "User", "name": "u", "apiGroup": "rbac.authorization.k8s.io"},
        {"kind": "ServiceAccount", "name": "s", "namespace": "default"},
    ]


def test_defaults_are_stable(server):
    """Sending back what the server answered changes nothing."""
    for body in (
        deployment(),
        pod(),
        service(),
        make("batch/v1", "Job", {"template": template(restartPolicy="Never")}),
    ):
        made = server.create(body)
        resource = server.api.catalog.for_object(body)
        assert server.api.update(resource, made) == made
        key = ObjectKey("default", "web")
        assert server.api.patch(resource, key, PatchType.MERGE, {"spec": made["spec"]}) == made
