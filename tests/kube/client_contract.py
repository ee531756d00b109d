"""What every ``Client`` must do, whatever answers it: the shared suite of all implementations.

A test module of an implementation defines a fixture ``client`` (an empty cluster with the namespace ``default`` and no
controllers that interfere, or a namespace of its own named by the fixture ``namespace``) and imports everything::

    from tests.kube.client_contract import *  # noqa: F403

    @pytest.fixture
    def client(): ...

The expected answers are those of a real API server (Kubernetes 1.36/1.37). Only ``kube.client`` is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pyhelm.errors import (
    AlreadyExistsError,
    ApiError,
    BadRequestError,
    ConflictError,
    InvalidError,
    MethodNotAllowedError,
    NotFoundError,
    ServerTimeoutError,
    UnsupportedMediaTypeError,
)
from pyhelm.kube.client import DeleteOptions, PatchType, Propagation, WriteOptions
from pyhelm.kube.objects import ObjectKey, key_of

if TYPE_CHECKING:
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

STRICT = WriteOptions(field_validation="Strict")


@pytest.fixture
def namespace() -> str:
    """The namespace that the tests write to; override it where ``default`` is not empty."""
    return "default"


# --- what the tests write ---------------------------------------------------------------------------------------------


def config_map(name: str = "web", *, labels: dict[str, str] | None = None, **data: str) -> Object:
    """Return a ConfigMap's manifest."""
    obj: Object = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data or {"a": "1"}}
    if labels:
        obj["metadata"]["labels"] = labels
    return obj


