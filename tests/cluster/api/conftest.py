from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pyhelm.cluster.api import ApiServer, bootstrap
from pyhelm.cluster.clock import Clock
from pyhelm.cluster.store import Store
from pyhelm.kube.client import WriteOptions
from pyhelm.kube.objects import ObjectKey

START = datetime(2026, 1, 1, tzinfo=UTC)

# A failing assertion of the shared suite shows its values, as in a test module.
pytest.register_assert_rewrite("tests.kube.client_contract")


class Server:
    """An API server with the shorthand that tests want; time passes only when they say so."""

    def __init__(self, folder):
        self.folder = folder
        self.clock = Clock(START)
        self.open()
        bootstrap(self.api)

    def open(self):
        self.store = Store(self.folder)
        self.api = ApiServer(self.store, self.clock, seed="test", pause=self._pause)
        self.queue = []

    def reopen(self):
        self.store.close()
        self.open()

    def _pause(self, seconds):
        """Run what a test queued, one thing a time; else let all the time pass."""
        if self.queue:
            self.queue.pop(0)()
            return True
        self.clock.advance(seconds)
        return False

    def resource(self, name):
        return self.api.catalog.find(name)

    def create(self, obj, **options):
        resource = self.api.catalog.for_object(obj)
        return self.api.create(resource, obj, options=WriteOptions(**options))

    def get(self, name, key, namespace="default"):
        resource = self.resource(name)
        return self.api.get(resource, ObjectKey(namespace if resource.namespaced else "", key))

    def names(self, name, namespace="", **selectors):
        return [obj["metadata"]["name"] for obj in self.api.list(self.resource(name), namespace, **selectors).items]


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path)
    yield made
    made.store.close()


def config_map(name="web", namespace="default", **meta):
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, **meta},
        "data": {"k": "v"},
    }


def pod(name="web", **spec):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "labels": {"app": "web"}},
        "spec": {"containers": [{"name": "app", "image": "app:1"}], **spec},
    }


def deployment(name="web", **spec):
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "app", "image": "app:1"}]},
            },
            **spec,
        },
    }


def crd(scope="Namespaced", **version):
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.test"},
        "spec": {
            "group": "example.test",
            "names": {"kind": "Widget", "plural": "widgets"},
            "scope": scope,
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
                    **version,
                }
            ],
        },
    }
