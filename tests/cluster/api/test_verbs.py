# ruff: noqa: E501  (messages are compared whole)
"""The verbs on single objects: metadata, versions, refusals."""

from __future__ import annotations

import pytest

from pyhelm.errors import (
    AlreadyExistsError,
    ApiError,
    BadRequestError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)
from pyhelm.kube.client import PatchType, WriteOptions
from pyhelm.kube.objects import ObjectKey
from tests.cluster.api.conftest import config_map, crd, deployment, pod

KEY = ObjectKey("default", "web")


def test_create_fills_metadata_in(server):
    made = server.create(config_map(uid="mine", creationTimestamp="1999-01-01T00:00:00Z", generation=7))
    meta = made["metadata"]
    assert meta["creationTimestamp"] == "2026-01-01T00:00:00Z"
    assert meta["resourceVersion"] == str(server.store.revision)
    assert meta["uid"] != "mine"
    assert meta["uid"][14] == "4"
    assert "generation" not in meta
    assert server.get("cm", "web") == made


def test_uids_depend_on_seed_and_history_only(server, tmp_path_factory):
    from tests.cluster.api.conftest import Server

    twin = Server(tmp_path_factory.mktemp("twin"))
    first, second = server.create(config_map()), twin.create(config_map())
    twin.store.close()
    assert first == second
    assert server.create(config_map("other"))["metadata"]["uid"] != first["metadata"]["uid"]


def test_answers_belong_to_the_caller(server):
    made = server.create(config_map())
    made["data"]["k"] = "changed"
    listed = server.api.list(server.resource("cm"), "default").items[0]
    listed["data"]["k"] = "changed"
    assert server.get("cm", "web")["data"] == {"k": "v"}


def test_arguments_stay_the_callers(server):
    given = deployment()
    server.create(given)
    assert given == deployment()


def test_generate_name(server):
    body = config_map()
    del body["metadata"]["name"]
    body["metadata"]["generateName"] = "web-"
    names = {server.create(body)["metadata"]["name"] for _ in range(20)}
    assert len(names) == 20
    assert all(name.startswith("web-") and len(name) == 9 for name in names)


def test_generate_name_is_cut(server):
    body = config_map()
    del body["metadata"]["name"]
    body["metadata"]["generateName"] = "w" * 70
    assert len(server.create(body)["metadata"]["name"]) == 63


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        pytest.param({"name": "web"}, AlreadyExistsError, 'configmaps "web" already exists', id="taken"),
        pytest.param({"name": "x", "namespace": "gone"}, NotFoundError, 'namespaces "gone" not found', id="namespace"),
        pytest.param(
            {"name": "x", "resourceVersion": "5"},
            ApiError,
            "resourceVersion should not be set on objects to be created",
            id="version",
        ),
        pytest.param(
            {},
            InvalidError,
            'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
            id="nameless",
        ),
        pytest.param(
            {"name": "Web"},
            InvalidError,
            'ConfigMap "Web" is invalid: metadata.name: Invalid value: "Web": a lowercase RFC 1123 subdomain must consist '
            "of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character "
            "(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?"
            r"(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
            id="bad-name",
        ),
        pytest.param(
            {"name": "x", "labels": {"a": "b c"}},
            InvalidError,
            'ConfigMap "x" is invalid: metadata.labels: Invalid value: "b c": a valid label must be an empty string or '
            "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
            "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
            "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
            id="bad-label",
        ),
    ],
)
def test_create_is_refused(server, change, error, message):
    server.create(config_map())
    revision = server.store.revision
    body = config_map()
    body["metadata"] = {"namespace": "default", **change}
    with pytest.raises(error) as caught:
        server.create(body)
    assert str(caught.value) == message
    assert server.store.revision == revision


def test_already_exists_has_details(server):
    server.create(deployment())
    with pytest.raises(AlreadyExistsError) as caught:
        server.create(deployment())
    assert caught.value.status() == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": 'deployments.apps "web" already exists',
        "reason": "AlreadyExists",
        "details": {"name": "web", "group": "apps", "kind": "deployments"},
        "code": 409,
    }