def deployment(name: str = "web", *, replicas: int = 2, image: str = "app:1") -> Object:
    """Return a Deployment's manifest."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "app", "image": image}]},
            },
        },
    }


def widget_definition() -> Object:
    """Return a CustomResourceDefinition with all that the tests of custom resources need."""
    spec = {
        "type": "object",
        "properties": {
            "size": {"type": "integer", "minimum": 0, "maximum": 10},
            "color": {"type": "string", "default": "red"},
            "items": {
                "type": "array",
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                "items": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
                },
            },
        },
    }
    status = {"type": "object", "properties": {"size": {"type": "integer"}}}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {
            "status": {},
            "scale": {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size"},
        },
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec, "status": status}}},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.test"},
        "spec": {
            "group": "example.test",
            "names": {"kind": "Widget", "plural": "widgets", "singular": "widget", "shortNames": ["wd"]},
            "scope": "Namespaced",
            "versions": [version],
        },
    }


class Endpoint:
    """One resource of the cluster under test, for short."""

    def __init__(self, client: Client, namespace: str, name: str) -> None:
        self.client = client
        self.resource: Resource = client.catalog.find(name)
        self.namespace = namespace if self.resource.namespaced else ""

    def key(self, name: str = "web") -> ObjectKey:
        return ObjectKey(self.namespace, name)

    def create(self, obj: Object, **options: Any) -> Object:
        return self.client.create(self.resource, obj, namespace=self.namespace, options=WriteOptions(**options))

    def get(self, name: str = "web", subresource: str = "") -> Object:
        return self.client.get(self.resource, self.key(name), subresource=subresource)

    def update(self, obj: Object, subresource: str = "", **options: Any) -> Object:
        return self.client.update(self.resource, obj, subresource=subresource, options=WriteOptions(**options))

    def patch(self, kind: PatchType, body: Any, name: str = "web", subresource: str = "", **options: Any) -> Object:
        return self.client.patch(
            self.resource, self.key(name), kind, body, subresource=subresource, options=WriteOptions(**options)
        )

    def delete(self, name: str = "web", **options: Any) -> Object:
        return self.client.delete(self.resource, self.key(name), DeleteOptions(**options))

    def names(self, **selection: Any) -> list[str]:
        found = self.client.list(self.resource, self.namespace, **selection)
        return [item["metadata"]["name"] for item in found.items if item["metadata"]["name"] != "kube-root-ca.crt"]


@pytest.fixture
def maps(client: Client, namespace: str) -> Endpoint:
    """ConfigMaps: no status, no defaults, nobody else cares."""
    return Endpoint(client, namespace, "configmaps")


@pytest.fixture
def deployments(client: Client, namespace: str) -> Endpoint:
    """Deployments: defaults, a status, a scale."""
    return Endpoint(client, namespace, "deployments.apps")


@pytest.fixture
def widgets(client: Client, namespace: str) -> Endpoint:
    """A custom resource."""
    definitions = client.catalog.find("customresourcedefinitions")
    client.create(definitions, widget_definition())
    for _ in range(50):
        try:
            return Endpoint(client, namespace, "widgets.example.test")
        except NotFoundError:
            client.pause(1)
    pytest.fail("the custom resource was never served")


def owned_by(owner: Object, *, blocks: bool = False) -> Object:
    """Return an owner reference."""
    reference = {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
    }
    return {**reference, "blockOwnerDeletion": True} if blocks else reference


# --- create and get ---------------------------------------------------------------------------------------------------


def test_create_gives_an_object_its_identity(maps: Endpoint) -> None:
    made = maps.create(config_map())
    meta = made["metadata"]
    assert (made["apiVersion"], made["kind"], made["data"]) == ("v1", "ConfigMap", {"a": "1"})
    assert meta["namespace"] == maps.namespace
    assert meta["uid"]
    assert int(meta["resourceVersion"]) > 0
    assert meta["creationTimestamp"].endswith("Z")
    assert "generation" not in meta
    assert maps.get() == made


def test_create_sets_defaults_and_drops_a_status(deployments: Endpoint) -> None:
    made = deployments.create({**deployment(), "status": {"replicas": 7}})
    spec = made["spec"]
    assert made["metadata"]["generation"] == 1
    assert made.get("status") in ({}, None)
    assert (spec["revisionHistoryLimit"], spec["progressDeadlineSeconds"]) == (10, 600)
    assert spec["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"},
    }
    pod = spec["template"]["spec"]
    assert (pod["restartPolicy"], pod["dnsPolicy"], pod["schedulerName"]) == (
        "Always",
        "ClusterFirst",
        "default-scheduler",
    )
    assert pod["containers"][0]["imagePullPolicy"] == "IfNotPresent"


def test_objects_belong_to_the_caller(maps: Endpoint) -> None:
    made = maps.create(config_map())
    made["data"]["a"] = "changed"
    maps.get()["data"]["a"] = "changed"
    maps.client.list(maps.resource, maps.namespace).items[-1]["data"] = {}
    assert maps.get()["data"] == {"a": "1"}


def test_create_of_a_taken_name(maps: Endpoint) -> None:
    maps.create(config_map())
    with pytest.raises(AlreadyExistsError) as caught:
        maps.create(config_map())
    assert str(caught.value) == 'configmaps "web" already exists'
    assert caught.value.details == {"name": "web", "kind": "configmaps"}


def test_taken_name_of_a_named_group(deployments: Endpoint) -> None:
    deployments.create(deployment())
    with pytest.raises(AlreadyExistsError) as caught:
        deployments.create(deployment())
    assert str(caught.value) == 'deployments.apps "web" already exists'
    assert caught.value.details == {"name": "web", "group": "apps", "kind": "deployments"}


def test_create_in_a_namespace_that_is_not_there(client: Client) -> None:
    with pytest.raises(NotFoundError) as caught:
        client.create(client.catalog.find("configmaps"), config_map(), namespace="nowhere")
    assert str(caught.value) == 'namespaces "nowhere" not found'


def test_generate_name(maps: Endpoint) -> None:
    obj = config_map()
    obj["metadata"] = {"generateName": "web-"}
    first, second = (maps.create(obj)["metadata"]["name"] for _ in range(2))
    assert first != second
    assert all(name.startswith("web-") and len(name) == 9 for name in (first, second))


def test_create_without_a_name(maps: Endpoint) -> None:
    obj = config_map()
    del obj["metadata"]["name"]
    with pytest.raises(InvalidError) as caught:
        maps.create(obj)
    assert str(caught.value) == (
        'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'
    )


def test_create_of_an_invalid_name(maps: Endpoint) -> None:
    with pytest.raises(InvalidError) as caught:
        maps.create(config_map("Web_1"))
    assert str(caught.value).startswith('ConfigMap "Web_1" is invalid: metadata.name: Invalid value: "Web_1": ')
    (cause,) = caught.value.details["causes"]
    assert (cause["reason"], cause["field"]) == ("FieldValueInvalid", "metadata.name")


def test_create_with_a_resource_version(maps: Endpoint) -> None:
    obj = config_map()
    obj["metadata"]["resourceVersion"] = "1"
    with pytest.raises(ApiError, match="resourceVersion should not be set on objects to be created"):
        maps.create(obj)


def test_dry_run_stores_nothing(maps: Endpoint) -> None:
    made = maps.create(config_map(), dry_run=True)
    assert made["metadata"]["uid"]
    with pytest.raises(NotFoundError):
        maps.get()


def test_get_nothing(maps: Endpoint) -> None:
    with pytest.raises(NotFoundError) as caught:
        maps.get("gone")
    assert str(caught.value) == 'configmaps "gone" not found'
    assert (caught.value.code, caught.value.reason) == (404, "NotFound")
    assert caught.value.details == {"name": "gone", "kind": "configmaps"}


# --- list -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(maps: Endpoint) -> Endpoint:
    """ConfigMaps c, a and b, made in this order."""
    for name, tier in (("c", "web"), ("a", "web"), ("b", "db")):
        maps.create(config_map(name, labels={"tier": tier, "only": name}))
    return maps


def test_list_is_in_key_order(three: Endpoint) -> None:
    assert three.names() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        pytest.param({"labels": "tier=web"}, ["a", "c"], id="equals"),
        pytest.param({"labels": "tier!=web,only"}, ["b"], id="not-equals"),
        pytest.param({"labels": "only in (a,b)"}, ["a", "b"], id="set"),
        pytest.param({"labels": "!tier,x"}, [], id="nothing"),
        pytest.param({"fields": "metadata.name=b"}, ["b"], id="field"),
        pytest.param({"labels": "tier=web", "fields": "metadata.name!=a"}, ["c"], id="both"),
    ],
)
def test_list_with_selectors(three: Endpoint, selection: dict[str, str], names: list[str]) -> None:
    assert three.names(**selection) == names


@pytest.mark.parametrize(
    "selection",
    [
        pytest.param({"labels": "a=b=c"}, id="labels"),
        pytest.param({"fields": "data.a=1"}, id="unknown-field"),
        pytest.param({"fields": "x"}, id="fields"),
        pytest.param({"limit": 1, "continue_token": "nonsense"}, id="continue"),
    ],
)
def test_list_with_nonsense(three: Endpoint, selection: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError):
        three.names(**selection)


def test_list_in_chunks(three: Endpoint) -> None:
    def page(token: str) -> Any:
        return three.client.list(three.resource, three.namespace, labels="only", limit=2, continue_token=token)

    first = page("")
    three.create(config_map("aa", labels={"only": "aa"}))
    three.delete("b")
    second = page(first.continue_token)
    assert [item["metadata"]["name"] for item in first.items] == ["a", "b"]
    assert [item["metadata"]["name"] for item in second.items] == ["c"]
    assert (first.continue_token != "", second.continue_token) == (True, "")
    assert second.resource_version == first.resource_version


def test_list_over_all_namespaces(client: Client, namespace: str, maps: Endpoint) -> None:
    client.create(
        client.catalog.find("namespaces"), {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "z"}}
    )
    elsewhere = Endpoint(client, "z", "configmaps")
    elsewhere.create(config_map("there", labels={"only": "x"}))
    maps.create(config_map("here", labels={"only": "x"}))
    found = client.list(maps.resource, labels="only").items
    assert [key_of(item) for item in found] == [ObjectKey(namespace, "here"), ObjectKey("z", "there")]
    assert elsewhere.names() == ["there"]


# --- update -----------------------------------------------------------------------------------------------------------


def test_update_moves_the_version(maps: Endpoint) -> None:
    made = maps.create(config_map())
    made["data"] = {"b": "2"}
    changed = maps.update(made)
    assert changed["data"] == {"b": "2"}
    assert int(changed["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"])
    assert changed["metadata"]["uid"] == made["metadata"]["uid"]
    assert changed["metadata"]["creationTimestamp"] == made["metadata"]["creationTimestamp"]


def test_update_without_change_changes_nothing(maps: Endpoint) -> None:
    made = maps.create(config_map())
    assert maps.update(made)["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


def test_stale_update(deployments: Endpoint) -> None:
    made = deployments.create(deployment())
    deployments.update({**made, "spec": {**made["spec"], "replicas": 3}})
    with pytest.raises(ConflictError) as caught:
        deployments.update({**made, "spec": {**made["spec"], "replicas": 4}})
    assert str(caught.value) == (
        'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )
    assert deployments.get()["spec"]["replicas"] == 3


def test_update_without_a_version_overwrites(maps: Endpoint) -> None:
    maps.create(config_map())
    obj = config_map(b="2")
    obj["metadata"]["namespace"] = maps.namespace
    assert maps.update(obj)["data"] == {"b": "2"}


def test_update_of_nothing(maps: Endpoint) -> None:
    obj = config_map("gone")
    obj["metadata"]["namespace"] = maps.namespace
    with pytest.raises(NotFoundError):
        maps.update(obj)


def test_update_of_another_incarnation(maps: Endpoint) -> None:
    made = maps.create(config_map())
    made["metadata"]["uid"] = "00000000-0000-0000-0000-000000000000"
    del made["metadata"]["resourceVersion"]
    with pytest.raises(ConflictError, match="Precondition failed: UID in precondition"):
        maps.update(made)


def test_generation_moves_with_the_spec_only(deployments: Endpoint) -> None:
    made = deployments.create(deployment())
    labelled = deployments.patch(PatchType.MERGE, {"metadata": {"labels": {"a": "b"}}})
    scaled = deployments.patch(PatchType.MERGE, {"spec": {"replicas": 5}})
    assert [item["metadata"]["generation"] for item in (made, labelled, scaled)] == [1, 1, 2]


def test_immutable_fields(deployments: Endpoint) -> None:
    deployments.create(deployment())
    with pytest.raises(InvalidError, match="field is immutable"):
        deployments.patch(
            PatchType.MERGE,
            {
                "spec": {
                    "selector": {"matchLabels": {"app": "other"}},
                    "template": {"metadata": {"labels": {"app": "other"}}},
                }
            },
        )


# --- subresources -----------------------------------------------------------------------------------------------------


def test_status_is_written_apart(deployments: Endpoint) -> None:
    made = deployments.create(deployment())
    made["status"] = {"replicas": 2, "observedGeneration": 1}
    ignored = deployments.update(made)
    assert not ignored.get("status")
    ignored["status"] = {"replicas": 2, "observedGeneration": 1}
    ignored["spec"]["replicas"] = 9
    written = deployments.update(ignored, subresource="status")
    assert written["status"] == {"replicas": 2, "observedGeneration": 1}
    assert (written["spec"]["replicas"], written["metadata"]["generation"]) == (2, 1)
    assert deployments.get(subresource="status")["status"] == written["status"]
    kept = deployments.patch(PatchType.MERGE, {"spec": {"replicas": 3}, "status": {"replicas": 8}})
    assert (kept["spec"]["replicas"], kept["status"]["replicas"]) == (3, 2)


def test_scale(deployments: Endpoint) -> None:
    deployments.create(deployment())
    scale = deployments.get(subresource="scale")
    assert (scale["apiVersion"], scale["kind"]) == ("autoscaling/v1", "Scale")
    assert scale["spec"] == {"replicas": 2}
    assert scale["status"] == {"replicas": 0, "selector": "app=web"}
    scale["spec"]["replicas"] = 4
    assert deployments.update(scale, subresource="scale")["spec"] == {"replicas": 4}
    patched = deployments.patch(PatchType.MERGE, {"spec": {"replicas": 6}}, subresource="scale", field_manager="scaler")
    assert patched["spec"] == {"replicas": 6}
    live = deployments.get()
    assert (live["spec"]["replicas"], live["metadata"]["generation"]) == (6, 3)
    owners = {(entry["manager"], entry.get("subresource")) for entry in live["metadata"]["managedFields"]}
    assert ("scaler", "scale") in owners


def test_subresources_that_are_not_there(maps: Endpoint) -> None:
    maps.create(config_map())
    with pytest.raises(NotFoundError):
        maps.get(subresource="scale")


# --- patch ------------------------------------------------------------------------------------------------------------


def test_json_patch(maps: Endpoint) -> None:
    maps.create(config_map(a="1", b="2"))
    found = maps.patch(
        PatchType.JSON,
        [{"op": "test", "path": "/data/a", "value": "1"}, {"op": "move", "from": "/data/b", "path": "/data/c"}],
    )
    assert found["data"] == {"a": "1", "c": "2"}
    with pytest.raises(InvalidError):
        maps.patch(PatchType.JSON, [{"op": "test", "path": "/data/a", "value": "2"}])


def test_merge_patch(maps: Endpoint) -> None:
    maps.create(config_map(a="1", b="2"))
    assert maps.patch(PatchType.MERGE, {"data": {"a": None, "c": "3"}})["data"] == {"b": "2", "c": "3"}


def test_strategic_patch(deployments: Endpoint) -> None:
    deployments.create(deployment())
    sidecar = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "s:1"}]}}}}
    found = deployments.patch(PatchType.STRATEGIC, sidecar)
    containers = found["spec"]["template"]["spec"]["containers"]
    assert [(item["name"], item["image"]) for item in containers] == [("side", "s:1"), ("app", "app:1")]


@pytest.mark.parametrize("kind", [PatchType.JSON, PatchType.MERGE, PatchType.STRATEGIC])
def test_patch_of_nothing(maps: Endpoint, kind: PatchType) -> None:
    body: Any = [] if kind is PatchType.JSON else {}
    with pytest.raises(NotFoundError):
        maps.patch(kind, body, "gone")


def test_patch_that_changes_nothing(maps: Endpoint) -> None:
    made = maps.create(config_map())
    found = maps.patch(PatchType.MERGE, {"data": {"a": "1"}})
    assert found["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


def test_stale_patch(maps: Endpoint) -> None:
    made = maps.create(config_map())
    maps.patch(PatchType.MERGE, {"data": {"a": "2"}})
    with pytest.raises(ConflictError):
        maps.patch(
            PatchType.MERGE, {"metadata": {"resourceVersion": made["metadata"]["resourceVersion"]}, "data": {"a": "3"}}
        )


def test_patch_cannot_rename(maps: Endpoint) -> None:
    maps.create(config_map())
    with pytest.raises(BadRequestError, match="the name of the object"):
        maps.patch(PatchType.MERGE, {"metadata": {"name": "other"}})


def test_dry_run_of_a_patch(maps: Endpoint) -> None:
    made = maps.create(config_map())
    assert maps.patch(PatchType.MERGE, {"data": {"a": "2"}}, dry_run=True)["data"] == {"a": "2"}
    assert maps.get() == made


@pytest.mark.parametrize(
    ("validation", "refused"),
    [
        pytest.param("Strict", True, id="strict"),
        pytest.param("Warn", False, id="warn"),
        pytest.param("Ignore", False, id="ignore"),
    ],
)
def test_unknown_fields(deployments: Endpoint, validation: Any, refused: bool) -> None:
    obj = deployment()
    obj["spec"]["replicaz"] = 1
    if refused:
        with pytest.raises(BadRequestError) as caught:
            deployments.create(obj, field_validation=validation)
        assert str(caught.value).endswith('strict decoding error: unknown field "spec.replicaz"')
    else:
        assert "replicaz" not in deployments.create(obj, field_validation=validation)["spec"]


# --- server-side apply ------------------------------------------------------------------------------------------------


def applied(**data: str) -> Object:
    """Return an apply patch of the ConfigMap."""
    return config_map(**data)


def test_apply_creates_and_shares(maps: Endpoint) -> None:
    made = maps.patch(PatchType.APPLY, applied(a="1", b="2"), field_manager="one")
    assert made["metadata"]["uid"]
    maps.patch(PatchType.APPLY, applied(b="2", c="3"), field_manager="two")
    dropped = maps.patch(PatchType.APPLY, applied(a="1"), field_manager="one")
    assert dropped["data"] == {"a": "1", "b": "2", "c": "3"}
    dropped = maps.patch(PatchType.APPLY, applied(c="3"), field_manager="two")
    assert dropped["data"] == {"a": "1", "c": "3"}


def test_apply_conflict(maps: Endpoint) -> None:
    maps.patch(PatchType.APPLY, applied(a="1"), field_manager="one")
    with pytest.raises(ConflictError) as caught:
        maps.patch(PatchType.APPLY, applied(a="2"), field_manager="two")
    assert str(caught.value) == 'Apply failed with 1 conflict: conflict with "one": .data.a'
    assert caught.value.details["causes"] == [
        {"reason": "FieldManagerConflict", "message": 'conflict with "one"', "field": ".data.a"}
    ]
    forced = maps.patch(PatchType.APPLY, applied(a="2"), field_manager="two", force=True)
    assert forced["data"] == {"a": "2"}
    assert [entry["manager"] for entry in forced["metadata"]["managedFields"]] == ["two"]


def test_apply_over_an_update(maps: Endpoint) -> None:
    made = maps.create(config_map(), field_manager="creator")
    (entry,) = made["metadata"]["managedFields"]
    assert (entry["manager"], entry["operation"], entry["apiVersion"]) == ("creator", "Update", "v1")
    assert entry["fieldsV1"] == {"f:data": {".": {}, "f:a": {}}}
    with pytest.raises(ConflictError) as caught:
        maps.patch(PatchType.APPLY, applied(a="2"), field_manager="one")
    assert str(caught.value) == 'Apply failed with 1 conflict: conflict with "creator" using v1: .data.a'


def test_apply_with_managed_fields(maps: Endpoint) -> None:
    obj = applied(a="1")
    obj["metadata"]["managedFields"] = [{"manager": "x"}]
    with pytest.raises(BadRequestError, match=r"metadata\.managedFields must be nil"):
        maps.patch(PatchType.APPLY, obj, field_manager="one")


def test_apply_again_changes_nothing(deployments: Endpoint) -> None:
    made = deployments.patch(PatchType.APPLY, deployment(), field_manager="one")
    assert deployments.patch(PatchType.APPLY, deployment(), field_manager="one") == made


# --- delete -----------------------------------------------------------------------------------------------------------


def test_delete(maps: Endpoint) -> None:
    made = maps.create(config_map())
    status = maps.delete()
    assert (status["kind"], status["status"]) == ("Status", "Success")
    assert status["details"] == {"name": "web", "kind": "configmaps", "uid": made["metadata"]["uid"]}
    with pytest.raises(NotFoundError):
        maps.get()
    with pytest.raises(NotFoundError):
        maps.delete()


def test_delete_answers_with_the_object_for_some_kinds(client: Client, namespace: str) -> None:
    accounts = Endpoint(client, namespace, "serviceaccounts")
    accounts.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "web"}})
    assert accounts.delete()["kind"] == "ServiceAccount"


@pytest.mark.parametrize(
    ("precondition", "message"),
    [
        pytest.param(
            {"uid": "no-such-uid"},
            "the UID in the precondition (no-such-uid) does not match the UID in record ({uid}). "
            "The object might have been deleted and then recreated",
            id="uid",
        ),
        pytest.param(
            {"resource_version": "1"},
            "the ResourceVersion in the precondition (1) does not match the ResourceVersion in record ({version}). "
            "The object might have been modified",
            id="version",
        ),
    ],
)
def test_delete_with_preconditions(maps: Endpoint, precondition: dict[str, str], message: str) -> None:
    made = maps.create(config_map())
    uid, version = made["metadata"]["uid"], made["metadata"]["resourceVersion"]
    with pytest.raises(ConflictError) as caught:
        maps.delete(**precondition)
    expected = message.format(uid=uid, version=version)
    assert str(caught.value) == f'Operation cannot be fulfilled on ConfigMap "web": {expected}'
    maps.delete(uid=uid, resource_version=version)


def test_dry_run_of_a_delete(maps: Endpoint) -> None:
    maps.create(config_map())
    maps.delete(dry_run=True)
    assert maps.get()


def test_finalizers_hold_an_object(deployments: Endpoint) -> None:
    obj = deployment()
    obj["metadata"]["finalizers"] = ["example.test/hold"]
    made = deployments.create(obj)
    deployments.delete(propagation=Propagation.BACKGROUND)
    held = deployments.get()
    assert held["metadata"]["deletionTimestamp"]
    assert held["metadata"]["deletionGracePeriodSeconds"] == 0
    assert held["metadata"]["generation"] == made["metadata"]["generation"] + 1
    with pytest.raises(InvalidError, match="no new finalizers can be added if the object is being deleted"):
        deployments.patch(PatchType.MERGE, {"metadata": {"finalizers": ["example.test/hold", "example.test/more"]}})
    deployments.patch(PatchType.MERGE, {"metadata": {"finalizers": None}})
    with pytest.raises(NotFoundError):
        deployments.get()


@pytest.mark.parametrize(
    ("propagation", "finalizer"),
    [
        pytest.param(Propagation.FOREGROUND, "foregroundDeletion", id="foreground"),
        pytest.param(Propagation.ORPHAN, "orphan", id="orphan"),
    ],
)
def test_propagation_is_left_to_the_collector(maps: Endpoint, propagation: Propagation, finalizer: str) -> None:
    obj = config_map("owner")
    obj["metadata"]["finalizers"] = ["example.test/hold"]
    owner = maps.create(obj)
    child = config_map("child")
    child["metadata"]["ownerReferences"] = [owned_by(owner, blocks=True)]
    maps.create(child)
    maps.delete("owner", propagation=propagation)
    held = maps.get("owner")["metadata"]
    assert held["deletionTimestamp"]
    assert finalizer in held["finalizers"]
    assert maps.get("child")


# --- watch ------------------------------------------------------------------------------------------------------------


def seen(client: Client, resource: Resource, namespace: str, count: int, **options: Any) -> list[tuple[str, str]]:
    """Return the first events of a watch, as pairs of type and name."""
    found: list[tuple[str, str]] = []
    for event in client.watch(resource, namespace, timeout=5, **options):
        if event.type != "BOOKMARK":
            found.append((event.type, event.object["metadata"]["name"]))
        if len(found) == count:
            break
    return found


def test_watch_from_a_revision(maps: Endpoint) -> None:
    maps.create(config_map("before"))
    start = maps.client.list(maps.resource, maps.namespace).resource_version
    maps.create(config_map("a"))
    maps.patch(PatchType.MERGE, {"data": {"x": "y"}}, "a")
    maps.create(config_map("b"))
    maps.delete("a")
    assert seen(maps.client, maps.resource, maps.namespace, 4, since=start) == [
        ("ADDED", "a"),
        ("MODIFIED", "a"),
        ("ADDED", "b"),
        ("DELETED", "a"),
    ]


def test_watch_from_the_start(maps: Endpoint) -> None:
    maps.create(config_map("b", labels={"only": "x"}))
    maps.create(config_map("a", labels={"only": "x"}))
    assert sorted(seen(maps.client, maps.resource, maps.namespace, 2, labels="only")) == [
        ("ADDED", "a"),
        ("ADDED", "b"),
    ]


def test_watch_with_a_selector_sees_objects_come_and_go(maps: Endpoint) -> None:
    start = maps.client.list(maps.resource, maps.namespace).resource_version
    maps.create(config_map("a", labels={"tier": "db"}))
    maps.patch(PatchType.MERGE, {"metadata": {"labels": {"tier": "web"}}}, "a")
    maps.patch(PatchType.MERGE, {"data": {"x": "y"}}, "a")
    maps.patch(PatchType.MERGE, {"metadata": {"labels": {"tier": "db"}}}, "a")
    events = seen(maps.client, maps.resource, maps.namespace, 3, since=start, labels="tier=web")
    assert events == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]


def test_watch_ends_in_time(maps: Endpoint) -> None:
    start = maps.client.list(maps.resource, maps.namespace).resource_version
    begun = maps.client.now()
    events = list(maps.client.watch(maps.resource, maps.namespace, since=start, timeout=3))
    assert [event for event in events if event.type != "BOOKMARK"] == []
    assert (maps.client.now() - begun).total_seconds() <= 4


def test_watch_from_the_future(maps: Endpoint) -> None:
    with pytest.raises(ServerTimeoutError) as caught:
        list(maps.client.watch(maps.resource, maps.namespace, since="999999999", timeout=1))
    assert [cause["reason"] for cause in caught.value.details["causes"]] == ["ResourceVersionTooLarge"]


def test_one_revision_counts_for_all(maps: Endpoint, deployments: Endpoint) -> None:
    first = maps.create(config_map())
    second = deployments.create(deployment())
    third = maps.patch(PatchType.MERGE, {"data": {"x": "y"}})
    versions = [int(item["metadata"]["resourceVersion"]) for item in (first, second, third)]
    assert versions == sorted(versions)
    assert len(set(versions)) == 3


# --- custom resources -------------------------------------------------------------------------------------------------


def widget(**spec: Any) -> Object:
    """Return a Widget's manifest."""
    return {"apiVersion": "example.test/v1", "kind": "Widget", "metadata": {"name": "web"}, "spec": spec}


