"""Requests of every kind, end to end, compared with the recorded answers of a real API server."""

from __future__ import annotations

from itertools import groupby

import pytest

from pyhelm.errors import ApiError
from pyhelm.kube.client import PatchType, WriteOptions
from pyhelm.kube.objects import ObjectKey, copy_of
from tests.kube import recorded

TYPES = {"strategic": PatchType.STRATEGIC, "merge": PatchType.MERGE, "json": PatchType.JSON, "apply": PatchType.APPLY}
CASES = [(name, list(steps)) for name, steps in groupby(recorded.steps(), key=lambda step: step.case)]
KEY = ObjectKey("patches", "web")


def comparable(obj):
    found = copy_of(obj)
    meta = found.get("metadata", {})
    for field in ("uid", "resourceVersion", "creationTimestamp", "managedFields"):
        meta.pop(field, None)
    return found


def request(server, do):
    resource = server.api.catalog.for_kind(recorded.VERSIONS[do["kind"]], do["kind"])
    options = WriteOptions(
        field_manager=do.get("fieldManager", ""), force=do.get("force") == "true", dry_run=do.get("dryRun") == "All"
    )
    body = copy_of(do["body"]) if do["body"] is not None else None
    match do["op"]:
        case "create":
            return server.api.create(resource, body, namespace="patches", options=options)
        case "get":
            return server.api.get(resource, KEY)
        case "update":
            body["metadata"]["namespace"] = "patches"
            if do["resourceVersion"] == "current":
                body["metadata"]["resourceVersion"] = server.api.get(resource, KEY)["metadata"]["resourceVersion"]
            return server.api.update(resource, body, options=options)
    return server.api.patch(
        resource, KEY, TYPES[do["type"]], body, subresource=do.get("subresource", ""), options=options
    )


@pytest.mark.parametrize(("name", "steps"), CASES, ids=[name for name, _ in CASES])
def test_recorded(server, name, steps):
    server.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "patches"}})
    server.create(recorded.widget_definition())
    for step in steps:
        server.clock.advance(1)
        if step.error is not None:
            with pytest.raises(ApiError) as caught:
                request(server, step.do)
            status = caught.value.status()
            assert {**status, "details": status.get("details", {})} == {
                **step.error,
                "details": step.error.get("details", {}),
            }
            continue
        answer = request(server, step.do)
        assert comparable(answer) == comparable(step.result), step.id
        if step.do.get("subresource") != "scale":
            assert recorded.entries(answer) == recorded.entries(step.result), step.id
