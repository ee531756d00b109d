"""The algebra of field sets, compared with plain sets of paths; and server-side apply beyond the recorded answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyhelm.errors import ApiError, BadRequestError, ConflictError
from pyhelm.kube.objects import copy_of
from pyhelm.kube.patches import fieldsets, server_side_apply, track_update
from pyhelm.kube.patches.apply import LAST_APPLIED, encode_compact
from pyhelm.kube.patches.typed import compare, field_set, merge, remove
from pyhelm.kube.schema import Schema, builtin

NOW = datetime(2026, 1, 1, tzinfo=UTC)

steps = st.sampled_from(["f:a", "f:b", 'k:{"n":1}', 'v:"x"'])
path_sets = st.sets(st.lists(steps, min_size=1, max_size=3).map(tuple), max_size=6)


def made(paths: set[tuple[str, ...]]) -> fieldsets.FieldSet:
    found: fieldsets.FieldSet = {}
    for path in sorted(paths):
        fieldsets.insert(found, path)
    return found


def members(fields: fieldsets.FieldSet) -> set[tuple[str, ...]]:
    return set(fieldsets.paths(fields))


@settings(max_examples=300, deadline=None)
@given(path_sets, path_sets)
def test_algebra(left: set[tuple[str, ...]], right: set[tuple[str, ...]]) -> None:
    a, b = made(left), made(right)
    before = copy_of((a, b))
    assert members(a) == left
    assert members(fieldsets.union(a, b)) == left | right
    assert members(fieldsets.intersection(a, b)) == left & right
    assert members(fieldsets.difference(a, b)) == left - right
    kept = {path for path in left if not any(path[: len(other)] == other for other in right)}
    assert members(fieldsets.without(a, b)) == kept
    assert all(fieldsets.has(a, path) for path in left)
    assert not any(fieldsets.has(a, path) for path in right - left)
    assert fieldsets.in_order(a) == a
    assert (a, b) == before


def test_wire_form() -> None:
    found = made({("f:a",), ("f:a", "f:b"), ("f:c", "f:d")})
    assert found == {"f:a": {".": {}, "f:b": {}}, "f:c": {"f:d": {}}}
    assert list(fieldsets.in_order(made({('v:"x"',), ('k:{"n":1}',), ("f:b",), ("f:a",)}))) == [
        "f:a",
        "f:b",
        'k:{"n":1}',
        'v:"x"',
    ]


def test_paths_are_shown_as_conflicts_show_them() -> None:
    path = ("f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', "f:name")
    assert fieldsets.show(path) == '.spec.ports[port=80,protocol="TCP"].name'
    assert fieldsets.show(("f:tags", 'v:"x"')) == '.tags[="x"]'


def schema(api_version: str, kind: str) -> Schema:
    found = builtin(api_version, kind)
    assert found is not None
    return found


DEPLOYMENT = schema("apps/v1", "Deployment")
names = st.sampled_from(["a", "b", "c"])
containers = st.lists(
    st.fixed_dictionaries(
        {"name": names},
        optional={
            "image": names,
            "args": st.lists(names, min_size=1, max_size=2),
            "env": st.lists(
                st.fixed_dictionaries({"name": names}, optional={"value": names}),
                min_size=1,
                max_size=3,
                unique_by=lambda item: item["name"],
            ),
        },
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda item: item["name"],
)
specs = st.fixed_dictionaries(
    {},
    optional={
        "replicas": st.integers(0, 2),
        "template": st.fixed_dictionaries({"spec": st.fixed_dictionaries({"containers": containers})}),
        "selector": st.fixed_dictionaries({"matchLabels": st.dictionaries(names, names, min_size=1, max_size=1)}),
    },
)


def deployment(spec: dict[str, Any], **data: str) -> dict[str, Any]:
    obj: dict[str, Any] = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    if data:
        obj["metadata"]["annotations"] = dict(data)
    return {**obj, "spec": spec} if spec else obj


@settings(max_examples=200, deadline=None)
@given(specs, specs)
def test_comparison_and_merge(left: dict[str, Any], right: dict[str, Any]) -> None:
    shape = DEPLOYMENT.root
    before, after = deployment(left), deployment(right)
    assert compare(before, before, shape) == ({}, {}, {})
    there, back = compare(before, after, shape), compare(after, before, shape)
    assert (members(there.removed), members(there.added)) == (members(back.added), members(back.removed))
    merged = merge(before, after, shape)
    assert members(compare(merge(merged, after, shape), merged, shape).modified) == set()
    assert members(field_set(after, shape)) <= members(field_set(merged, shape))
    assert remove(before, {}, shape) == before


# Recorded from structured-merge-diff v6, as in Kubernetes 1.36.
@pytest.mark.parametrize(
    ("live", "applied", "merged"),
    [
        ("abcd", "db", "acdb"),
        ("abcd", "dxb", "acdxb"),
        ("abcd", "xcya", "bxcdya"),
        ("ab", "ba", "ba"),
        ("abc", "cz", "abcz"),
        ("abcdef", "fbxd", "acefbxd"),
        ("abc", "xyz", "abcxyz"),
        ("abcde", "ebzac", "debzac"),
        ("abcdef", "cxafy", "bcdexafy"),
    ],
)
def test_order_of_merged_lists(live: str, applied: str, merged: str) -> None:
    def pods(names: str) -> dict[str, Any]:
        return deployment({"template": {"spec": {"containers": [{"name": name} for name in names]}}})

    found = merge(pods(live), pods(applied), DEPLOYMENT.root)
    assert "".join(item["name"] for item in found["spec"]["template"]["spec"]["containers"]) == merged


@settings(max_examples=150, deadline=None)
@given(specs, specs)
def test_the_only_applier_decides_alone(first: dict[str, Any], second: dict[str, Any]) -> None:
    shape = DEPLOYMENT.root
    live = server_side_apply(None, deployment(first), DEPLOYMENT, "one", NOW)
    live = server_side_apply(live, deployment(second), DEPLOYMENT, "one", NOW)
    wanted = field_set(deployment(second), shape)
    assert members(field_set(live, shape)) - members(field_set({"metadata": live["metadata"]}, shape)) <= members(
        wanted
    )
    again = server_side_apply(live, deployment(second), DEPLOYMENT, "one", NOW + timedelta(hours=1))
    assert again == live


@settings(max_examples=150, deadline=None)
@given(specs, specs)
def test_forcing_gives_what_is_applied(first: dict[str, Any], second: dict[str, Any]) -> None:
    live = server_side_apply(None, deployment(first), DEPLOYMENT, "one", NOW)
    forced = server_side_apply(live, deployment(second), DEPLOYMENT, "two", NOW, force=True)
    assert compare(forced, merge(forced, deployment(second), DEPLOYMENT.root), DEPLOYMENT.root) == ({}, {}, {})
    try:
        unforced = server_side_apply(live, deployment(second), DEPLOYMENT, "two", NOW)
    except ConflictError:
        return
    assert unforced == forced


def test_dropping_a_field_leaves_what_nobody_owns() -> None:
    live = server_side_apply(None, deployment({"replicas": 1}), DEPLOYMENT, "one", NOW)
    live["metadata"]["annotations"] = {}
    found = server_side_apply(live, deployment({"paused": True}), DEPLOYMENT, "one", NOW)
    assert found["spec"] == {"paused": True}
    assert found["metadata"]["annotations"] == {}


def test_applied_twice_nothing_moves_but_once() -> None:
    live = server_side_apply(None, deployment({"replicas": 1}), DEPLOYMENT, "one", NOW)
    later = NOW + timedelta(hours=1)
    assert server_side_apply(live, deployment({"replicas": 1}), DEPLOYMENT, "one", later) == live
    moved = server_side_apply(live, deployment({"replicas": 2}), DEPLOYMENT, "one", later)
    assert moved["metadata"]["managedFields"][0]["time"] == "2026-01-01T01:00:00Z"


def test_conflicts_with_several_managers() -> None:
    live = server_side_apply(None, deployment({"replicas": 1}, a="1"), DEPLOYMENT, "one", NOW)
    live = server_side_apply(live, deployment({"paused": True}), DEPLOYMENT, "two", NOW)
    with pytest.raises(ConflictError) as caught:
        server_side_apply(live, deployment({"replicas": 2, "paused": False}, a="2"), DEPLOYMENT, "three", NOW)
    assert str(caught.value) == (
        'Apply failed with 3 conflicts: conflicts with "one":\n- .metadata.annotations.a\n- .spec.replicas\n'
        'conflicts with "two":\n- .spec.paused'
    )


def test_objects_without_owners_belong_to_before_first_apply() -> None:
    live = deployment({"replicas": 1, "paused": True}) | {"metadata": {"name": "web", "uid": "u"}}
    with pytest.raises(ConflictError, match=r'conflict with "before-first-apply" using apps/v1: \.spec\.replicas'):
        server_side_apply(live, deployment({"replicas": 2}), DEPLOYMENT, "one", NOW)
    shared = server_side_apply(live, deployment({"replicas": 1}), DEPLOYMENT, "one", NOW)
    assert {entry["manager"] for entry in shared["metadata"]["managedFields"]} == {"one", "before-first-apply"}


def test_updates_of_objects_without_owners_stay_untracked() -> None:
    live = deployment({"replicas": 1}) | {"metadata": {"name": "web", "uid": "u"}}
    new = deployment({"replicas": 2}) | {"metadata": {"name": "web", "uid": "u"}}
    assert "managedFields" not in track_update(live, new, DEPLOYMENT, "one", NOW)["metadata"]


def test_managed_fields_can_be_reset() -> None:
    live = track_update(None, deployment({"replicas": 1}), DEPLOYMENT, "one", NOW)
    assert live["metadata"]["managedFields"]
    new = deployment({"replicas": 2})
    new["metadata"]["managedFields"] = [{}]
    assert "managedFields" not in track_update(live, new, DEPLOYMENT, "two", NOW)["metadata"]


def test_the_oldest_updaters_are_joined() -> None:
    live = track_update(None, deployment({"replicas": 0}), DEPLOYMENT, "creator", NOW)
    for number in range(12):
        new = copy_of(live)
        new["metadata"].setdefault("annotations", {})[f"a{number:02}"] = "1"
        live = track_update(live, new, DEPLOYMENT, f"m{number:02}", NOW + timedelta(minutes=number + 1))
    managers = [entry["manager"] for entry in live["metadata"]["managedFields"]]
    assert len(managers) == 10
    assert managers[0] == "ancient-changes"
    assert managers[1:] == [f"m{number:02}" for number in range(3, 12)]


def test_kubectl_takes_over_what_it_applied_from_the_client() -> None:
    applied = deployment({"replicas": 1})
    created = deployment({"replicas": 1}, **{LAST_APPLIED: encode_compact(applied) + "\n"})
    live = track_update(None, created, DEPLOYMENT, "kubectl-client-side-apply", NOW)
    live["metadata"]["uid"] = "u"
    with pytest.raises(ConflictError):
        server_side_apply(live, deployment({"replicas": 2}), DEPLOYMENT, "helm", NOW)
    taken = server_side_apply(live, deployment({"replicas": 2}), DEPLOYMENT, "kubectl", NOW)
    assert taken["spec"]["replicas"] == 2
    assert taken["metadata"]["annotations"][LAST_APPLIED] == encode_compact(deployment({"replicas": 2})) + "\n"


@pytest.mark.parametrize(
    ("applied", "kind", "message"),
    [
        pytest.param(
            {"apiVersion": "v1", "kind": "Pod"}, BadRequestError, "invalid object type: v1, Kind=Pod", id="kind"
        ),
        pytest.param(
            deployment({"nope": 1}), ApiError, r"\.spec\.nope: field not declared in schema", id="unknown-field"
        ),
        pytest.param(deployment({"replicas": "x"}), ApiError, "expected numeric .int or float., got string", id="type"),
        pytest.param(
            deployment({"template": {"spec": {"containers": [{"name": "a"}, {"name": "a"}]}}}),
            ApiError,
            r'duplicate entries for key \[name="a"\]',
            id="duplicate",
        ),
        pytest.param(deployment({"template": []}), ApiError, "expected map, got", id="list-for-map"),
    ],
)
def test_what_cannot_be_applied(applied: dict[str, Any], kind: type[ApiError], message: str) -> None:
    with pytest.raises(kind, match=message):
        server_side_apply(None, applied, DEPLOYMENT, "one", NOW)