def test_custom_resources_are_served(widgets: Endpoint) -> None:
    made = widgets.create(widget(size=3, nope=1))
    assert made["spec"] == {"size": 3, "color": "red"}
    assert made["metadata"]["generation"] == 1
    assert widgets.client.catalog.find("wd") == widgets.resource
    assert widgets.names() == ["web"]


def test_custom_resources_are_validated(widgets: Endpoint) -> None:
    with pytest.raises(InvalidError) as caught:
        widgets.create(widget(size=99))
    assert str(caught.value) == (
        'Widget.example.test "web" is invalid: spec.size: Invalid value: 99: '
        "spec.size in body should be less than or equal to 10"
    )


def test_custom_resources_have_no_strategic_patch(widgets: Endpoint) -> None:
    widgets.create(widget(size=3))
    with pytest.raises(UnsupportedMediaTypeError):
        widgets.patch(PatchType.STRATEGIC, {"spec": {"size": 4}})


def test_custom_lists_merge_by_key(widgets: Endpoint) -> None:
    widgets.patch(PatchType.APPLY, widget(items=[{"name": "a", "value": "1"}]), field_manager="one")
    both = widgets.patch(PatchType.APPLY, widget(items=[{"name": "b", "value": "2"}]), field_manager="two")
    assert both["spec"]["items"] == [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]


