"""Patches as functions: applying them, and making them from states of an object."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyhelm.errors import ApiError, BadRequestError, InvalidError, UnsupportedMediaTypeError
from pyhelm.kube.objects import copy_of
from pyhelm.kube.patches import (
    create_merge_patch,
    create_three_way,
    create_three_way_merge_patch,
    create_two_way,
    json_patch,
    merge_patch,
    strategic_patch,
)
from pyhelm.kube.schema import Schema, builtin
from tests.kube import recorded

if TYPE_CHECKING:
    from pathlib import Path


def deployment_schema() -> Schema:
    schema = builtin("apps/v1", "Deployment")
    assert schema is not None
    return schema


def deployment(**pod: Any) -> dict[str, Any]:
    return {"metadata": {"name": "web"}, "spec": {"template": {"spec": pod}}}


def pod_of(obj: dict[str, Any]) -> dict[str, Any]:
    return obj["spec"]["template"]["spec"]


# --- JSON patch -------------------------------------------------------------------------------------------------------

# What kubectl 1.37.1 does with the same patch (patch --local --type json).
DOCUMENT = {"spec": {"l": [1, 2, 3], "m": {"a/b": 1, "c~d": 2}, "n": None}}


@pytest.mark.parametrize(
    ("operation", "spec"),
    [
        pytest.param({"op": "add", "path": "/spec/l/-", "value": 4}, {"l": [1, 2, 3, 4]}, id="append"),
        pytest.param({"op": "add", "path": "/spec/l/3", "value": 4}, {"l": [1, 2, 3, 4]}, id="add-at-end"),
        pytest.param({"op": "add", "path": "/spec/l/-1", "value": 4}, {"l": [1, 2, 3, 4]}, id="add-negative"),
        pytest.param({"op": "add", "path": "/spec/l/0", "value": 4}, {"l": [4, 1, 2, 3]}, id="insert"),
        pytest.param({"op": "remove", "path": "/spec/l/-1"}, {"l": [1, 2]}, id="remove-negative"),
        pytest.param({"op": "replace", "path": "/spec/l/-3", "value": 9}, {"l": [9, 2, 3]}, id="replace-negative"),
        pytest.param({"op": "replace", "path": "/spec/x", "value": 9}, {"x": 9}, id="replace-absent-key"),
        pytest.param({"op": "remove", "path": "/spec/m/a~1b"}, {"m": {"c~d": 2}}, id="escaped-slash"),
        pytest.param({"op": "remove", "path": "/spec/m/c~0d"}, {"m": {"a/b": 1}}, id="escaped-tilde"),
        pytest.param({"op": "test", "path": "/spec/x", "value": None}, {}, id="absent-is-null"),
        pytest.param({"op": "test", "path": "/spec/n"}, {}, id="null-is-absent"),
        pytest.param({"op": "test", "path": "/spec/l", "value": [1.0, 2, 3]}, {}, id="numbers-compare-by-value"),
        pytest.param({"op": "copy", "from": "/spec/l/0", "path": "/spec/l/1"}, {"l": [1, 1, 2, 3]}, id="copy"),
        pytest.param({"op": "move", "from": "/spec/l/0", "path": "/spec/l/2"}, {"l": [2, 3, 1]}, id="move-in-list"),
        pytest.param({"op": "copy", "from": "/spec/gone", "path": "/spec/x"}, {"x": None}, id="copy-absent"),
    ],
)
def test_json_patch(operation: dict[str, Any], spec: dict[str, Any]) -> None:
    before = copy_of(DOCUMENT)
    assert json_patch(DOCUMENT, [operation]) == {"spec": {**DOCUMENT["spec"], **spec}}
    assert before == DOCUMENT


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param({"op": "remove", "path": "/spec/gone"}, id="remove-absent"),
        pytest.param({"op": "remove", "path": "/spec/l/3"}, id="out-of-range"),
        pytest.param({"op": "add", "path": "/spec/l/4", "value": 1}, id="add-out-of-range"),
        pytest.param({"op": "add", "path": "/spec/l/x", "value": 1}, id="no-index"),
        pytest.param({"op": "add", "path": "/gone/x", "value": 1}, id="absent-parent"),
        pytest.param({"op": "add", "path": "", "value": {}}, id="whole-document"),
        pytest.param({"op": "test", "path": "/spec/l/0", "value": True}, id="one-is-not-true"),
        pytest.param({"op": "move", "from": "/spec/gone", "path": "/spec/x"}, id="move-absent"),
        pytest.param({"op": "frobnicate", "path": "/spec/l"}, id="unknown"),
        pytest.param({"path": "/spec/l"}, id="no-op"),
    ],
)
def test_json_patch_that_does_not_apply(operation: dict[str, Any]) -> None:
    with pytest.raises(InvalidError, match="the server rejected our request due to an error in our request"):
        json_patch(DOCUMENT, [operation])


@pytest.mark.parametrize("body", [{"op": "add"}, [1], [{"op": 1}], "x"])
def test_json_patch_that_is_none(body: object) -> None:
    with pytest.raises(BadRequestError, match="error decoding patch: json: cannot unmarshal"):
        json_patch(DOCUMENT, body)


def test_json_patch_is_limited() -> None:
    with pytest.raises(ApiError) as caught:
        json_patch(DOCUMENT, [{"op": "test", "path": "/spec/x"}] * 10_001)
    assert caught.value.code == 413


# --- merge patch ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        pytest.param({"a": 1, "b": {"c": 2}}, {"a": None, "b": {"d": 3}}, {"b": {"c": 2, "d": 3}}, id="nested"),
        pytest.param({"a": [1]}, {"a": [2]}, {"a": [2]}, id="lists-are-replaced"),
        pytest.param({}, {"a": {"b": None, "c": [{"d": None}]}}, {"a": {"c": [{}]}}, id="nulls-in-new-values"),
        pytest.param({"a": [0]}, {"a": [{"b": None}]}, {"a": [{}]}, id="nulls-in-lists"),
        pytest.param({"a": {"x": 1}}, {"a": [{"b": None}]}, {"a": [{"b": None}]}, id="list-over-map-keeps-nulls"),
        pytest.param({"a": 1}, {"a": {"b": 1}}, {"a": {"b": 1}}, id="map-over-scalar"),
        pytest.param({"a": 1}, {"z": None}, {"a": 1}, id="null-for-absent"),
    ],
)
def test_merge_patch(target: dict[str, Any], patch: dict[str, Any], result: dict[str, Any]) -> None:
    before = copy_of(target)
    assert merge_patch(target, patch) == result
    assert target == before


def test_merge_patch_must_be_an_object() -> None:
    with pytest.raises(BadRequestError):
        merge_patch({}, [])


scalars = st.one_of(st.booleans(), st.integers(-3, 3), st.sampled_from(["x", "y", ""]))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(scalars, max_size=3), st.dictionaries(st.sampled_from("abcd"), inner, min_size=1, max_size=3)
    ),
    max_leaves=12,
)
documents = st.dictionaries(st.sampled_from("abcd"), values, max_size=4)


@settings(max_examples=200, deadline=None)
@given(documents, documents)
def test_merge_patch_leads_from_one_to_the_other(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert merge_patch(left, create_merge_patch(left, right)) == right
    assert create_merge_patch(left, left) == {}


@settings(max_examples=200, deadline=None)
@given(documents, documents)
def test_three_way_merge_patch_without_drift_is_two_way(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert merge_patch(left, create_three_way_merge_patch(left, right, left)) == right


def test_three_way_merge_patch_keeps_what_others_added() -> None:
    original = {"spec": {"a": 1, "b": 2}}
    modified = {"spec": {"a": 5}}
    current = {"spec": {"a": 1, "b": 2, "c": 3}, "status": {}}
    assert create_three_way_merge_patch(original, modified, current) == {"spec": {"a": 5, "b": None}}


# --- strategic merge patch --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "patch", "after"),
    [
        pytest.param(
            {"containers": [{"name": "a"}, {"name": "b"}]},
            {"containers": [{"name": "b", "image": "i"}, {"name": "c"}]},
            {"containers": [{"name": "a"}, {"name": "b", "image": "i"}, {"name": "c"}]},
            id="by-key",
        ),
        pytest.param(
            {"containers": [{"name": "a"}, {"name": "b"}]},
            {"containers": [{"name": "a", "$patch": "delete"}]},
            {"containers": [{"name": "b"}]},
            id="delete-item",
        ),
        pytest.param(
            {"containers": [{"name": "a"}]},
            {"containers": [{"$patch": "replace"}, {"name": "b"}]},
            {"containers": [{"name": "b"}]},
            id="replace-list",
        ),
        pytest.param(
            {"nodeSelector": {"a": "1"}},
            {"nodeSelector": {"$patch": "replace", "b": "2"}},
            {"nodeSelector": {"b": "2"}},
            id="replace-map",
        ),
        pytest.param(
            {"nodeSelector": {"a": "1"}}, {"nodeSelector": {"$patch": "delete"}}, {"nodeSelector": {}}, id="delete"
        ),
        pytest.param(
            {"tolerations": [{"key": "a"}]},
            {"tolerations": [{"key": "b"}]},
            {"tolerations": [{"key": "b"}]},
            id="atomic",
        ),
        pytest.param(
            {"containers": [{"name": "a"}, {"name": "b"}, {"name": "c"}]},
            {"$setElementOrder/containers": [{"name": "c"}, {"name": "a"}]},
            {"containers": [{"name": "b"}, {"name": "c"}, {"name": "a"}]},
            id="order-only",
        ),
        pytest.param(
            {"volumes": [{"name": "v", "emptyDir": {}}]},
            {"volumes": [{"name": "v", "secret": {"secretName": "s"}, "$retainKeys": ["name", "secret"]}]},
            {"volumes": [{"name": "v", "secret": {"secretName": "s"}}]},
            id="retain-keys",
        ),
        pytest.param({}, {"volumes": [{"name": "v", "emptyDir": None}]}, {"volumes": [{"name": "v"}]}, id="new-null"),
        pytest.param({"hostname": "a"}, {"hostname": None, "subdomain": None}, {}, id="null"),
        pytest.param({}, {"containers": [{"name": "a", "$patch": "delete"}]}, {"containers": []}, id="delete-absent"),
    ],
)
def test_strategic_patch(before: dict[str, Any], patch: dict[str, Any], after: dict[str, Any]) -> None:
    target, body = deployment(**before), deployment(**patch)
    kept = copy_of((target, body))
    assert strategic_patch(target, body, deployment_schema()) == deployment(**after)
    assert (target, body) == kept


# Recorded from kubectl 1.37.1: patch --local --type strategic.
@pytest.mark.parametrize(
    ("live", "order", "patch", "merged"),
    [
        ("abcd", "db", "b", "acdb"),
        ("abcd", "dxb", "x", "acdxb"),
        ("abcd", "ca", "", "bcad"),
        ("abcdef", "fb", "f", "acdefb"),
        ("abcd", "xdyb", "xy", "xacdyb"),
        ("abc", "", "xb", "xabc"),
        ("abcdef", "exb", "x", "acdexbf"),
    ],
)
def test_order_of_merged_lists(live: str, order: str, patch: str, merged: str) -> None:
    body: dict[str, Any] = {}
    if patch:
        body["containers"] = [{"name": name} for name in patch]
    if order:
        body["$setElementOrder/containers"] = [{"name": name} for name in order]
    target = deployment(containers=[{"name": name} for name in live])
    found = strategic_patch(target, deployment(**body), deployment_schema())
    assert "".join(item["name"] for item in pod_of(found)["containers"]) == merged


def test_primitive_lists_merge() -> None:
    target = {"metadata": {"finalizers": ["a", "b"]}}
    patch = {"metadata": {"finalizers": ["c", "a"], "$deleteFromPrimitiveList/finalizers": ["b"]}}
    found = strategic_patch(target, patch, deployment_schema())
    assert sorted(found["metadata"]["finalizers"]) == ["a", "c"]


@pytest.mark.parametrize(
    ("patch", "kind", "message"),
    [
        pytest.param(
            {"containers": [{"image": "i"}]}, ApiError, "does not contain declared merge key: name", id="no-key"
        ),
        pytest.param({"containers": [{"name": "a"}, 1]}, ApiError, "list element types are not identical", id="mixed"),
        pytest.param(
            {"$setElementOrder/containers": [{"name": "b"}], "containers": [{"name": "a"}]},
            ApiError,
            "The order in patch list",
            id="order-without-item",
        ),
        pytest.param({"$setElementOrder/containers": {}}, ApiError, "expected a", id="order-no-list"),
        pytest.param({"$retainKeys": {}}, BadRequestError, "invalid patch format of retainKeys", id="retain-no-list"),
        pytest.param({"$retainKeys": ["a"], "b": 1}, BadRequestError, "invalid patch format", id="retain-lacks-one"),
        pytest.param({"nodeSelector": {"$patch": "x"}}, ApiError, "unknown patch type: x in map", id="directive"),
        pytest.param({"containers": [{"$patch": "merge"}]}, ApiError, "merging lists cannot yet", id="merge-list"),
    ],
)
def test_strategic_patch_that_does_not_apply(patch: dict[str, Any], kind: type[ApiError], message: str) -> None:
    target = deployment(containers=[{"name": "a"}], nodeSelector={"a": "b"})
    with pytest.raises(kind, match=message):
        strategic_patch(target, deployment(**patch), deployment_schema())


def test_custom_resources_have_no_strategic_patch() -> None:
    with pytest.raises(UnsupportedMediaTypeError):
        strategic_patch({}, {}, recorded.schema("Widget"))


names = st.sampled_from(["a", "b", "c", "d"])
env = st.fixed_dictionaries({"name": names}, optional={"value": st.sampled_from("12")})
ports = st.fixed_dictionaries(
    {"containerPort": st.sampled_from([80, 81, 82])}, optional={"name": names, "protocol": st.sampled_from(["TCP"])}
)
containers = st.fixed_dictionaries(
    {"name": names},
    optional={
        "image": st.sampled_from(["i:1", "i:2"]),
        "args": st.lists(names, min_size=1, max_size=3),
        "env": st.lists(env, min_size=1, max_size=4, unique_by=lambda item: item["name"]),
        "ports": st.lists(ports, min_size=1, max_size=3, unique_by=lambda item: item["containerPort"]),
    },
)
volumes = st.fixed_dictionaries({"name": names}, optional={"emptyDir": st.just({"medium": "x"})})
pods = st.fixed_dictionaries(
    {"containers": st.lists(containers, min_size=1, max_size=4, unique_by=lambda item: item["name"])},
    optional={
        "volumes": st.lists(volumes, min_size=1, max_size=3, unique_by=lambda item: item["name"]),
        "nodeSelector": st.dictionaries(names, names, min_size=1, max_size=2),
        "tolerations": st.lists(st.fixed_dictionaries({"key": names}), min_size=1, max_size=2),
        "hostname": names,
    },
)


@settings(max_examples=200, deadline=None)
@given(pods, pods)
def test_two_way_patch_leads_from_one_to_the_other(left: dict[str, Any], right: dict[str, Any]) -> None:
    schema = deployment_schema()
    before, after = deployment(**left), deployment(**right)
    found = strategic_patch(before, create_two_way(before, after, schema), schema)
    assert found == after
    assert create_two_way(before, before, schema) == {}


@settings(max_examples=200, deadline=None)
@given(pods, pods)
def test_three_way_patch_without_drift_is_two_way(left: dict[str, Any], right: dict[str, Any]) -> None:
    schema = deployment_schema()
    before, after = deployment(**left), deployment(**right)
    found = strategic_patch(before, create_three_way(before, after, before, schema), schema)
    assert found == after


@settings(max_examples=100, deadline=None)
@given(pods, pods)
def test_three_way_patch_keeps_what_others_added(left: dict[str, Any], right: dict[str, Any]) -> None:
    schema = deployment_schema()
    before, after = deployment(**left), deployment(**right)
    live = copy_of(before)
    pod_of(live)["containers"].insert(0, {"name": "injected", "image": "sidecar"})
    live["metadata"]["labels"] = {"pool": "x"}
    found = strategic_patch(live, create_three_way(before, after, live, schema), schema)
    assert {"name": "injected", "image": "sidecar"} in pod_of(found)["containers"]
    assert found["metadata"]["labels"] == {"pool": "x"}
    pod_of(found)["containers"].remove({"name": "injected", "image": "sidecar"})
    assert sorted(pod_of(found)["containers"], key=lambda item: item["name"]) == sorted(
        pod_of(after)["containers"], key=lambda item: item["name"]
    )


def test_three_way_patch_as_kubectl_sends_it() -> None:
    original = deployment(containers=[{"name": "app", "image": "app:1", "args": ["x"]}], hostname="h")
    modified = deployment(containers=[{"name": "app", "image": "app:2"}])
    current = deployment(
        containers=[{"name": "app", "image": "app:1", "args": ["x"], "env": []}], hostname="h", dnsPolicy="x"
    )
    assert pod_of(create_three_way(original, modified, current, deployment_schema())) == {
        "hostname": None,
        "containers": [{"name": "app", "args": None, "image": "app:2"}],
        "$setElementOrder/containers": [{"name": "app"}],
    }


def test_strategy_patch_retains_keys() -> None:
    before = {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}
    after = {"spec": {"strategy": {"type": "Recreate"}}}
    patch = create_two_way(before, after, deployment_schema())
    assert patch == {"spec": {"strategy": {"$retainKeys": ["type"], "rollingUpdate": None, "type": "Recreate"}}}
    assert strategic_patch(before, patch, deployment_schema()) == after


def test_agrees_with_kubectl(kubectl: Path) -> None:
    target = deployment(
        containers=[{"name": "a", "image": "a:1", "env": [{"name": "X", "value": "1"}]}, {"name": "b"}],
        volumes=[{"name": "v", "emptyDir": {}}],
    ) | {"apiVersion": "apps/v1", "kind": "Deployment"}
    patch = deployment(
        containers=[{"name": "c", "image": "c:1"}, {"name": "a", "env": [{"name": "Y", "value": "2"}]}],
        volumes=[
            {"name": "w", "$patch": "delete"},
            {"name": "v", "configMap": {"name": "m"}, "$retainKeys": ["name", "configMap"]},
        ],
    )
    command = [
        str(kubectl),
        "patch",
        "--local",
        "-f",
        "-",
        "--type",
        "strategic",
        "-p",
        json.dumps(patch),
        "-o",
        "json",
    ]
    answer = subprocess.run(command, input=json.dumps(target), capture_output=True, text=True, check=True, timeout=60)
    assert strategic_patch(target, patch, deployment_schema()) == json.loads(answer.stdout)
