# ruff: noqa: E501, ISC004  (messages are compared whole)
"""What objects are refused for, in Kubernetes' words (pkg/apis/*/validation)."""

from __future__ import annotations

import pytest

from pyhelm.cluster.admission.custom import validate_custom
from pyhelm.errors import InvalidError
from pyhelm.kube.objects import copy_of
from tests.cluster.api.conftest import Server, config_map, deployment, pod

IMMUTABLE = "field is immutable"


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path)
    yield made
    made.store.close()


def make(api_version, kind, spec=None, **other):
    body = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "web", "namespace": "default"}, **other}
    if spec is not None:
        body["spec"] = spec
    return body


SELECTOR = {"matchLabels": {"app": "web"}}


def template(**spec):
    return {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "app", "image": "app:1"}], **spec}}


def containers(*items, **spec):
    return deployment(template={"metadata": {"labels": {"app": "web"}}, "spec": {"containers": list(items), **spec}})


def container(**fields):
    return containers({"name": "app", "image": "app:1", **fields})


def statefulset(**spec):
    return make("apps/v1", "StatefulSet", {"selector": SELECTOR, "serviceName": "web", "template": template(), **spec})


def job(**spec):
    return make("batch/v1", "Job", {"template": template(restartPolicy="Never"), **spec})


def cron(schedule="* * * * *", **spec):
    jobs = {"spec": {"template": template(restartPolicy="Never")}}
    return make("batch/v1", "CronJob", {"schedule": schedule, "jobTemplate": jobs, **spec})


def service(*ports, **spec):
    return make("v1", "Service", {"ports": list(ports) or [{"port": 80}], **spec})


def ingress(**spec):
    return make("networking.k8s.io/v1", "Ingress", spec)


def path(**fields):
    entry = {
        "path": "/",
        "pathType": "Prefix",
        "backend": {"service": {"name": "web", "port": {"number": 80}}},
        **fields,
    }
    return ingress(rules=[{"http": {"paths": [entry]}}])


def claim(**spec):
    return make(
        "v1",
        "PersistentVolumeClaim",
        {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec},
    )


POD = "spec.template.spec"
FIRST = f"{POD}.containers[0]"

