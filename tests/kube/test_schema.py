"""The shapes of kinds, built in and custom."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyhelm.kube import schema
from pyhelm.kube.catalog import Catalog
from pyhelm.kube.schema import ANY, Type, builtin, from_openapi, schema_from_crd
from tests.kube import recorded


def at(api_version: str, kind: str, path: str) -> Type:
    found = builtin(api_version, kind)
    assert found is not None
    return found.root.at(*path.split("."))


@pytest.mark.parametrize(
    ("path", "kind", "atomic", "keys", "merge_key", "retain"),
    [
        pytest.param("spec.containers", "list", False, ("name",), "name", False, id="containers"),
        pytest.param(
            "spec.containers.ports", "list", False, ("containerPort", "protocol"), "containerPort", False, id="ports"
        ),
        pytest.param("spec.containers.args", "list", True, (), None, False, id="args"),
        pytest.param("spec.containers.env", "list", False, ("name",), "name", False, id="env"),
        pytest.param("spec.volumes", "list", False, ("name",), "name", True, id="volumes"),
        pytest.param("spec.tolerations", "list", True, (), None, False, id="tolerations"),
        pytest.param("spec.nodeSelector", "map", True, (), None, False, id="node-selector"),
        pytest.param("spec.overhead", "map", False, (), None, False, id="overhead"),
        pytest.param("spec.securityContext", "struct", False, (), None, False, id="struct"),
        pytest.param("metadata.finalizers", "list", False, (), "", False, id="finalizers"),
        pytest.param("metadata.ownerReferences", "list", False, ("uid",), "uid", False, id="owners"),
        pytest.param("spec.containers.env.valueFrom.secretKeyRef", "struct", True, (), None, False, id="atomic-struct"),
    ],
)
def test_pod(path: str, kind: str, atomic: bool, keys: tuple[str, ...], merge_key: str | None, retain: bool) -> None:
    found = at("v1", "Pod", path)
    assert (found.kind, found.atomic, found.keys, found.retain_keys) == (kind, atomic, keys, retain)
    assert (found.merge, found.merge_key) == (merge_key is not None, merge_key or "")


@pytest.mark.parametrize(
    ("path", "default"),
    [
        pytest.param("spec.ports.protocol", "TCP", id="with-a-default"),
        pytest.param("spec.ports.port", 0, id="required"),
        pytest.param("spec.ports.name", None, id="optional"),
    ],
)
def test_defaults_of_keys(path: str, default: object) -> None:
    assert at("v1", "Service", path).default == default


@pytest.mark.parametrize(
    ("api_version", "kind", "path", "scalar"),
    [
        pytest.param("apps/v1", "Deployment", "spec.replicas", "int32", id="int32"),
        pytest.param("v1", "Pod", "spec.terminationGracePeriodSeconds", "int64", id="int64"),
        pytest.param(
            "apps/v1", "Deployment", "spec.strategy.rollingUpdate.maxSurge", "int-or-string", id="int-or-string"
        ),
        pytest.param("v1", "Pod", "spec.containers.resources.limits.cpu", "quantity", id="quantity"),
        pytest.param("v1", "Secret", "data.x", "bytes", id="bytes"),
        pytest.param("v1", "Pod", "metadata.creationTimestamp", "time", id="time"),
        pytest.param("coordination.k8s.io/v1", "Lease", "spec.renewTime", "microtime", id="microtime"),
        pytest.param("v1", "Pod", "spec.hostNetwork", "boolean", id="boolean"),
    ],
)
def test_scalars(api_version: str, kind: str, path: str, scalar: str) -> None:
    found = at(api_version, kind, path)
    assert (found.kind, found.scalar) == ("scalar", scalar)


def test_overrides_at_a_field() -> None:
    assert at("v1", "Pod", "spec.containers.env.valueFrom.fieldRef").atomic
    assert not at("v1", "PersistentVolume", "spec.claimRef").atomic
    assert at("v1", "Event", "involvedObject").atomic


def test_every_served_kind_has_a_schema() -> None:
    missing = [
        f"{resource.api_version} {resource.kind}"
        for resource in Catalog(prerelease=True).all()
        if builtin(resource.api_version, resource.kind) is None
    ]
    assert missing == []


def test_every_type_can_be_read() -> None:
    seen: set[int] = set()

    def visit(shape: Type) -> None:
        if id(shape) in seen:
            return
        seen.add(id(shape))
        assert shape.kind in {"struct", "map", "list", "scalar", "object", "any"}
        for field in shape.fields.values():
            visit(field)
        if shape.item is not None:
            visit(shape.item)

    for api_version, kind in schema.kinds():
        found = builtin(api_version, kind)
        assert found is not None
        visit(found.root)
    assert len(seen) > 700


def test_the_table_stays_small() -> None:
    folder = Path(schema.__file__).parent / "data"
    assert (folder / "types.txt").stat().st_size < 150_000


def test_unknown_fields_are_anything() -> None:
    assert at("v1", "Pod", "spec.nope") is ANY
    assert builtin("apps/v1beta1", "Deployment") is None


def test_empty_objects_show_their_structs() -> None:
    found = builtin("apps/v1", "Deployment")
    assert found is not None
    assert found.empty() == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {},
        "spec": {"strategy": {}, "template": {"metadata": {}, "spec": {"containers": None}}},
        "status": {},
    }


def test_custom_resources() -> None:
    found = schema_from_crd(recorded.widget_definition(), "v1")
    spec = found.root.fields["spec"]
    assert found.custom
    assert (found.api_version, found.kind) == ("example.test/v1", "Widget")
    assert (spec.fields["items"].keys, spec.fields["items"].atomic) == (("name",), False)
    assert (spec.fields["tags"].keys, spec.fields["tags"].atomic) == ((), False)
    assert spec.fields["list"].atomic
    assert spec.fields["fixed"].atomic
    assert spec.fields["free"].kind == "object"
    assert spec.fields["color"].default == "red"
    assert found.root.fields["metadata"].fields["ownerReferences"].keys == ("uid",)
    assert found.empty() == {"apiVersion": "example.test/v1", "kind": "Widget"}


@pytest.mark.parametrize(
    ("openapi", "kind"),
    [
        pytest.param({"type": "object", "properties": {"a": {"type": "string"}}}, "struct", id="struct"),
        pytest.param({"type": "object", "additionalProperties": {"type": "string"}}, "map", id="map"),
        pytest.param({"type": "object", "x-kubernetes-preserve-unknown-fields": True}, "object", id="free"),
        pytest.param({"type": "object"}, "struct", id="empty"),
        pytest.param({"x-kubernetes-preserve-unknown-fields": True}, "any", id="anything"),
        pytest.param({"x-kubernetes-int-or-string": True}, "scalar", id="int-or-string"),
        pytest.param({"type": "array", "items": {"type": "string"}}, "list", id="list"),
        pytest.param({"type": "object", "x-kubernetes-embedded-resource": True}, "struct", id="embedded"),
    ],
)
def test_openapi(openapi: dict[str, object], kind: str) -> None:
    assert from_openapi(openapi).kind == kind


def test_custom_resource_without_a_schema_keeps_everything() -> None:
    found = schema_from_crd({"spec": {"group": "a", "names": {"kind": "B"}, "versions": [{"name": "v1"}]}}, "v1")
    assert found.root.kind == "struct"
    assert found.root.preserve
    assert found.root.child("spec") is ANY
