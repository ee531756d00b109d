"""A cluster that only answers reads, from objects recorded once: what the real kubectl was asked about."""

from __future__ import annotations

import json
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from pyhelm.errors import NotFoundError
from pyhelm.kube import times
from pyhelm.kube.catalog import Catalog
from pyhelm.kube.client import ObjectList
from pyhelm.kube.objects import ObjectKey, key_of
from pyhelm.kube.selectors import check_fields, parse_fields, parse_labels

RECORDED = Path(__file__).with_name("recorded")


@cache
def recorded(name: str) -> Any:
    """Return one of the recordings."""
    return json.loads((RECORDED / f"{name}.json").read_text("utf-8"))


class StaticClient:
    """Implements what reading commands use of ``kube.client.Client``."""

    def __init__(self) -> None:
        self.catalog = Catalog()
        self._now = times.parse(recorded("answers")["now"])
        self._objects: dict[str, dict[ObjectKey, Any]] = {}
        for obj in recorded("objects")["items"]:
            resource = self.catalog.for_object(obj)
            self._objects.setdefault(resource.qualified, {})[key_of(obj)] = obj

    def now(self):
        return self._now

    def get(self, resource, key, *, subresource=""):
        found = self._objects.get(resource.qualified, {}).get(key)
        if found is None:
            message = f'{resource.qualified} "{key.name}" not found'
            raise NotFoundError(message, details={"name": key.name, "kind": resource.plural})
        if subresource:
            return {"spec": {"replicas": found["spec"].get("replicas", 0)}, "metadata": {}}
        return deepcopy(found)

    def list(self, resource, namespace="", *, labels="", fields="", limit=0, continue_token=""):
        by_labels = parse_labels(labels)
        by_fields = check_fields(parse_fields(fields), resource)
        items = [
            deepcopy(obj)
            for key, obj in sorted(self._objects.get(resource.qualified, {}).items())
            if namespace in {"", key.namespace} and by_labels.matches_object(obj) and by_fields.matches_object(obj)
        ]
        return ObjectList(items, "1")


class StaticCluster:
    """Stands in for the open cluster."""

    def __init__(self) -> None:
        self.client = StaticClient()


@contextmanager
def opened(_invocation, *, changes=False):
    """Yield the recorded cluster, as Invocation.cluster does the real one."""
    yield StaticCluster()