CREATE = [
    pytest.param(
        deployment(replicas=-1), ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"], id="replicas"
    ),
    pytest.param(
        deployment(selector=None),
        [
            "spec.selector: Required value",
            'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
        ],
        id="no-selector",
    ),
    pytest.param(
        deployment(selector={"matchLabels": {"app": "other"}}),
        ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
        id="selector-does-not-match",
    ),
    pytest.param(
        deployment(selector={"matchExpressions": [{"key": "app", "operator": "In"}]}),
        [
            "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
            'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"In"}]}: invalid label selector',
        ],
        id="selector-malformed",
    ),
    pytest.param(
        deployment(template=template(restartPolicy="Never")),
        [f'{POD}.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
        id="restart-policy",
    ),
    pytest.param(
        deployment(strategy={"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "0%"}}),
        ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'],
        id="both-zero",
    ),
    pytest.param(
        deployment(strategy={"rollingUpdate": {"maxSurge": "much", "maxUnavailable": "101%"}}),
        [
            'spec.strategy.rollingUpdate.maxSurge: Invalid value: "much": a valid percent string must be a numeric string '
            "followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
            'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
        ],
        id="percentages",
    ),
    pytest.param(
        deployment(strategy={"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}),
        ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
        id="recreate-with-rolling",
    ),
    pytest.param(
        deployment(progressDeadlineSeconds=5, minReadySeconds=5),
        ["spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds"],
        id="deadline",
    ),
    pytest.param(containers(), [f"{POD}.containers: Required value"], id="no-containers"),
    pytest.param(
        containers({}), [f"{FIRST}.name: Required value", f"{FIRST}.image: Required value"], id="empty-container"
    ),
    pytest.param(
        containers({"name": "a", "image": "a"}, {"name": "a", "image": "b"}),
        [f'{POD}.containers[1].name: Duplicate value: "a"'],
        id="duplicate-container",
    ),
    pytest.param(
        containers({"name": "App", "image": "a"}),
        [
            f'{FIRST}.name: Invalid value: "App": a lowercase RFC 1123 label must consist of lower case alphanumeric '
            "characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', "
            "regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
        ],
        id="container-name",
    ),
    pytest.param(
        container(imagePullPolicy="Sometimes"),
        [
            f'{FIRST}.imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"'
        ],
        id="pull-policy",
    ),
    pytest.param(
        container(
            ports=[
                {"containerPort": 70000, "name": "toolongportnames"},
                {"name": "a"},
                {"containerPort": 1, "name": "a"},
            ]
        ),
        [
            f'{FIRST}.ports[0].name: Invalid value: "toolongportnames": must be no more than 15 characters',
            f"{FIRST}.ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
            f"{FIRST}.ports[1].containerPort: Required value",
            f'{FIRST}.ports[2].name: Duplicate value: "a"',
        ],
        id="ports",
    ),
    pytest.param(
        container(
            env=[
                {"value": "x"},
                {"name": "A=B"},
                {"name": "A", "value": "x", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
                {"name": "B", "valueFrom": {}},
            ]
        ),
        [
            f"{FIRST}.env[0].name: Required value",
            f'{FIRST}.env[1].name: Invalid value: "A=B": a valid environment variable name must consist only of printable '
            "ASCII characters other than '='",
            f'{FIRST}.env[2].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
            f'{FIRST}.env[3].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, '
            "`configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
        ],
        id="environment",
    ),
    pytest.param(
        container(volumeMounts=[{"name": "data", "mountPath": "/data"}]),
        [f'{FIRST}.volumeMounts[0].name: Not found: "data"'],
        id="mount-of-nothing",
    ),
    pytest.param(
        containers(
            {
                "name": "a",
                "image": "a",
                "volumeMounts": [{"name": "d", "mountPath": "/d"}, {"name": "d", "mountPath": "/d"}],
            },
            volumes=[{"name": "d"}, {"name": "d", "secret": {}}],
        ),
        [
            f"{POD}.volumes[1].secret.secretName: Required value",
            f'{POD}.volumes[1].name: Duplicate value: "d"',
            f'{FIRST}.volumeMounts[1].mountPath: Invalid value: "/d": must be unique',
        ],
        id="volumes",
    ),
    pytest.param(
        containers({"name": "a", "image": "a"}, volumes=[{"name": "d", "emptyDir": {}, "secret": {"secretName": "s"}}]),
        [f"{POD}.volumes[0].secret: Forbidden: may not specify more than 1 volume type"],
        id="two-volume-types",
    ),
    pytest.param(
        container(
            livenessProbe={"successThreshold": 2}, readinessProbe={"httpGet": {"port": "x--y"}, "periodSeconds": -1}
        ),
        [
            f"{FIRST}.livenessProbe: Required value: must specify a handler type",
            f"{FIRST}.livenessProbe.successThreshold: Invalid value: 2: must be 1",
            f'{FIRST}.readinessProbe.httpGet.port: Invalid value: "x--y": must not contain consecutive hyphens',
            f"{FIRST}.readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0",
        ],
        id="probes",
    ),
    pytest.param(
        container(resources={"requests": {"cpu": "2", "disk": "1"}, "limits": {"cpu": "1", "memory": "-1"}}),
        [
            f'{FIRST}.resources.limits[memory]: Invalid value: "-1": must be greater than or equal to 0',
            f'{FIRST}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
            f'{FIRST}.resources.requests[disk]: Invalid value: "disk": must be a standard resource for containers',
        ],
        id="resources",
    ),
    pytest.param(
        containers(
            {"name": "a", "image": "a"},
            initContainers=[{"name": "a", "image": "i", "livenessProbe": {"exec": {"command": ["x"]}}}],
        ),
        [
            f'{POD}.initContainers[0].name: Duplicate value: "a"',
            f"{POD}.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always",
        ],
        id="init-containers",
    ),
    pytest.param(
        containers(
            {"name": "a", "image": "a"}, dnsPolicy="Odd", tolerations=[{"value": "x"}], nodeSelector={"a b": "c"}
        ),
        [
            f'{POD}.dnsPolicy: Unsupported value: "Odd": supported values: "ClusterFirstWithHostNet", "ClusterFirst", '
            '"Default", "None"',
            f"{POD}.nodeSelector: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or "
            "'.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex "
            "used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
            f'{POD}.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means '
            '"match all values and all keys"',
        ],
        id="pod-fields",
    ),
    pytest.param(
        statefulset(podManagementPolicy="Odd", serviceName="Web"),
        [
            "spec.podManagementPolicy: Invalid value: \"Odd\": must be 'OrderedReady' or 'Parallel'",
            'spec.serviceName: Invalid value: "Web": a lowercase RFC 1123 label must consist of lower case alphanumeric '
            "characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', "
            "regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        ],
        id="statefulset",
    ),
    pytest.param(
        make(
            "apps/v1",
            "DaemonSet",
            {"selector": SELECTOR, "template": template(), "updateStrategy": {"rollingUpdate": {"maxSurge": 1}}},
        ),
        [
            "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero"
        ],
        id="daemonset",
    ),
    pytest.param(
        make("batch/v1", "Job", {"template": template()}),
        [f'{POD}.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
        id="job-restart",
    ),
    pytest.param(
        job(completionMode="Indexed", parallelism=1, backoffLimit=-1),
        [
            "spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0",
            "spec.completions: Required value: when completion mode is Indexed",
        ],
        id="job",
    ),
    pytest.param(
        cron("* * * *", concurrencyPolicy="Odd"),
        [
            'spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]',
            'spec.concurrencyPolicy: Unsupported value: "Odd": supported values: "Allow", "Forbid", "Replace"',
        ],
        id="cronjob",
    ),
    pytest.param(
        cron("61 * * * *", timeZone="Nowhere/Atall"),
        [
            'spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61',
            'spec.timeZone: Invalid value: "Nowhere/Atall": unknown time zone Nowhere/Atall',
        ],
        id="cronjob-range",
    ),
    pytest.param(make("v1", "Service", {}), ["spec.ports: Required value"], id="service-without-ports"),
    pytest.param(
        service({"port": 80}, {"port": 80, "name": "b"}),
        [
            "spec.ports[0].name: Required value",
            'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
        ],
        id="service-ports",
    ),
    pytest.param(
        service({"port": 0, "protocol": "HTTP", "targetPort": 1}, type="Odd"),
        [
            "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
            'spec.ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
            'spec.type: Unsupported value: "Odd": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
        ],
        id="service-values",
    ),
    pytest.param(
        service({"port": 80, "nodePort": 30000}),
        ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
        id="service-node-port",
    ),
    pytest.param(
        service(clusterIP="nonsense"),
        [
            'spec.clusterIPs[0]: Invalid value: "nonsense": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
        ],
        id="service-address",
    ),
    pytest.param(
        make("v1", "ConfigMap", data={"a/b": "c"}),
        [
            "data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
            "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
        ],
        id="config-key",
    ),
    pytest.param(
        make("v1", "Secret", type="kubernetes.io/tls", data={"tls.crt": ""}),
        ["data[tls.key]: Required value"],
        id="tls-secret",
    ),
    pytest.param(
        make("v1", "Secret", type="kubernetes.io/dockerconfigjson", data={".dockerconfigjson": "bm8="}),
        [
            "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": invalid character 'n' looking for "
            "beginning of value"
        ],
        id="docker-secret",
    ),
    pytest.param(
        claim(accessModes=[], resources={}),
        [
            "spec.accessModes: Required value: at least 1 access mode is required",
            "spec.resources[storage]: Required value",
        ],
        id="claim",
    ),
    pytest.param(
        make("policy/v1", "PodDisruptionBudget", {"minAvailable": 1, "maxUnavailable": "200%"}),
        [
            'spec: Invalid value: {"maxUnavailable":"200%","minAvailable":1}: minAvailable and maxUnavailable cannot be both '
            "set",
            'spec.maxUnavailable: Invalid value: "200%": must not be greater than 100%',
        ],
        id="budget",
    ),
    pytest.param(
        make(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            {"minReplicas": 5, "maxReplicas": 3, "scaleTargetRef": {"kind": "Deployment"}},
        ),
        [
            "spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`",
            "spec.scaleTargetRef.name: Required value",
        ],
        id="autoscaler",
    ),
    pytest.param(
        ingress(), ["spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"], id="ingress"
    ),
    pytest.param(
        path(pathType=None),
        ["spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified"],
        id="ingress-path-type",
    ),
    pytest.param(
        path(path="x", backend={"service": {"name": "web"}}),
        [
            'spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path',
            "spec.rules[0].http.paths[0].backend: Required value: port name or number is required",
        ],
        id="ingress-backend",
    ),
    pytest.param(
        make("networking.k8s.io/v1", "NetworkPolicy", {"ingress": [{"from": [{}], "ports": [{"port": 0}]}]}),
        [
            "spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
            "spec.ingress[0].from[0]: Required value: must specify a peer",
        ],
        id="network-policy",
    ),
    pytest.param(
        make("rbac.authorization.k8s.io/v1", "Role", rules=[{"apiGroups": [""]}]),
        [
            "rules[0].verbs: Required value: verbs must contain at least one value",
            "rules[0].resources: Required value: resource rules must supply at least one resource",
        ],
        id="role",
    ),
    pytest.param(
        make(
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            roleRef={"kind": "Odd"},
            subjects=[{"kind": "Odd", "name": "x"}],
        ),
        [
            'roleRef.kind: Unsupported value: "Odd": supported values: "Role", "ClusterRole"',
            "roleRef.name: Required value",
            'subjects[0].kind: Unsupported value: "Odd": supported values: "ServiceAccount", "User", "Group"',
        ],
        id="role-binding",
    ),
    pytest.param(
        pod(containers=[{"name": "a", "image": " a"}]),
        ['spec.containers[0].image: Invalid value: " a": must not have leading or trailing whitespace'],
        id="image-with-space",
    ),
]


@pytest.mark.parametrize(("body", "wrong"), CREATE)
def test_create_is_refused(server, body, wrong):
    with pytest.raises(InvalidError) as caught:
        server.create(body)
    group = body["apiVersion"].rpartition("/")[0]
    kind = f"{body['kind']}.{group}" if group else body["kind"]
    text = wrong[0] if len(wrong) == 1 else "[" + ", ".join(wrong) + "]"
    assert str(caught.value) == f'{kind} "web" is invalid: {text}'
    assert [cause["field"] for cause in caught.value.details["causes"]] == [line.partition(": ")[0] for line in wrong]


def changed(body, path, value):
    found = copy_of(body)
    *parents, last = path.split(".")
    place = found
    for part in parents:
        place = place[int(part)] if part.isdigit() else place.setdefault(part, {})
    place[last] = value
    return found


FROZEN = {**config_map(), "immutable": True}

UPDATE = [
    pytest.param(
        deployment(),
        changed(
            changed(deployment(), "spec.selector", {"matchLabels": {"app": "b"}}),
            "spec.template.metadata.labels",
            {"app": "b"},
        ),
        ['spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable'],
        id="deployment-selector",
    ),
    pytest.param(
        statefulset(),
        changed(statefulset(), "spec.serviceName", "other"),
        [
            "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
            "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are "
            "forbidden"
        ],
        id="statefulset",
    ),
    pytest.param(
        FROZEN,
        changed(FROZEN, "data.k", "w"),
        ["data: Forbidden: field is immutable when `immutable` is set"],
        id="immutable-data",
    ),
    pytest.param(
        FROZEN,
        config_map(),
        ["immutable: Forbidden: field is immutable when `immutable` is set"],
        id="immutable-for-good",
    ),
    pytest.param(
        make("v1", "Secret", type="a"),
        make("v1", "Secret", type="b"),
        ['type: Invalid value: "b": field is immutable'],
        id="secret-type",
    ),
    pytest.param(
        service(clusterIP="10.96.7.7"),
        service(clusterIP="10.96.7.8", clusterIPs=["10.96.7.7"]),
        ['spec.clusterIPs[0]: Invalid value: ["10.96.7.8"]: may not change once set'],
        id="service-address",
    ),
    pytest.param(
        make("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef={"kind": "Role", "name": "a"}),
        make("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef={"kind": "Role", "name": "b"}),
        [
            'roleRef: Invalid value: {"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"b"}: cannot change roleRef'
        ],
        id="role-binding",
    ),
    pytest.param(
        claim(),
        claim(accessModes=["ReadWriteMany"]),
        [
            "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
        ],
        id="claim",
    ),
    pytest.param(
        pod(),
        pod(hostname="other"),
        [
            "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
            "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
            "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
        ],
        id="pod",
    ),
]


@pytest.mark.parametrize(("before", "after", "wrong"), UPDATE)
def test_update_is_refused(server, before, after, wrong):
    made = server.create(before)
    if before["kind"] in {"Pod", "StatefulSet"}:
        # What admission added stays; only the stated field changes.
        after = {
            **made,
            "spec": {**made["spec"], **{k: v for k, v in after["spec"].items() if v != before["spec"].get(k)}},
        }
    with pytest.raises(InvalidError) as caught:
        server.api.update(server.api.catalog.for_object(before), after)
    assert str(caught.value).endswith(" is invalid: " + wrong[0])


def test_pod_image_may_change(server):
    made = server.create(pod())
    made["spec"]["containers"][0]["image"] = "app:2"
    changed_pod = server.api.update(server.resource("pods"), made)
    assert changed_pod["metadata"]["generation"] == 2


@pytest.mark.parametrize(
    "schedule", ["@hourly", "@every 1h30m", "*/15 0-6 1,15 jan-mar mon", "5/10 * ? * *", "0 0 * * 0"]
)
def test_schedules_that_are_fine(server, schedule):
    assert server.create(cron(schedule))["spec"]["schedule"] == schedule


def test_every_group_has_its_rules():
    """Every module that the table of groups names can be imported."""
    from importlib import import_module

    from pyhelm.cluster.admission import strategy

    for module in strategy._MODULES.values():
        assert import_module(f"pyhelm.cluster.admission.{module}").STRATEGIES


SCHEMA = {
    "type": "object",
    "required": ["spec"],
    "properties": {
        "spec": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"},
                "mode": {"type": "string", "enum": ["on", "off"]},
                "size": {"type": "integer", "minimum": 1, "maximum": 10, "exclusiveMaximum": True},
                "tags": {"type": "array", "x-kubernetes-list-type": "set", "maxItems": 3, "items": {"type": "string"}},
                "port": {"x-kubernetes-int-or-string": True},
                "note": {"type": "string", "nullable": True},
                "one": {
                    "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
                    "x-kubernetes-preserve-unknown-fields": True,
                },
                "by": {"type": "object", "additionalProperties": {"type": "integer"}},
            },
        }
    },
}


@pytest.mark.parametrize(
    ("spec", "wrong"),
    [
        pytest.param({"name": "ab", "mode": "on", "port": "x", "note": None, "one": {"a": 1}}, [], id="fine"),
        pytest.param(None, ["spec: Required value"], id="missing"),
        pytest.param({}, ["spec.name: Required value"], id="missing-inside"),
        pytest.param(
            {"name": 1}, ['spec.name: Invalid value: 1: spec.name in body must be of type string: "integer"'], id="type"
        ),
        pytest.param(
            {"name": "a"},
            ['spec.name: Invalid value: "a": spec.name in body should be at least 2 chars long'],
            id="short",
        ),
        pytest.param({"name": "abcde"}, ["spec.name: Too long: may not be more than 4 bytes"], id="long"),
        pytest.param(
            {"name": "A1"},
            ["spec.name: Invalid value: \"A1\": spec.name in body should match '^[a-z]+$'"],
            id="pattern",
        ),
        pytest.param(
            {"name": "ab", "mode": "x"}, ['spec.mode: Unsupported value: "x": supported values: "on", "off"'], id="enum"
        ),
        pytest.param(
            {"name": "ab", "size": 10},
            ["spec.size: Invalid value: 10: spec.size in body should be less than 10"],
            id="maximum",
        ),
        pytest.param(
            {"name": "ab", "size": 0},
            ["spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"],
            id="minimum",
        ),
        pytest.param({"name": "ab", "tags": ["a", "b", "a"]}, ['spec.tags[2]: Duplicate value: "a"'], id="set"),
        pytest.param(
            {"name": "ab", "tags": list("abcd")}, ["spec.tags: Too many: 4: must have at most 3 items"], id="items"
        ),
        pytest.param(
            {"name": "ab", "port": 1.5},
            ['spec.port: Invalid value: 1.5: spec.port in body must be of type integer,string: "number"'],
            id="int-or-string",
        ),
        pytest.param(
            {"name": "ab", "by": {"x": "y"}},
            ['spec.by.x: Invalid value: "y": spec.by.x in body must be of type integer: "string"'],
            id="map",
        ),
        pytest.param(
            {"name": "ab", "one": {}},
            ['spec.one: Invalid value: "": "spec.one" must validate one and only one schema (oneOf). Found none valid'],
            id="one-of",
        ),
    ],
)
def test_schema_of_a_custom_resource(spec, wrong):
    body = {"apiVersion": "example.test/v1", "kind": "Widget", "metadata": {"name": "w"}}
    if spec is not None:
        body["spec"] = spec
    assert [str(error) for error in validate_custom(body, SCHEMA)] == wrong
