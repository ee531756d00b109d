"""What the tests write, and one resource of a client in one namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pyhelm.errors import NotFoundError
from pyhelm.kube.client import DeleteOptions, PatchType, WriteOptions
from pyhelm.kube.objects import ObjectKey

if TYPE_CHECKING:
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

STRICT = WriteOptions(field_validation="Strict")


@pytest.fixture
def namespace() -> str:
    """The namespace that the tests write to; override it where ``default`` is not empty."""
    return "default"


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
