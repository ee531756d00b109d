"""Answers of a real API server (Kubernetes 1.36.2) to patches of every type, without times, uids and versions.

``data/patches.json``: each case is a list of requests on one object; large bodies and answers stand once, under
``objects``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyhelm.kube.objects import copy_of
from pyhelm.kube.schema import Schema, schema_from_crd

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object

VERSIONS = {"Deployment": "apps/v1", "Service": "v1", "ConfigMap": "v1", "Widget": "example.test/v1"}


@dataclass(frozen=True)
class Step:
    """One request, the object it met, and its answer."""

    case: str
    number: int
    live: Object | None
    do: dict[str, Any]
    result: Object | None
    error: Object | None = None
    managed: list[Object] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{self.case}-{self.number}"


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "patches.json").read_text("utf-8"))
    return content


def widget_definition() -> Object:
    """Return the CustomResourceDefinition that the Widget cases use."""
    return copy_of(_content()["crd"])


def schema(kind: str) -> Schema:
    """Return the schema of a kind that occurs."""
    if kind == "Widget":
        return schema_from_crd(_content()["crd"], "v1")
    found = builtin(VERSIONS[kind], kind)
    assert found is not None
    return found


def builtin(api_version: str, kind: str) -> Schema | None:
    """Return the schema of a built-in kind."""
    from pyhelm.kube import schema as schemas

    return schemas.builtin(api_version, kind)


def steps() -> list[Step]:
    """Return every request, each with the object that it met."""
    found: list[Step] = []
    for case in _content()["cases"]:
        live: Object | None = None
        for number, entry in enumerate(case["steps"]):
            do = {**entry["do"], "body": _resolved(entry["do"].get("body"))}
            result = _resolved(entry.get("result"))
            found.append(Step(case["name"], number, live, do, result, entry.get("error")))
            if result is not None and not do.get("dryRun") and do.get("subresource") != "scale":
                live = result
    return found


def bare(obj: Object) -> Object:
    """Return the object without what an API server adds: managed fields and the generation."""
    meta = {key: value for key, value in obj["metadata"].items() if key not in {"managedFields", "generation"}}
    return {**obj, "metadata": meta}


def entries(obj: Object) -> list[str]:
    """Return ``managedFields`` without times, in an order that does not depend on them."""
    found = obj["metadata"].get("managedFields") or ()
    return sorted(
        json.dumps({key: value for key, value in item.items() if key != "time"}, sort_keys=True) for item in found
    )


def filled(obj: Any, recorded: Any) -> Any:
    """Return ``obj`` with the fields that only ``recorded`` has: what the API server's defaulting added."""
    if isinstance(obj, dict) and isinstance(recorded, dict):
        absent = {key: value for key, value in recorded.items() if key not in obj}
        return {**absent, **{key: filled(value, recorded.get(key, value)) for key, value in obj.items()}}
    if isinstance(obj, list) and isinstance(recorded, list) and len(obj) == len(recorded):
        return [filled(ours, theirs) for ours, theirs in zip(obj, recorded, strict=True)]
    return obj


def _resolved(value: Any) -> Any:
    if isinstance(value, dict) and "$ref" in value:
        return _content()["objects"][value["$ref"]]
    return value
