"""Create, get, update, and the subresources that are written apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pyhelm.errors import AlreadyExistsError, ApiError, ConflictError, InvalidError, NotFoundError
from pyhelm.kube.client import PatchType
from tests.kube.client_contract.objects import Endpoint, config_map, deployment

if TYPE_CHECKING:
    from pyhelm.kube.client import Client

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
