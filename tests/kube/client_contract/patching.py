"""Patches of every type, and server-side apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pyhelm.errors import BadRequestError, ConflictError, InvalidError, NotFoundError
from pyhelm.kube.client import PatchType
from tests.kube.client_contract.objects import Endpoint, config_map, deployment

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object

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