def test_namespaces_must_agree(server):
    with pytest.raises(BadRequestError, match="does not match the namespace sent on the request"):
        server.api.create(server.resource("cm"), config_map(), namespace="kube-system")


def test_get_of_nothing(server):
    with pytest.raises(NotFoundError) as caught:
        server.get("deploy", "web")
    assert str(caught.value) == 'deployments.apps "web" not found'
    assert caught.value.details == {"name": "web", "group": "apps", "kind": "deployments"}


def test_update_with_a_stale_version_conflicts(server):
    first = server.create(deployment())
    server.api.update(server.resource("deploy"), {**first, "spec": {**first["spec"], "replicas": 2}})
    with pytest.raises(ConflictError) as caught:
        server.api.update(server.resource("deploy"), first)
    assert str(caught.value) == (
        'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your '
        "changes to the latest version and try again"
    )


def test_update_without_a_version_is_fine_for_most(server):
    server.create(config_map())
    body = config_map()
    body["data"] = {"k": "w"}
    assert server.api.update(server.resource("cm"), body)["data"] == {"k": "w"}


def test_update_without_a_version_is_refused_for_some(server):
    server.create(crd())
    widget = {"apiVersion": "example.test/v1", "kind": "Widget", "metadata": {"name": "w", "namespace": "default"}}
    server.create(widget)
    with pytest.raises(InvalidError, match=r'metadata\.resourceVersion: Invalid value: "": must be specified'):
        server.api.update(server.resource("widgets"), {**widget, "spec": {"a": 1}})


def test_update_of_another_object_conflicts(server):
    made = server.create(config_map())
    made["metadata"]["uid"] = "other"
    with pytest.raises(ConflictError, match="Precondition failed: UID in precondition: other"):
        server.api.update(server.resource("cm"), made)


def test_unchanged_update_writes_nothing(server):
    made = server.create(deployment())
    revision = server.store.revision
    server.clock.advance(60)
    assert server.api.update(server.resource("deploy"), made) == made
    assert server.store.revision == revision


def test_generation_moves_with_spec_and_not_with_status(server):
    made = server.create(deployment())
    assert made["metadata"]["generation"] == 1
    resource = server.resource("deploy")
    scaled = server.api.patch(resource, KEY, PatchType.MERGE, {"spec": {"replicas": 3}, "status": {"replicas": 9}})
    assert scaled["metadata"]["generation"] == 2
    assert scaled["status"] == {}
    counted = server.api.patch(
        resource, KEY, PatchType.MERGE, {"spec": {"replicas": 7}, "status": {"replicas": 3}}, subresource="status"
    )
    assert counted["metadata"]["generation"] == 2
    assert counted["spec"]["replicas"] == 3
    assert counted["status"] == {"replicas": 3}
    labelled = server.api.patch(resource, KEY, PatchType.MERGE, {"metadata": {"labels": {"a": "b"}}})
    assert labelled["metadata"]["generation"] == 2
    # A Deployment's annotations count, those of others do not (deploymentStrategy.PrepareForUpdate).
    annotated = server.api.patch(resource, KEY, PatchType.MERGE, {"metadata": {"annotations": {"a": "b"}}})
    assert annotated["metadata"]["generation"] == 3


def test_status_of_a_whole_update_is_ignored(server):
    made = server.create(deployment())
    made["status"] = {"replicas": 5}
    made["spec"]["replicas"] = 2
    assert server.api.update(server.resource("deploy"), made)["status"] == {}
    made = server.get("deploy", "web")
    made["status"] = {"replicas": 5}
    made["spec"]["replicas"] = 9
    made["metadata"]["labels"] = {"not": "taken"}
    counted = server.api.update(server.resource("deploy"), made, subresource="status")
    assert (counted["status"], counted["spec"]["replicas"]) == ({"replicas": 5}, 2)
    assert "labels" not in counted["metadata"]


def test_dry_run_does_everything_but_store(server):
    revision = server.store.revision
    made = server.create(deployment(), dry_run=True)
    assert made["spec"]["replicas"] == 1
    with pytest.raises(NotFoundError):
        server.get("deploy", "web")
    server.create(deployment())
    changed = server.api.patch(
        server.resource("deploy"), KEY, PatchType.MERGE, {"spec": {"replicas": 4}}, options=WriteOptions(dry_run=True)
    )
    assert changed["spec"]["replicas"] == 4
    assert server.get("deploy", "web")["spec"]["replicas"] == 1
    assert server.store.revision == revision + 1