def test_custom_subresources(widgets: Endpoint) -> None:
    made = widgets.create({**widget(size=3), "status": {"size": 1}})
    assert "status" not in made
    widgets.patch(PatchType.MERGE, {"status": {"size": 2}}, subresource="status")
    assert widgets.get(subresource="scale")["spec"] == {"replicas": 3}
    widgets.patch(PatchType.MERGE, {"spec": {"replicas": 5}}, subresource="scale")
    assert widgets.get()["spec"]["size"] == 5
    assert widgets.get()["status"] == {"size": 2}


# --- what cannot be asked ---------------------------------------------------------------------------------------------


def test_version(client: Client) -> None:
    found = client.version()
    assert found["gitVersion"].startswith("v1.")
    assert found["major"] == "1"


def test_reviews_cannot_be_listed(client: Client) -> None:
    with pytest.raises((MethodNotAllowedError, NotFoundError)):
        client.list(client.catalog.find("subjectaccessreviews"))


def test_logs_of_nothing(client: Client, namespace: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        client.logs(ObjectKey(namespace, "gone"))
    assert str(caught.value) == 'pods "gone" not found'


def test_pausing_lets_time_pass_at_most_that_long(client: Client) -> None:
    begun = client.now()
    client.pause(2)
    assert 0 <= (client.now() - begun).total_seconds() <= 3