def test_unknown_fields_by_validation(server):
    body = {**config_map(), "dat": {"a": "b"}}
    with pytest.raises(BadRequestError) as caught:
        server.create(body, field_validation="Strict")
    assert str(caught.value) == (
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dat"'
    )
    assert "dat" not in server.create(body, field_validation="Warn")
    assert server.api.take_warnings() == ['unknown field "dat"']
    body["metadata"]["name"] = "other"
    server.create(body, field_validation="Ignore")
    assert server.api.take_warnings() == []


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        pytest.param(
            {"replicas": "3"},
            "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
            id="text-for-number",
        ),
        pytest.param(
            {"template": {"spec": {"containers": [{"name": "a", "env": [{"name": "A", "value": 1}]}]}}},
            "json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type "
            "string",
            id="number-for-text",
        ),
        pytest.param(
            {"template": {"metadata": {"labels": {"a": True}}}},
            "json: cannot unmarshal bool into Go struct field ObjectMeta.spec.template.metadata.labels of type string",
            id="flag-in-map",
        ),
        pytest.param(
            {"template": {"spec": {"containers": [{"name": "a", "resources": {"limits": {"cpu": "much"}}}]}}},
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
            id="quantity",
        ),
        pytest.param(
            {"template": {"spec": {"containers": {"name": "a"}}}},
            "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type "
            "[]v1.Container",
            id="object-for-list",
        ),
    ],
)
def test_wrong_types_are_refused(server, spec, message):
    with pytest.raises(BadRequestError) as caught:
        server.create(deployment(**spec))
    assert str(caught.value) == f'Deployment in version "v1" cannot be handled as a Deployment: {message}'


def test_nulls_and_empty_lists_are_as_if_absent(server):
    made = server.create(deployment(paused=None, minReadySeconds=0))
    assert "paused" not in made["spec"]
    body = config_map("other", labels={}, annotations={"a": None})
    made = server.create(body)
    assert "labels" not in made["metadata"]
    assert made["metadata"]["annotations"] == {"a": ""}


def test_quantities_get_their_canonical_spelling(server):
    resources = {"limits": {"cpu": 0.5, "memory": "1024Mi"}, "requests": {"cpu": "250m"}}
    made = server.create(pod(containers=[{"name": "a", "image": "a", "resources": resources}]))
    assert made["spec"]["containers"][0]["resources"] == {
        "limits": {"cpu": "500m", "memory": "1Gi"},
        "requests": {"cpu": "250m", "memory": "1Gi"},
    }


def test_terminating_namespace_refuses_new_objects(server):
    server.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "going"}})
    left = server.api.delete(server.resource("ns"), ObjectKey("", "going"))
    assert left["status"] == {"phase": "Terminating"}
    with pytest.raises(ForbiddenError) as caught:
        server.create(config_map(namespace="going"))
    assert str(caught.value) == (
        'configmaps "web" is forbidden: unable to create new content in namespace going because it is being terminated'
    )
    assert caught.value.details["causes"][0]["reason"] == "NamespaceTerminating"


def test_definitions_make_kinds(server):
    with pytest.raises(NotFoundError):
        server.resource("widgets")
    made = server.create(crd(subresources={"status": {}}))
    assert [(item["type"], item["status"]) for item in made["status"]["conditions"]] == [
        ("NamesAccepted", "True"),
        ("Established", "True"),
    ]
    widget = {
        "apiVersion": "example.test/v1",
        "kind": "Widget",
        "metadata": {"name": "w", "namespace": "default"},
        "spec": {"a": None, "b": [], "c": {}},
        "status": {"x": 1},
    }
    made = server.create(widget)
    assert made["metadata"]["generation"] == 1
    assert "status" not in made
    resource = server.resource("widgets")
    key = ObjectKey("default", "w")
    assert server.api.patch(resource, key, PatchType.MERGE, {"status": {"x": 1}}, subresource="status")["status"] == {
        "x": 1
    }
    assert server.api.patch(resource, key, PatchType.MERGE, {"spec": {"b": [1]}})["metadata"]["generation"] == 2
    server.reopen()
    assert server.get("widgets", "w")["spec"]["b"] == [1]
    server.api.delete(server.resource("crd"), ObjectKey("", "widgets.example.test"))
    with pytest.raises(NotFoundError):
        server.resource("widgets")


def test_definition_sets_defaults_and_drops_unknown_fields(server):
    schema = {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "properties": {
                    "color": {"type": "string", "default": "red"},
                    "parts": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"size": {"type": "integer", "default": 1}, "name": {"type": "string"}},
                        },
                    },
                },
            }
        },
    }
    server.create(crd(schema={"openAPIV3Schema": schema}))
    made = server.create(
        {
            "apiVersion": "example.test/v1",
            "kind": "Widget",
            "metadata": {"name": "w", "namespace": "default"},
            "spec": {"parts": [{"name": "a", "odd": 1}], "odd": 1},
        }
    )
    assert made["spec"] == {"color": "red", "parts": [{"name": "a", "size": 1}]}
    assert server.api.take_warnings() == ['unknown field "spec.parts[0].odd"', 'unknown field "spec.odd"']


def test_definition_decides_what_becomes_of_null(server):
    text, free = {"type": "string"}, {"type": "string", "nullable": True}
    spec = {
        "type": "object",
        "properties": {
            "plain": text,
            "nullable": free,
            "filled": text | {"default": "a"},
            "kept": free | {"default": "a"},
            "map": {"type": "object", "additionalProperties": text},
            "list": {"type": "array", "items": text | {"default": "a"}},
            "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        },
    }
    server.create(crd(schema={"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}))
    body = {"apiVersion": "example.test/v1", "kind": "Widget", "metadata": {"name": "w", "namespace": "default"}}
    nulls = dict.fromkeys(("plain", "nullable", "filled", "kept"))
    made = server.create({**body, "spec": {**nulls, "map": {"a": None}, "list": [None], "any": {"a": None}}})
    wanted = {"nullable": None, "filled": "a", "kept": None, "map": {}, "list": ["a"], "any": {"a": None}}
    assert made["spec"] == wanted


def test_everything_is_there_after_reopening(server):
    made = server.create(deployment())
    server.reopen()
    assert server.get("deploy", "web") == made
    assert server.names("ns") == ["default", "kube-node-lease", "kube-public", "kube-system"]
    server.create(config_map())


def test_logs_without_containers(server):
    from pyhelm.errors import UnsupportedError

    with pytest.raises(NotFoundError):
        server.api.logs(KEY)
    server.create(pod())
    with pytest.raises(UnsupportedError):
        server.api.logs(KEY)
    server.api.log_source = lambda key, container, previous, tail: f"{key} {container} {previous} {tail}"
    assert server.api.logs(KEY, "app", tail=5) == "default/web app False 5"


def test_version_is_that_of_templates(server):
    assert server.api.version()["gitVersion"] == "v1.37.0"


def test_a_node_has_a_spec_and_ranges_of_addresses(server):
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "bare"}}
    assert server.create(node)["spec"] == {}
    with pytest.raises(InvalidError, match=r'spec\.podCIDRs\[0\]: Invalid value: "x": must be a valid CIDR value'):
        server.create({**node, "metadata": {"name": "other"}, "spec": {"podCIDR": "x"}})
    server.create({**node, "metadata": {"name": "third"}, "spec": {"podCIDR": "10.0.0.5/24"}})


def test_a_patch_that_ruins_the_metadata_is_refused(server):
    server.create(config_map())
    with pytest.raises(BadRequestError, match=r"the name of the object \(None\) does not match"):
        server.api.patch(server.resource("cm"), KEY, PatchType.MERGE, {"metadata": "x"})


def test_a_pod_without_a_name_is_refused(server):
    nameless = pod()
    del nameless["metadata"]["name"]
    with pytest.raises(InvalidError, match="name or generateName is required"):
        server.create(nameless)
